"""Cases on a real database: every command is persisted whole and can be gone on with."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.infra.errors import Conflict, Invalid
from engine.intake.dmn.read import Decision, Rule
from engine.runtime import held
from engine.runtime.errors import CaseEnded, TokenGone
from engine.runtime.fields import FieldRule
from tests.support.bpmn import Drawing
from tests.support.runtime import Runtime


@pytest.fixture
def runtime(database, now):
    return Runtime(database, now)


def one_step() -> Drawing:
    return Drawing().start().user("Answer").end().path("Begin", "Answer", "Finish")


def test_a_case_gets_a_number_waits_for_its_step_and_ends(runtime):
    case = runtime.start(runtime.publish(one_step()))
    assert runtime.waiting(case) == ["Answer"]
    runtime.do(case, "Answer")
    assert runtime.state(case) == "completed"
    assert runtime.waiting(case) == []
    with runtime.cases() as cases:
        assert cases.case(case).number == "T-2026-00001"
        assert cases.case("t-2026-00001").id == case


def test_the_journal_tells_the_case_in_order(runtime):
    case = runtime.start(runtime.publish(one_step()), cause="delay")
    runtime.do(case, "Answer", refund=5)
    assert runtime.story(case) == [
        "CaseStarted", "DataWritten", "ElementCompleted Begin", "StepAwaited Answer",
        "DataWritten", "StepResumed Answer", "ElementCompleted Finish", "CaseCompleted"]


def test_a_question_asks_once_per_arrival_and_leaves_nothing_in_the_data(runtime):
    drawing = (Drawing().start().user("Check").gateway("Ok", baton__decide="person").end()
               .path("Begin", "Check", "Ok").flow("Ok", "Check", id="again", name="Not yet")
               .flow("Ok", "Finish", id="done", name="Fine"))
    case = runtime.start(runtime.publish(drawing))
    for _ in range(3):
        runtime.do(case, "Check")
        assert runtime.waiting(case) == ["Ok"]
        runtime.do(case, "Ok", "again")
        assert runtime.waiting(case) == ["Check"]
    runtime.do(case, "Check")
    runtime.do(case, "Ok", "done")
    assert runtime.state(case) == "completed"
    assert runtime.document(case) == {}


@pytest.mark.parametrize("answers", [(), ("nowhere",), ("again", "done")])
def test_a_question_refuses_what_is_no_answer(runtime, answers):
    drawing = (Drawing().start().gateway("Ok", baton__decide="person").user("A").end()
               .flow("Begin", "Ok").flow("Ok", "A", id="again").flow("Ok", "Finish", id="done")
               .flow("A", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    with pytest.raises(Invalid):
        runtime.do(case, "Ok", *answers)
    assert runtime.waiting(case) == ["Ok"]


def test_an_inclusive_question_takes_several_answers_and_joins_them(runtime):
    drawing = (Drawing().start().gateway("Which", "inclusive", baton__decide="person")
               .user("A").user("B").user("C").gateway("Join", "inclusive").user("After").end()
               .flow("Begin", "Which").flow("Which", "A", id="a").flow("Which", "B", id="b")
               .flow("Which", "C", id="c").path("A", "Join").path("B", "Join").path("C", "Join")
               .path("Join", "After", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    runtime.do(case, "Which", "a", "c")
    assert runtime.waiting(case) == ["A", "C"]
    runtime.do(case, "A")
    assert runtime.waiting(case) == ["C"]
    runtime.do(case, "C")
    assert runtime.waiting(case) == ["After"]


def test_parallel_branches_see_each_others_writes(runtime):
    drawing = (Drawing().start().gateway("Fork", "parallel").user("A").user("B")
               .gateway("Join", "parallel").script("Sum", "total = a + b").end()
               .path("Begin", "Fork", "A", "Join", "Sum", "Finish").path("Fork", "B", "Join"))
    case = runtime.start(runtime.publish(drawing))
    runtime.do(case, "A", a=1, note="from A")
    runtime.do(case, "B", b=2)
    assert runtime.document(case) == {"a": 1, "b": 2, "note": "from A", "total": 3}


def test_typed_fields_are_read_and_refused_by_name(runtime):
    version = runtime.publish(one_step(), fields={
        "refund": FieldRule("refund", "decimal"),
        "cause": FieldRule("cause", "choice", ("delay",))})
    case = runtime.start(version, refund="12.50")
    assert runtime.document(case) == {"refund": Decimal("12.50")}
    with pytest.raises(Invalid) as refused:
        runtime.do(case, "Answer", cause="weather")
    assert refused.value.field == "cause"
    assert runtime.waiting(case) == ["Answer"]


def test_a_failing_script_becomes_an_incident_that_can_be_retried(runtime):
    drawing = (Drawing().start().user("A").script("Share", "share = amount / people").user("B")
               .end().path("Begin", "A", "Share", "B", "Finish"))
    case = runtime.start(runtime.publish(drawing), amount=10, people=0)
    runtime.do(case, "A")
    with runtime.cases() as cases:
        [incident] = cases.incidents(case)
        assert (incident.element, incident.kind) == ("Share", "script")
        assert "ZeroDivisionError" in incident.message
    with runtime.cases() as cases:
        cases.retry(incident.id)
    with runtime.cases() as cases:
        [incident] = cases.incidents(case)
        assert incident.tries == 2
        cases.write_data(case, {"people": 4})
    with runtime.cases() as cases:
        cases.retry(incident.id)
        assert cases.incidents(case) == []
    assert runtime.waiting(case) == ["B"]
    assert runtime.document(case)["share"] == 2.5


def test_a_script_that_never_ends_is_stopped_and_harms_nobody(runtime):
    drawing = (Drawing().start().script("Loop", "while True: pass").end()
               .path("Begin", "Loop", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    assert "IncidentRaised Loop" in runtime.story(case)
    assert runtime.state(case) == "open"
    healthy = runtime.start(runtime.publish(one_step()))
    assert runtime.waiting(healthy) == ["Answer"]


def test_a_model_that_runs_in_circles_is_stopped(runtime):
    drawing = (Drawing().start().gateway("Merge").element("intermediateThrowEvent", "Pass")
               .path("Begin", "Merge", "Pass", "Merge"))
    case = runtime.start(runtime.publish(drawing))
    with runtime.cases() as cases:
        [incident] = cases.incidents(case)
    assert incident.kind == "circle"


def test_a_decision_table_writes_its_outputs(runtime):
    table = Decision("Limit", "Limit", "UNIQUE", None, ("amount",), ("approver",), (
        Rule("1", ("<= 200",), ('"desk"',)), Rule("2", ("> 200",), ('"finance"',))))
    drawing = (Drawing().start().element("businessRuleTask", "Who", baton__decision="Limit")
               .user("Approve").end().path("Begin", "Who", "Approve", "Finish"))
    case = runtime.start(runtime.publish(drawing, decisions={"Limit": table}), amount=250)
    assert runtime.document(case)["approver"] == "finance"


def test_two_people_completing_the_same_step_only_one_wins(runtime):
    case = runtime.start(runtime.publish(one_step()))
    [wait] = runtime.waits(case)
    runtime.do(case, "Answer")
    with pytest.raises(CaseEnded), runtime.cases() as cases:
        cases.resume_step(case, wait.token, "Answer")


def test_a_step_that_an_event_took_away_can_not_be_done(runtime):
    drawing = (one_step().boundary_message("Withdrawn", "Answer", "Withdraw").user("Bye")
               .end("Out").path("Withdrawn", "Bye", "Out"))
    case = runtime.start(runtime.publish(drawing))
    token = next(w.token for w in runtime.waits(case) if w.element == "Answer")
    with runtime.cases() as cases:
        cases.deliver(case, "Withdraw", data={"why": "solved"})
    assert runtime.waiting(case) == ["Bye"]
    assert "StepWithdrawn Answer" in runtime.story(case)
    with pytest.raises(TokenGone), runtime.cases() as cases:
        cases.resume_step(case, token, "Answer")


def test_a_message_that_nobody_waits_for_is_a_conflict(runtime):
    case = runtime.start(runtime.publish(one_step()))
    with pytest.raises(Conflict), runtime.cases() as cases:
        cases.deliver(case, "Hello")


def test_a_timer_fires_when_due_and_not_before(runtime, now):
    drawing = (Drawing().start().timer("Wait", "PT2H").user("Go").end()
               .path("Begin", "Wait", "Go", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    now.advance(timedelta(hours=2) - timedelta(seconds=1))
    assert runtime.sweep() == 0
    now.advance(timedelta(seconds=1))
    assert runtime.sweep() == 1
    assert runtime.waiting(case) == ["Go"]
    assert runtime.sweep() == 0


def test_a_late_timer_fires_once_and_says_how_late(runtime, now):
    drawing = (Drawing().start().timer("Wait", "PT1H").user("Go").end()
               .path("Begin", "Wait", "Go", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    now.advance(timedelta(days=3))
    assert runtime.sweep() == 1
    [fired] = [f for f in runtime.facts(case) if type(f).__name__ == "TimerFired"]
    assert fired.late_seconds == timedelta(days=3, hours=-1).total_seconds()


def test_a_repeating_boundary_timer_neither_multiplies_nor_stops(runtime, now):
    drawing = (one_step().boundary_timer("Remind", "Answer", "R3/PT10H", "timeCycle",
                                         interrupting=False)
               .user("Nudge").end("Nudged").path("Remind", "Nudge", "Nudged"))
    case = runtime.start(runtime.publish(drawing))
    for count in (1, 2, 3):
        now.advance(timedelta(hours=10))
        assert runtime.sweep() == 1
        assert runtime.waiting(case).count("Nudge") == count
    now.advance(timedelta(hours=10))
    assert runtime.sweep() == 0
    runtime.do(case, "Answer")
    assert runtime.waiting(case) == ["Nudge"] * 3


def test_an_event_gateway_takes_the_first_event_and_forgets_the_other(runtime, now):
    drawing = (Drawing().start().gateway("Race", "eventBased").message("Reply", "Answer came")
               .timer("Silence", "P2D").user("Thank").user("Remind").end()
               .path("Begin", "Race", "Reply", "Thank", "Finish")
               .path("Race", "Silence", "Remind", "Finish"))
    version = runtime.publish(drawing)
    answered, silent = runtime.start(version), runtime.start(version)
    with runtime.cases() as cases:
        cases.deliver(answered, "Answer came", data={"text": "fine"})
    now.advance(timedelta(days=2))
    assert runtime.sweep() == 1
    assert runtime.waiting(answered) == ["Thank"]
    assert runtime.waiting(silent) == ["Remind"]


def test_a_cancelled_case_waits_for_nothing(runtime, now):
    drawing = one_step().boundary_timer("Late", "Answer", "PT1H").end("Out").path("Late", "Out")
    case = runtime.start(runtime.publish(drawing))
    with pytest.raises(Invalid), runtime.cases() as cases:
        cases.cancel(case, reason=" ")
    with runtime.cases() as cases:
        cases.cancel(case, reason="Sent twice")
    now.advance(timedelta(hours=2))
    assert runtime.sweep() == 0
    assert runtime.state(case) == "cancelled"
    assert runtime.story(case)[-1] == "CaseCancelled"


def test_a_step_costs_the_same_at_any_age(runtime):
    """Law 5, by size: the stored state of a case that went round 300 times hasn't grown."""
    drawing = (Drawing().start().user("Check").gateway("Ok", baton__decide="person").end()
               .path("Begin", "Check", "Ok").flow("Ok", "Check", id="again")
               .flow("Ok", "Finish", id="done"))
    case = runtime.start(runtime.publish(drawing))
    sizes = []
    for _ in range(60):
        runtime.do(case, "Check")
        runtime.do(case, "Ok", "again")
        with runtime.cases() as cases:
            _, state = held.lock(cases._session, case)
            sizes.append(len(state.tokens))
    assert max(sizes[2:]) - min(sizes[2:]) < 50
    runtime.do(case, "Check")
    runtime.do(case, "Ok", "done")
    assert runtime.state(case) == "completed"


