"""In which column each node stands: as far right as its longest way from the beginning."""

from __future__ import annotations

from collections import defaultdict

from engine.intake.layout.graph import Scope


def columns(scope: Scope) -> tuple[dict[str, int], set[str]]:
    """The column of each node, and the ids of the edges that lead back."""
    back = _leading_back(scope)
    after: dict[str, list[str]] = defaultdict(list)
    before: dict[str, int] = defaultdict(int)
    for edge in scope.edges:
        if edge.id not in back:
            after[edge.source].append(edge.target)
            before[edge.target] += 1
    column = dict.fromkeys(scope.nodes, 0)
    entries = [node for node in scope.nodes if not before[node]]
    ahead = list(entries)
    for node in ahead:
        for target in after[node]:
            column[target] = max(column[target], column[node] + 1)
            before[target] -= 1
            if not before[target]:
                ahead.append(target)
    for node in entries:
        # A second start, or a handler that nothing leads to, stands right before what it begins.
        following = [column[target] for target in after[node]]
        if following and not scope.nodes[node].aside:
            column[node] = min(following) - 1
    return column, back


def _leading_back(scope: Scope) -> set[str]:
    """The edges that close a circle, seen from where the work begins."""
    out = defaultdict(list)
    entered = set()
    for edge in scope.edges:
        out[edge.source].append(edge)
        if edge.source != edge.target:
            entered.add(edge.target)
    begins = [key for key, node in scope.nodes.items() if node.kind == "startEvent"]
    begins += [key for key in scope.nodes if key not in entered]
    back: set[str] = set()
    state: dict[str, int] = {}
    for begin in [*begins, *scope.nodes]:
        if begin in state:
            continue
        state[begin] = 1
        path = [(begin, iter(out[begin]))]
        while path:
            node, edges = path[-1]
            following = next(edges, None)
            if following is None:
                state[node] = 2
                path.pop()
            elif state.get(following.target) == 1:
                back.add(following.id)
            elif following.target not in state:
                state[following.target] = 1
                path.append((following.target, iter(out[following.target])))
    return back
