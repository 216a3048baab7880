"""What proving found, in words, each with the way that leads there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.intake.bpmn import (
    ACTIVITIES,
    INSERTED,
    Element,
    drawn_id,
    is_true,
    kind,
)
from engine.intake.drawing import Drawing
from engine.intake.model import Finding, Severity
from engine.intake.prove.paths import Played, Token, choices_against, past, play, route, trail
from engine.intake.prove.proof import Proof
from engine.intake.subject import finding
from engine.intake.words import Text, called, listed, text

#: Findings of one kind in one scope; more would only repeat what is wrong there.
_MOST = 10


def findings_of(drawing: Drawing, proof: Proof, known: frozenset[str]) -> Iterator[Finding]:
    """All that proving found in a process and its sub-processes; `known` are the elements that
    lint has already called unreachable or endless."""
    if any(not each.explored.proven or not each.net.whole for each in proof.all()):
        yield unproven(proof.scope)
    yield from _Words(drawing, proof, known, (), rescued=False).findings()


def unproven(scope: Element) -> Finding:
    """That not all of `scope` could be tried."""
    return finding("info", "not_proven", scope, text(
        "Not proven: “{name}” can be in too many different situations to try all of them, so it "
        "may still get stuck where nothing is said here. Sub-processes make it smaller.",
        "未能证明：“{name}”可能出现的情形太多，无法逐一检验，此处未提及的地方仍可能卡住。"
        "使用子流程可以缩小规模。", name=called(scope)))


class _Words:
    """The findings of one scope. `way` is the path to it; `rescued` says that something on the
    border of a sub-process around can end it in any case."""

    def __init__(self, drawing: Drawing, proof: Proof, known: frozenset[str],
                 way: tuple[str, ...], *, rescued: bool) -> None:
        self._drawing = drawing
        self._proof = proof
        self._net = proof.net
        self._known = known
        self._way = way
        self._rescued = rescued

    def findings(self) -> Iterator[Finding]:
        """Each kind in turn, then those of the sub-processes that can be reached."""
        stuck = list(self._stuck())
        yield from stuck
        yield from self._endless()
        yield from self._twice()
        yield from self._never({each.element for each in stuck})
        for node_id, inner in self._proof.inside.items():
            host = self._drawing.node(node_id)
            if host is None or node_id not in self._alive():
                continue
            yield from _Words(self._drawing, inner, self._known,
                              (*self._route({node_id}), drawn_id(host)),
                              rescued=self._rescued or self._can_be_ended(host)).findings()

    def _can_be_ended(self, host: Element) -> bool:
        return any(is_true(event.get("cancelActivity", "true"))
                   and not any(kind(part) in ("errorEventDefinition", "escalationEventDefinition",
                                              "cancelEventDefinition") for part in event)
                   for event in self._drawing.boundary(host))

    # --- stuck ---------------------------------------------------------------------------

    def _stuck(self) -> Iterator[Finding]:
        told: set[str] = set()
        for marking in self._proof.explored.stuck:
            played = self._played(marking)
            waiting: dict[str, list[Token]] = {}
            for token in played.left:
                waiting.setdefault(self._net.places[token.place].node, []).append(token)
            for node_id in waiting:
                if node_id in told or len(told) >= _MOST:
                    continue
                told.add(node_id)
                yield self._stuck_at(node_id, waiting[node_id], played)

    def _stuck_at(self, node_id: str, tokens: list[Token], played: Played) -> Finding:
        here = {token.place for token in tokens}
        missing = [place for place, each in enumerate(self._net.places)
                   if each.node == node_id and each.flow and place not in here]
        steps = past(played, tokens)
        for position in choices_against(self._net, played, missing):
            steps |= {position} | past(played, played.took[position])
        path = (*self._path(played, steps, tokens), self._drawn(node_id))
        node = self._drawing.node(node_id)
        name = called(node) if node is not None else ""
        names = listed(self._source(place) for place in missing[:5]) if missing else "…"
        if self._rescued:
            return self._finding("info", "waits", node, text(
                "“{name}” can wait in vain for {missing}; only an event on the border around it "
                "goes on then.",
                "“{name}”可能徒劳地等待{missing}；此时只有外层边界上的事件能继续。",
                name=name, missing=names), path)
        if node_id not in self._alive():
            return self._finding("warning", "stuck", node, text(
                "Every case that comes to “{name}” gets stuck there: it waits for {missing} too, "
                "which can't come as well. Join ways with the kind of gateway that split them.",
                "到达“{name}”的案件都会卡住：它还要等待{missing}，而后者不会同时到来。"
                "请用与分支处同类的网关来汇合。",
                name=name, missing=names), path)
        return self._finding("warning", "stuck", node, text(
            "The case can get stuck at “{name}”: it waits for {missing} too, which may never come. "
            "Join ways with the kind of gateway that split them.",
            "案件可能卡在“{name}”：它还要等待{missing}，而后者可能永远不来。"
            "请用与分支处同类的网关来汇合。", name=name, missing=names), path)

    def _source(self, place: int) -> Element:
        """Where an arrow into a join comes from."""
        flow = next((each for each in self._drawing.incoming(self._node(place))
                     if each.get("id") == self._net.places[place].flow), None)
        source = self._drawing.source(flow) if flow is not None else None
        return source if source is not None else self._node(place)

    # --- endless -------------------------------------------------------------------------

    def _endless(self) -> Iterator[Finding]:
        explored = self._proof.explored
        if not explored.endless:
            return
        way, circle = explored.way(explored.endless[0]), explored.round(explored.endless[0])
        nodes = [self._net.steps[number].node for number in circle]
        if {self._drawn(node_id) for node_id in nodes} & self._known:
            return
        at = min(range(len(nodes)), key=lambda each: (not self._is_work(nodes[each]),
                                                      not self._drawn(nodes[each])), default=-1)
        node = self._drawing.node(nodes[at]) if nodes else self._proof.scope
        if node is None:
            return
        played = play(self._net, [*way, *circle[:at + 1]])
        last = len(played.steps) - 1
        steps = {last} | past(played, played.took[last]) if played.steps else set()
        yield self._finding("warning", "circles", node, text(
            "“{name}” comes round again and again, and no answer leads to an end: the case would "
            "never be finished. Draw a way out.",
            "“{name}”会反复执行，无论如何选择都不通向结束，案件将永远无法完成。请画出一条出路。",
            name=called(node)), self._path(played, steps, (), until=self._drawn(nodes[at])))

    def _is_work(self, node_id: str) -> bool:
        node = self._drawing.node(node_id)
        return node is not None and kind(node) in ACTIVITIES and INSERTED not in node.attrib

    # --- twice and any number of times ---------------------------------------------------

    def _twice(self) -> Iterator[Finding]:
        explored = self._proof.explored
        for place in self._meetings()[:_MOST]:
            node = self._node(place)
            marking = explored.many.get(place, explored.twice[place])
            played = self._played(marking)
            tokens = [token for token in played.left if token.place == place]
            path = (*self._path(played, past(played, tokens), tokens), drawn_id(node))
            if place in explored.many:
                yield self._finding("warning", "many", node, text(
                    "Each time round, more ways go on than come back: “{name}” can be open any "
                    "number of times at once. Join the ways before going back.",
                    "每循环一次，分出的路比汇合的多：“{name}”可能同时出现任意多次。请在返回之前汇合各路。",
                    name=called(node)), path)
            elif self._goes_on(node):
                yield self._finding("warning", "twice", node, text(
                    "Two ways that are followed at once meet at “{name}” without a join, so what "
                    "comes next is done twice. If it is meant once, draw a parallel gateway here.",
                    "同时进行的两条路在“{name}”相遇但没有汇合，其后的工作会做两次。"
                    "若只应做一次，请在此处画并行网关。", name=called(node)), path)
            else:
                yield self._finding("info", "twice", node, text(
                    "“{name}” can be reached more than once in one case; the case ends when all "
                    "of its ways have.",
                    "一个案件可能多次到达“{name}”；所有路都结束后案件才结束。",
                    name=called(node)), path)

    def _meetings(self) -> list[int]:
        """Nodes where tokens come together first: what follows one of them only follows.

        What Baton inserted itself, such as rounds of one step, is meant to go on side by side.
        """
        scope = self._proof.scope
        if INSERTED in scope.attrib and self._drawing.node(drawn_id(scope)) is not None:
            return []
        places = [place for place in self._proof.explored.twice if not
                  (self._net.places[place].flow or INSERTED in self._node(place).attrib)]
        found: list[int] = []
        following: set[int] = set()
        for place in sorted(places, key=lambda each: self._proof.explored.twice[each]):
            if place not in following:
                found.append(place)
                following |= self._following(place)
        return found

    def _following(self, place: int) -> set[int]:
        after: dict[int, list[int]] = {}
        for step in self._net.steps:
            for source in step.takes:
                after.setdefault(source, []).extend(step.gives)
        found: set[int] = set()
        ahead = [place]
        while ahead:
            for each in after.get(ahead.pop(), ()):
                if each not in found:
                    found.add(each)
                    ahead.append(each)
        return found

    def _goes_on(self, node: Element) -> bool:
        """Whether work is done at this node or after it."""
        place = next(number for number, each in enumerate(self._net.places)
                     if each.node == node.get("id"))
        nodes = {self._net.places[each].node for each in {place, *self._following(place)}}
        return any(kind(each) in ACTIVITIES for node_id in nodes
                   if (each := self._drawing.node(node_id)) is not None)

    # --- never ---------------------------------------------------------------------------

    def _alive(self) -> set[str]:
        return {self._net.steps[number].node for number in self._proof.explored.first}

    def _never(self, stuck: set[str]) -> Iterator[Finding]:
        """The first of the nodes that never happen; those that only follow are not told."""
        if not self._proof.explored.proven or not self._net.whole or self._proof.explored.many:
            return
        alive = self._alive()
        told = 0
        for node in self._drawing.members(self._proof.scope):
            if (node.get("id") in alive or self._is_inserted(node.get("id", ""))
                    or drawn_id(node) in self._known or drawn_id(node) in stuck):
                continue
            before = [each for each in map(self._drawing.source, self._drawing.incoming(node))
                      if each is not None]
            host = self._drawing.node(node.get("attachedToRef"))
            before += [host] if host is not None else []
            reached = [each for each in before if each.get("id") in alive]
            if not reached or told >= _MOST:
                continue
            told += 1
            path = self._path_to(reached)
            if host is not None:
                yield self._finding("info", "never", node, text(
                    "“{name}” can never happen: nothing in “{host}” throws it or leaves time "
                    "for it.",
                    "“{name}”不可能发生：“{host}”中没有内容会抛出它，也没有为它留出时间。",
                    name=called(node), host=called(host)), path)
                continue
            yield self._finding("warning", "never", node, text(
                "“{name}” can never happen, whatever is answered before it.",
                "无论之前如何选择，“{name}”都不可能发生。", name=called(node)), path)

    def _path_to(self, nodes: Sequence[Element]) -> tuple[str, ...]:
        found = {node.get("id", "") for node in nodes}
        way = self._route(found)
        for node in nodes:
            drawn = self._drawn(node.get("id", ""))
            if drawn and any(self._drawn(flow.get("id", "")) in way[-1:]
                             for flow in self._drawing.incoming(node)):
                return (*way, drawn)
        return way

    def _route(self, node_ids: set[str]) -> tuple[str, ...]:
        """The shortest way of one token to a node, that node left out."""
        ids = list(self._way)
        for each in route(self._net, self._proof.explored.first, node_ids):
            drawn = self._drawn(each)
            if drawn and (not ids or ids[-1] != drawn):
                ids.append(drawn)
        return tuple(ids)

    # --- words and paths -----------------------------------------------------------------

    def _played(self, marking: int) -> Played:
        return play(self._net, self._proof.explored.way(marking))

    def _path(self, played: Played, steps: set[int], last: Sequence[Token],
              until: str = "") -> tuple[str, ...]:
        """Drawn ids only, up to the last `until`: what was inserted is passed over."""
        ids = [*self._way]
        for each in trail(self._net, played, steps, last):
            drawn = self._drawn(each)
            if drawn and (not ids or ids[-1] != drawn):
                ids.append(drawn)
        while until in ids and ids[-1] != until:
            ids.pop()
        return tuple(ids)

    def _drawn(self, element_id: str) -> str:
        element = self._drawing.node(element_id)
        element = element if element is not None else self._flows().get(element_id)
        if element is None or INSERTED in element.attrib:
            return ""
        return drawn_id(element)

    def _flows(self) -> dict[str, Element]:
        return self._proof.flows

    def _is_inserted(self, node_id: str) -> bool:
        node = self._drawing.node(node_id)
        return node is not None and INSERTED in node.attrib

    def _node(self, place: int) -> Element:
        node = self._drawing.node(self._net.places[place].node)
        assert node is not None, "a place belongs to a node"  # noqa: S101
        return node

    def _finding(self, severity: Severity, code: str, node: Element | None, message: Text,
                 path: tuple[str, ...]) -> Finding:
        found = finding(severity, code, node, message)
        return Finding(found.severity, found.element, found.name, found.code, found.message,
                       tuple(each for each in path if each))