def test_too_much_data_is_refused_and_nothing_is_half_written(runtime):
    case = runtime.start(runtime.publish(one_step()))
    with pytest.raises(Exception, match="256 kB"):
        runtime.do(case, "Answer", blob="x" * 300_000)
    assert runtime.waiting(case) == ["Answer"]
    assert runtime.document(case) == {}


def test_conditions_that_do_not_decide_leave_it_to_a_person_and_say_why(runtime):
    drawing = (Drawing().start().gateway("Ok").user("Pay").end().path("Begin", "Ok")
               .flow("Ok", "Pay", "amount > 5", id="yes")
               .flow("Ok", "Finish", "amount < 0", id="no")
               .path("Pay", "Finish"))
    case = runtime.start(runtime.publish(drawing), amount=3)
    (wait,) = runtime.waits(case)
    assert (wait.element, wait.kind) == ("Ok", "question")
    assert "None of the conditions holds" in (wait.reason or "")
    runtime.do(case, "Ok", "yes")
    assert runtime.waiting(case) == ["Pay"]


def test_a_timer_whose_data_was_missing_is_set_when_it_is_tried_again(runtime, now):
    drawing = (Drawing().start().timer("Wait", "deadline", "timeDate").user("Answer").end()
               .path("Begin", "Wait", "Answer", "Finish"))
    case = runtime.start(runtime.publish(drawing))
    with runtime.cases() as cases:
        (incident,) = cases.incidents(case)
        cases.retry(incident.id)
        assert cases.incidents(case)[0].tries == 2
        cases.write_data(case, {"deadline": "2026-12-24T09:00:00+08:00"})
        cases.retry(incident.id)
        assert cases.incidents(case) == []
        assert cases.waits(case)[0].due_at is not None
