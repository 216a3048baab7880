"""Random drawings without any structure, for property tests: they may deadlock or go round."""

from __future__ import annotations

from random import Random

from tests.support.intake import drawn, flow

_KINDS = ("task", "task", "task", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
          "message", "throw", "subProcess", "end", "terminate", "error", "escalation")


def random_graph(random: Random, most: int = 9) -> bytes:
    """A process of up to `most` nodes, joined at random, with borders and sub-processes."""
    names = _Names()
    body = _scope(random, names, most, deep=2)
    return drawn(body, roots='<signal id="S" name="go"/>')


class _Names:
    def __init__(self) -> None:
        self._count = 0

    def new(self, base: str) -> str:
        self._count += 1
        return f"{base}{self._count}"


def _scope(random: Random, names: _Names, most: int, deep: int) -> str:
    parts, nodes, ends, borders = [], [], set(), []
    for _ in range(random.randint(1, most)):
        kind = random.choice(_KINDS if deep else _KINDS[:8])
        name = names.new(kind[0])
        parts.append(_node(random, names, kind, name, deep))
        nodes.append(name)
        if kind in ("end", "terminate", "error"):
            ends.add(name)
        if kind in ("task", "subProcess") and random.random() < 0.25:
            border = names.new("b")
            parts.append(_border(random, border, name, kind == "subProcess"))
            borders.append(border)
    if random.random() < 0.8:
        start = names.new("s")
        parts.append(f'<startEvent id="{start}"/>')
        parts.append(flow(start, nodes[0]))
    if deep and random.random() < 0.2:
        parts.append(_event_sub_process(random, names))
    seen = set()
    for source in [*nodes, *borders] * 2:
        # Mostly onwards, at times back.
        target = random.choice(nodes)
        if source not in ends and (source, target) not in seen and random.random() < 0.75:
            seen.add((source, target))
            parts.append(flow(source, target))
    return "".join(parts)


def _node(random: Random, names: _Names, kind: str, name: str, deep: int) -> str:
    if kind == "subProcess":
        return f'<subProcess id="{name}">{_scope(random, names, 4, deep - 1)}</subProcess>'
    if kind == "message":
        return (f'<intermediateCatchEvent id="{name}"><messageEventDefinition/>'
                "</intermediateCatchEvent>")
    if kind == "throw":
        thrown = random.choice(["", '<signalEventDefinition signalRef="S"/>'])
        return f'<intermediateThrowEvent id="{name}">{thrown}</intermediateThrowEvent>'
    if kind == "escalation":
        return (f'<intermediateThrowEvent id="{name}"><escalationEventDefinition/>'
                "</intermediateThrowEvent>")
    if kind in ("end", "terminate", "error"):
        inner = "" if kind == "end" else f"<{kind}EventDefinition/>"
        return f'<endEvent id="{name}">{inner}</endEvent>'
    return f'<{kind} id="{name}"/>'


def _border(random: Random, name: str, on: str, around: bool) -> str:
    kinds = ["message", "timer", "signal"] + ["error", "escalation"] * around
    kind = random.choice(kinds)
    definition = {"timer": "<timerEventDefinition><timeDuration>PT1H</timeDuration>"
                           "</timerEventDefinition>",
                  "signal": '<signalEventDefinition signalRef="S"/>'}.get(
        kind, f"<{kind}EventDefinition/>")
    cancels = "true" if kind == "error" else random.choice(["true", "false"])
    return (f'<boundaryEvent id="{name}" attachedToRef="{on}" cancelActivity="{cancels}">'
            f"{definition}</boundaryEvent>")


def _event_sub_process(random: Random, names: _Names) -> str:
    name, start, task = names.new("h"), names.new("c"), names.new("t")
    kind = random.choice(["message", "timer", "error", "escalation"])
    inner = "<timeDuration>PT1H</timeDuration>" if kind == "timer" else ""
    cancels = "true" if kind == "error" else random.choice(["true", "false"])
    return (f'<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{start}" '
            f'isInterrupting="{cancels}"><{kind}EventDefinition>{inner}</{kind}EventDefinition>'
            f'</startEvent><task id="{task}"/>{flow(start, task)}</subProcess>')
