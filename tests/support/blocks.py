"""Random drawings of well-nested blocks, for property tests: each of them can be completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.support.intake import drawn, flow

#: A block is a kind and the blocks in it; a step has none.
Block = tuple[str, tuple["Block", ...]]

STEP: Block = ("step", ())
ONE = ("loop", "sub", "several", "rounds", "border", "beside", "message", "call")
_MANY = ("sequence", "xor", "and", "or", "race", "split", "complex", "ad_hoc")


def blocks(most: int = 12, alone: Sequence[str] = ("step",), around: Sequence[str] = ONE,
           ) -> st.SearchStrategy[Block]:
    """Blocks of at most about `most` steps; the kinds that stand `alone`, and those around one."""
    return st.recursive(
        st.sampled_from(alone).map(lambda kind: (kind, ())),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(around), st.tuples(inner)),
            st.tuples(st.sampled_from(_MANY), st.lists(inner, min_size=2, max_size=3).map(tuple))),
        max_leaves=most)


def drawing_of(block: Block) -> bytes:
    """The drawing of a block between a start and an end."""
    return Pen().drawing(block)


@dataclass
class Pen:
    """Draws blocks; each has a node where it begins and one where it ends."""

    parts: list[str] = field(default_factory=list)
    called: list[tuple[str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def drawing(self, block: Block, roots: str = "") -> bytes:
        """The drawing of a block between a start and an end."""
        first, last = self.draw(block)
        self.add('<startEvent id="begin"/><endEvent id="finish"/>')
        self.flow("begin", first)
        self.flow(last, "finish")
        return drawn("".join(self.parts) + "".join(
            f'</process><process id="{name}">{body}' for name, body in self.called), roots=roots)

    def add(self, xml: str) -> None:
        self.parts.append(xml)

    def new(self, base: str) -> str:
        self.counts[base] = self.counts.get(base, 0) + 1
        return f"{base}{self.counts[base]}"

    def node(self, kind: str, base: str, inner: str = "", **attributes: str) -> str:
        name = self.new(base)
        extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
        self.add(f'<{kind} id="{name}"{extra}>{inner}</{kind}>')
        return name

    def flow(self, source: str, target: str) -> None:
        self.add(flow(source, target))

    def draw(self, block: Block) -> tuple[str, str]:
        kind, inner = block
        first, last = getattr(self, f"_{kind}")(*inner)
        return first, last

    def _step(self) -> tuple[str, str]:
        step = self.node("task", "t")
        return step, step

    def inside(self, block: Block, with_start: bool = True) -> str:
        """The XML of a block that stands in a scope of its own."""
        pen = type(self)([], self.called, self.counts)
        # Without a start and an end, a step begins and a step ends it: a loop has neither.
        first, last = pen.draw(block if with_start else ("sequence", (STEP, block, STEP)))
        if with_start:
            start, end = pen.node("startEvent", "s"), pen.node("endEvent", "e")
            pen.flow(start, first)
            pen.flow(last, end)
        return "".join(pen.parts)

    def _sequence(self, *inner: Block) -> tuple[str, str]:
        ends = [self.draw(each) for each in inner]
        for (_, last), (first, _) in zip(ends, ends[1:], strict=False):
            self.flow(last, first)
        return ends[0][0], ends[-1][1]

    def _between(self, opening: str, closing: str, *inner: Block) -> tuple[str, str]:
        first, last = self.node(opening, "g"), self.node(closing, "j")
        for each in inner:
            begin, end = self.draw(each)
            self.flow(first, begin)
            self.flow(end, last)
        return first, last

    def _xor(self, *inner: Block) -> tuple[str, str]:
        return self._between("exclusiveGateway", "exclusiveGateway", *inner)

    def _and(self, *inner: Block) -> tuple[str, str]:
        return self._between("parallelGateway", "parallelGateway", *inner)

    def _or(self, *inner: Block) -> tuple[str, str]:
        return self._between("inclusiveGateway", "inclusiveGateway", *inner)

    def _complex(self, *inner: Block) -> tuple[str, str]:
        return self._between("complexGateway", "inclusiveGateway", *inner)

    def _split(self, *inner: Block) -> tuple[str, str]:
        """All arrows out of a step are followed."""
        return self._between("task", "parallelGateway", *inner)

    def _race(self, *inner: Block) -> tuple[str, str]:
        first, last = self.node("eventBasedGateway", "g"), self.node("exclusiveGateway", "j")
        for number, each in enumerate(inner):
            event = self.node("intermediateCatchEvent", "m", "<messageEventDefinition/>"
                              if number else _AN_HOUR)
            begin, end = self.draw(each)
            self.flow(first, event)
            self.flow(event, begin)
            self.flow(end, last)
        return first, last

    def _loop(self, block: Block) -> tuple[str, str]:
        meet, ask = self.node("exclusiveGateway", "j"), self.node("exclusiveGateway", "g")
        first, last = self.draw(block)
        self.flow(meet, first)
        self.flow(last, ask)
        self.flow(ask, meet)
        return meet, ask

    def _sub(self, block: Block) -> tuple[str, str]:
        sub = self.node("subProcess", "p", self.inside(block))
        return sub, sub

    def _several(self, block: Block) -> tuple[str, str]:
        sub = self.node("subProcess", "p", "<multiInstanceLoopCharacteristics>"
                        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
                        + self.inside(block, with_start=False))
        return sub, sub

    def _rounds(self, block: Block) -> tuple[str, str]:
        sub = self.node("subProcess", "p", "<standardLoopCharacteristics/>" + self.inside(block))
        return sub, sub

    def _ad_hoc(self, *inner: Block) -> tuple[str, str]:
        sub = self.node("adHocSubProcess", "p",
                        "".join(self.inside(each, with_start=False) for each in inner))
        return sub, sub

    def _call(self, block: Block) -> tuple[str, str]:
        name = self.new("Q")
        self.called.append((name, self.inside(block)))
        call = self.node("callActivity", "c", calledElement=name)
        return call, call

    def _border(self, block: Block) -> tuple[str, str]:
        """A timer ends a sub-process; another step stands in for it."""
        sub, _ = self._sub(block)
        event = self.node("boundaryEvent", "b", _AN_HOUR, attachedToRef=sub)
        other, last = self.node("task", "t"), self.node("exclusiveGateway", "j")
        for source, target in ((event, other), (other, last), (sub, last)):
            self.flow(source, target)
        return sub, last

    def _beside(self, block: Block) -> tuple[str, str]:
        """A timer sets a step going beside a sub-process."""
        sub, _ = self._sub(block)
        event = self.node("boundaryEvent", "b", _AN_HOUR, attachedToRef=sub,
                          cancelActivity="false")
        self.flow(event, self.node("task", "t"))
        return sub, sub

    def _message(self, block: Block) -> tuple[str, str]:
        event = self.node("intermediateCatchEvent", "m", "<messageEventDefinition/>")
        first, last = self.draw(block)
        self.flow(event, first)
        return event, last


_AN_HOUR = ("<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>")
