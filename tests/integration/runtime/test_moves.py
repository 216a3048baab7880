"""Property: skipping steps and going back never strands a case, in any well-nested drawing, and
storing it between any two moves makes no difference to that."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.infra.errors import Conflict
from engine.intake.understand import understand
from engine.runtime.document import Document
from engine.runtime.model import PERSON, Wait
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.execution import Execution
from engine.runtime.spiff.moves import around, withdrawn_by
from engine.runtime.versions import RunnableVersion, runnable
from tests.support.bpmn import Drawing
from tests.support.random_drawing import blocks

LONG = bool(os.environ.get("BATON_LONG"))
_SETTINGS = settings(max_examples=2000 if LONG else 60, deadline=None, derandomize=not LONG,
                     suppress_health_check=[HealthCheck.too_slow])
_NOW = datetime(2026, 3, 2, tzinfo=UTC)


class Played:
    """A case in memory, stored and restored before every move."""

    def __init__(self, drawing: Drawing, sandbox: Sandbox) -> None:
        self.version: RunnableVersion = runnable(understand(drawing.xml()))
        self._environment = Document({}, self.version).environment(sandbox)
        self.execution = Execution(self.version.model, self._environment)
        self.execution.start()
        self.passed: list[str] = []

    def restore(self) -> None:
        state = self.execution.state()
        self.execution = Execution(self.version.model, self._environment, state)

    def waits(self) -> list[Wait]:
        self.restore()
        return self.execution.waits()

    def at(self, element: str) -> Wait:
        return next(wait for wait in self.waits() if wait.element == element)

    def waiting(self) -> list[str]:
        return sorted(wait.element for wait in self.waits())

    def do(self, wait: Wait, random: Random | None = None) -> None:
        self.restore()
        found = self.version.model.by_drawn_id(wait.element)
        flows = [answer.flow for answer in found.answers] if found else []
        chosen = (random.choice(flows),) if random and flows else tuple(flows[:1])
        if wait.kind in PERSON:
            self.execution.complete(wait.token, chosen if wait.kind == "question" else ())
        elif wait.kind == "timer":
            self.execution.fire(wait.token, wait.element)
        else:
            self.execution.deliver(wait.message or "", wait.element)
        self.passed.append(wait.element)

    def skip(self, wait: Wait) -> None:
        self.restore()
        self.execution.skip(wait.token)
        self.passed.append(wait.element)

    def goes_with(self, wait: Wait, to: str) -> list[str] | None:
        self.restore()
        return withdrawn_by(self.version.model, self.execution.token(wait.token), to)

    def back(self, wait: Wait, to: str) -> list[str]:
        self.restore()
        return self.execution.send_back(wait.token, to)


@_SETTINGS
@given(seed=st.integers(0, 10_000_000))
def test_no_case_is_ever_stranded(seed: int):
    random = Random(seed)  # noqa: S311 - drawings, not cryptography
    with Sandbox(_NOW, "UTC") as sandbox:
        case = Played(blocks(random), sandbox)
        for _ in range(15):
            waits = case.waits()
            if not waits:
                break
            wait = random.choice(waits)
            deed = random.choice(["do", "do", "skip", "back", "back"])
            if deed == "skip" and wait.kind != "question":
                case.skip(wait)
            elif deed == "back" and case.passed:
                to = random.choice(case.passed)
                if (gone := case.goes_with(wait, to)) is not None:
                    assert case.back(wait, to) == gone
                    assert case.waits()
            else:
                case.do(wait, random)
        for _ in range(400):
            waits = case.waits()
            if not waits:
                break
            case.do(random.choice(waits), random)
        assert case.execution.finished, case.execution.resting()


def two_branches() -> Drawing:
    """First, then A1 and A2 beside B1 and B2, then Last."""
    return (Drawing().start().user("First").gateway("Fork", "parallel").user("A1").user("A2")
            .user("B1").user("B2").gateway("Join", "parallel").user("Last").end()
            .path("Begin", "First", "Fork", "A1", "A2", "Join").path("Fork", "B1", "B2", "Join")
            .path("Join", "Last", "Finish"))


def played(drawing: Drawing, sandbox: Sandbox, *steps: str) -> Played:
    case = Played(drawing, sandbox)
    for step in steps:
        case.do(case.at(step))
    return case


def test_going_back_within_a_branch_leaves_the_other_branch_alone():
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(two_branches(), sandbox, "First", "A1", "B1")
        assert case.back(case.at("A2"), "A1") == []
        assert case.waiting() == ["A1", "B2"]
        for step in ("B2", "A1", "A2", "Last"):
            case.do(case.at(step))
        assert case.execution.finished


def test_going_back_before_the_fork_withdraws_what_came_of_it():
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(two_branches(), sandbox, "First", "A1", "B1", "B2")
        assert case.back(case.at("A2"), "First") == ["Join"]
        assert case.waiting() == ["First"]
        for step in ("First", "A1", "A2", "B1", "B2", "Last"):
            case.do(case.at(step))
        assert case.execution.finished


def test_a_step_between_fork_and_join_is_no_place_to_go_back_to_when_they_are_over():
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(two_branches(), sandbox, "First", "A1", "B1", "A2", "B2")
        assert case.goes_with(case.at("Last"), "A2") is None
        assert case.goes_with(case.at("Last"), "First") == []


def test_going_back_to_an_activity_with_a_deadline_sets_the_deadline_anew():
    drawing = (Drawing().start().user("A").boundary_timer("Late", "A", "PT1H").user("B").end()
               .end("TooLate").path("Begin", "A", "B", "Finish").path("Late", "TooLate"))
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(drawing, sandbox, "A")
        case.back(case.at("B"), "A")
        assert case.waiting() == ["A", "Late"]
        case.do(case.at("Late"))
        assert case.execution.finished


def test_skipping_an_activity_takes_its_deadline_away():
    drawing = (Drawing().start().user("A").boundary_timer("Late", "A", "PT1H", interrupting=False)
               .user("B").user("Chase").end().end("Chased").path("Begin", "A", "B", "Finish")
               .path("Late", "Chase", "Chased"))
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(drawing, sandbox, "Late")
        case.skip(case.at("A"))
        assert case.waiting() == ["B", "Chase"]


def test_a_sub_process_is_left_for_a_step_before_it_and_can_be_begun_anew():
    inner = Drawing("In").start("Go").user("X").user("Y").end("Stop").path("Go", "X", "Y", "Stop")
    drawing = (Drawing().start().user("A").subprocess("Sub", inner).user("B").end()
               .path("Begin", "A", "Sub", "B", "Finish"))
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(drawing, sandbox, "A", "X")
        waiting = case.at("Y")
        token = case.execution.token(waiting.token)
        assert list(around(case.version.model, token)) == ["Sub"]
        case.back(case.at("Y"), "X")
        assert case.waiting() == ["X"]
        case.do(case.at("X"))
        case.back(case.at("Y"), "Sub")
        assert case.waiting() == ["X"]
        case.back(case.at("X"), "A")
        assert case.waiting() == ["A"]
        for step in ("A", "X", "Y"):
            case.do(case.at(step))
        case.back(case.at("B"), "Sub")
        for step in ("X", "Y", "B"):
            case.do(case.at(step))
        assert case.execution.finished


def test_of_several_instances_one_is_skipped_and_all_are_withdrawn_together():
    loop = ("<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3"
            "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>")
    drawing = (Drawing().start().user("A").element("userTask", "Each", "Each", loop).user("B").end()
               .path("Begin", "A", "Each", "B", "Finish"))
    with Sandbox(_NOW, "UTC") as sandbox:
        case = played(drawing, sandbox, "A", "Each")
        assert case.waiting() == ["Each", "Each"]
        case.back(case.at("Each"), "A")
        assert case.waiting() == ["A"]
        case.do(case.at("A"))
        for _ in range(3):
            case.skip(case.at("Each"))
        assert case.waiting() == ["B"]
        case.back(case.at("B"), "Each")
        assert case.waiting() == ["Each"] * 3


def test_where_ways_part_nothing_is_skipped():
    drawing = (Drawing().start().gateway("Ok", baton__decide="person").user("A").end()
               .flow("Begin", "Ok").flow("Ok", "A", id="a").flow("Ok", "Finish", id="f")
               .flow("A", "Finish"))
    with Sandbox(_NOW, "UTC") as sandbox:
        case = Played(drawing, sandbox)
        try:
            case.skip(case.at("Ok"))
        except Conflict as refused:
            assert "Ways part here" in refused.message
        else:
            raise AssertionError("a question was skipped")
