"""Random drawings of every kind of element that intake admits, as blocks in blocks."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.support.blocks import ONE, Block, Pen, blocks
from tests.support.intake import flow, when

_ALONE = ("step", "step", "steps", "turns", "rounds_of_two", "again", "script", "undo", "booked",
          "throws", "escalates", "caught")
_AROUND = (*ONE, "in_turn", "for_each", "linked", "ask", "called_off", "fails", "escalating",
           "told", "cycle", "beside_sub", "ended_by", "condition")

MESSAGE = "<messageEventDefinition/>"
SIGNAL = '<signalEventDefinition signalRef="S"/>'
ESCALATION = "<escalationEventDefinition/>"
ERROR = "<errorEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
UNDO = "<compensateEventDefinition/>"
CONDITION = ("<conditionalEventDefinition><condition>n &gt; 2</condition>"
             "</conditionalEventDefinition>")
CYCLE = "<timerEventDefinition><timeCycle>R3/PT7M</timeCycle></timerEventDefinition>"
_SEVERAL = "<multiInstanceLoopCharacteristics{}>{}</multiInstanceLoopCharacteristics>"
_ITEMS = '<loopDataInputRef>items</loopDataInputRef><inputDataItem name="item"/>'

#: What the expressions of these drawings look at: types by key, and their values at the start.
FIELDS = {"n": "integer", "items": "list"}
VALUES = {"n": 0, "items": ["a", "b"]}


def every_block(most: int = 8) -> st.SearchStrategy[Block]:
    """Blocks of at most about `most` steps, of any kind; not each of them can be completed."""
    return blocks(most, _ALONE, _AROUND)


def every_drawing(block: Block) -> bytes:
    """The drawing of such a block between a start and an end."""
    return EveryPen().drawing(block, roots='<signal id="S" name="go"/>')


class EveryPen(Pen):
    """Draws the other kinds, too."""

    def _activity(self, kind: str, inner: str, base: str = "t") -> tuple[str, str]:
        name = self.node(kind, base, inner)
        return name, name

    def _steps(self) -> tuple[str, str]:
        return self._activity("userTask", _SEVERAL.format("", _ITEMS))

    def _turns(self) -> tuple[str, str]:
        return self._activity("userTask", _SEVERAL.format(' isSequential="true"', _ITEMS))

    def _rounds_of_two(self) -> tuple[str, str]:
        return self._activity("task", '<standardLoopCharacteristics loopMaximum="2"/>')

    def _again(self) -> tuple[str, str]:
        return self._activity("task", "<standardLoopCharacteristics/>")

    def _script(self) -> tuple[str, str]:
        name = self.node("scriptTask", "c", "<script>n = n + 1</script>",
                         scriptFormat="python")
        return name, name

    def _undo(self) -> tuple[str, str]:
        return self._activity("intermediateThrowEvent", UNDO, "u")

    def _throws(self) -> tuple[str, str]:
        return self._activity("intermediateThrowEvent", SIGNAL, "u")

    def _escalates(self) -> tuple[str, str]:
        return self._activity("intermediateThrowEvent", ESCALATION, "u")

    def _caught(self) -> tuple[str, str]:
        return self._activity("intermediateCatchEvent", SIGNAL, "m")

    def _booked(self) -> tuple[str, str]:
        """A step that something undoes."""
        step, undo = self.node("task", "t"), self.new("t")
        edge = self.node("boundaryEvent", "b", UNDO, attachedToRef=step)
        self.add(f'<task id="{undo}" isForCompensation="true"/>')
        self.add(f'<association id="{edge}_to" sourceRef="{edge}" targetRef="{undo}"/>')
        return step, step

    def _in_turn(self, block: Block) -> tuple[str, str]:
        return self._activity("subProcess", _SEVERAL.format(
            ' isSequential="true"', "<loopCardinality>2</loopCardinality>")
            + self.inside(block), "p")

    def _for_each(self, block: Block) -> tuple[str, str]:
        return self._activity("subProcess", _SEVERAL.format("", _ITEMS) + self.inside(block), "p")

    def _linked(self, block: Block) -> tuple[str, str]:
        link = f'<linkEventDefinition name="{self.new("L")}"/>'
        here = self.node("intermediateThrowEvent", "l", link)
        there = self.node("intermediateCatchEvent", "l", link)
        first, last = self.draw(block)
        self.flow(there, first)
        return here, last

    def _ask(self, block: Block) -> tuple[str, str]:
        """A condition on the case's data, past the block or through it."""
        ask, meet = self.node("exclusiveGateway", "g"), self.node("exclusiveGateway", "j")
        first, last = self.draw(block)
        self.add(flow(ask, first, when("n &gt; 1")))
        self.flow(ask, meet)
        self.flow(last, meet)
        return ask, meet

    def _leaving(self, block: Block, kind: str, definition: str) -> str:
        """What stands in a scope that ends well, or by an end event of its own."""
        pen = type(self)([], self.called, self.counts)
        first, last = pen.draw(block)
        start, ask = pen.node("startEvent", "s"), pen.node("exclusiveGateway", "g")
        pen.flow(start, first)
        pen.flow(last, ask)
        pen.flow(ask, pen.node("endEvent", "e"))
        pen.flow(ask, pen.node(kind, "e", definition))
        return "".join(pen.parts)

    def _with_border(self, scope: str, definition: str, *, cancels: bool) -> tuple[str, str]:
        event = self.node("boundaryEvent", "b", definition, attachedToRef=scope,
                          cancelActivity=str(cancels).lower())
        other = self.node("task", "t")
        self.flow(event, other)
        if not cancels:
            return scope, scope
        last = self.node("exclusiveGateway", "j")
        self.flow(other, last)
        self.flow(scope, last)
        return scope, last

    def _called_off(self, block: Block) -> tuple[str, str]:
        scope = self.node("transaction", "p", self._leaving(block, "endEvent", CANCEL))
        return self._with_border(scope, CANCEL, cancels=True)

    def _fails(self, block: Block) -> tuple[str, str]:
        scope = self.node("subProcess", "p", self._leaving(block, "endEvent", ERROR))
        return self._with_border(scope, ERROR, cancels=True)

    def _escalating(self, block: Block) -> tuple[str, str]:
        scope = self.node("subProcess", "p", self._leaving(block, "endEvent", ESCALATION))
        return self._with_border(scope, ESCALATION, cancels=False)

    def _told(self, block: Block) -> tuple[str, str]:
        return self._with_border(self._sub(block)[0], MESSAGE, cancels=False)

    def _cycle(self, block: Block) -> tuple[str, str]:
        return self._with_border(self._sub(block)[0], CYCLE, cancels=False)

    def _condition(self, block: Block) -> tuple[str, str]:
        return self._with_border(self._sub(block)[0], CONDITION, cancels=True)

    def _with_event(self, block: Block, definition: str, interrupts: bool) -> tuple[str, str]:
        inside = (f'<startEvent id="{(start := self.new("s"))}" '
                  f'isInterrupting="{str(interrupts).lower()}">{definition}</startEvent>'
                  f'<task id="{(step := self.new("t"))}"/>' + flow(start, step))
        scope = self.node("subProcess", "p", self.inside(block)
                          + f'<subProcess id="{self.new("h")}" triggeredByEvent="true">'
                          + f"{inside}</subProcess>")
        return scope, scope

    def _beside_sub(self, block: Block) -> tuple[str, str]:
        return self._with_event(block, MESSAGE, interrupts=False)

    def _ended_by(self, block: Block) -> tuple[str, str]:
        return self._with_event(block, SIGNAL, interrupts=True)
