"""Random drawings without any structure, for property tests: they may deadlock or go round."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tests.support.intake import drawn, flow

_KINDS = ("task", "task", "task", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
          "message", "throw", "subProcess", "end", "terminate", "error", "escalation")
#: And what else intake admits; the first nine need no scope.
_MORE = ("several", "turns", "rounds", "race", "caught", "asked", "undo", "booked", "script",
         "transaction", "call")


def random_graph(random: Random, most: int = 9, every: bool = False) -> bytes:
    """A process of up to `most` nodes, joined at random, with borders and sub-processes;
    `every` kind of element or the commonest."""
    names = _Names(every)
    body = _scope(random, names, most, deep=2)
    return drawn(body + "".join(names.called), roots='<signal id="S" name="go"/>')


class _Names:
    def __init__(self, every: bool) -> None:
        self._count = 0
        self.every = every
        self.called: list[str] = []

    def kinds(self, deep: int) -> Sequence[str]:
        """The kinds of nodes to choose from."""
        more = (_MORE if deep else _MORE[:9]) if self.every else ()
        return (*(_KINDS if deep else _KINDS[:8]), *more)

    def new(self, base: str) -> str:
        self._count += 1
        return f"{base}{self._count}"


def _scope(random: Random, names: _Names, most: int, deep: int) -> str:
    parts, nodes, ends, borders = [], [], set(), []
    for _ in range(random.randint(1, most)):
        kind = random.choice(names.kinds(deep))
        name = names.new(kind[0])
        parts.append(_node(random, names, kind, name, deep))
        nodes.append(name)
        if kind in ("end", "terminate", "error"):
            ends.add(name)
        if kind == "race":
            ends.add(name)
            nodes += [f"{name}a", f"{name}b"]
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
    if kind in ("subProcess", "transaction"):
        return f'<{kind} id="{name}">{_scope(random, names, 4, deep - 1)}</{kind}>'
    if kind == "call":
        names.called.append(f'</process><process id="Q{name}">{_scope(random, names, 3, 0)}')
        return f'<callActivity id="{name}" calledElement="Q{name}"/>'
    if kind in _FIXED:
        return _FIXED[kind].format(name)
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


_SEVERAL = ('<userTask id="{{0}}"><multiInstanceLoopCharacteristics{}><loopDataInputRef>items'
            '</loopDataInputRef><inputDataItem name="item"/></multiInstanceLoopCharacteristics>'
            "</userTask>")
_FIXED = {
    "several": _SEVERAL.format(""),
    "turns": _SEVERAL.format(' isSequential="true"'),
    "rounds": '<task id="{0}"><standardLoopCharacteristics loopMaximum="2"/></task>',
    "race": '<eventBasedGateway id="{0}"/><intermediateCatchEvent id="{0}a">'
            '<messageEventDefinition/></intermediateCatchEvent><intermediateCatchEvent id="{0}b">'
            "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>"
            "</intermediateCatchEvent>" + flow("{0}", "{0}a") + flow("{0}", "{0}b"),
    "caught": '<intermediateCatchEvent id="{0}"><signalEventDefinition signalRef="S"/>'
              "</intermediateCatchEvent>",
    "asked": '<intermediateCatchEvent id="{0}"><conditionalEventDefinition><condition>n &gt; 2'
             "</condition></conditionalEventDefinition></intermediateCatchEvent>",
    "undo": '<intermediateThrowEvent id="{0}"><compensateEventDefinition/>'
            "</intermediateThrowEvent>",
    "booked": '<task id="{0}"/><boundaryEvent id="{0}b" attachedToRef="{0}">'
              '<compensateEventDefinition/></boundaryEvent><task id="{0}u" '
              'isForCompensation="true"/><association id="{0}a" sourceRef="{0}b" '
              'targetRef="{0}u"/>',
    "script": '<scriptTask id="{0}" scriptFormat="python"><script>n = n + 1</script></scriptTask>',
}


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
