"""Rehearsing step by step, at random, and keeping rehearsals as tests."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests.support.bpmn import Drawing
from tests.support.refund import publish_refund
from tests.support.web import Visitor

REFUND = "/journeys/refund/versions/1"


@pytest.fixture
def refund(baton, tmp_path):
    return publish_refund(baton, tmp_path / "refund")


class Player(Visitor):
    """Someone who rehearses: posts each move with what the page holds."""

    def __init__(self, app, address: str, language: str = "en") -> None:
        super().__init__(app, "dora", language=language)
        self.address = address
        self.get(address)

    @property
    def script(self) -> str:
        found = re.search(r'id="script" value="([^"]*)"', self.text)
        return html.unescape(found.group(1)) if found else ""

    @property
    def moves(self) -> list[str]:
        return [html.unescape(m) for m in re.findall(r'name="move" value="([^"]*)"', self.text)]

    @property
    def state(self) -> str:
        return re.search(r'<span class="state \w+">([^<]*)</span>', self.text).group(1)

    def begin(self, **data):
        return self.post(self.address, act="begin", **fields(data))

    def play(self, element: str, answers=(), **data):
        """Let the move at an element happen."""
        move = next(m for m in self.moves if m.split("/")[2] == element)
        return self.post(self.address, act="move", script=self.script, move=move,
                         answers=list(answers), **fields(data))

    def back(self):
        return self.post(self.address, act="back", script=self.script)


def fields(data):
    return {f"field:{key}": value for key, value in data.items()}


def draft_of(baton, drawing: Drawing, name="journey.bpmn"):
    with baton.command() as services:
        return services.intake.upload(name, drawing.xml(), by=None)


def test_a_journey_is_played_to_its_end(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    assert "What is it about?" in dora.text  # its start form
    dora.begin(subject="Broken cup", amount="12.50")
    assert dora.state == "Going on" and "Answer the customer" in dora.text
    dora.play("Answer", subject="Cup", wish="money")
    assert "Money back" in dora.text  # the data, as people read it
    dora.play("Decide", answers=["agree"])
    dora.play("Pay")
    assert dora.state == "Completed" and dora.moves == []
    assert "answered: Agree" in dora.text


def test_the_drawing_shows_the_path_taken_and_the_token(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.begin()
    dora.play("Answer", subject="Cup", wish="money")
    dora.play("Decide", answers=["ask"])
    marks = re.search(r'data-marks-for="drawing">(.*?)</script>', dora.text).group(1)
    assert '"ask": ["done"]' in marks and '"Reply": ["live"]' in marks
    assert '"agree"' not in marks


def test_of_two_answers_that_lead_to_one_step_the_given_one_is_marked(app, baton):
    draft = draft_of(baton, (
        Drawing("P").start().element("exclusiveGateway", "Which", "Which?").user("A").end()
        .path("Begin", "Which").flow("Which", "A", id="soon", name="Soon")
        .flow("Which", "A", id="late", name="Late").path("A", "Finish")))
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    dora.play("Which", answers=["late"])
    marks = re.search(r'data-marks-for="drawing">(.*?)</script>', dora.text).group(1)
    assert '"late": ["done"]' in marks and '"soon"' not in marks


def test_a_step_back_takes_the_last_move_back_only(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.begin()
    dora.play("Answer", subject="Cup")
    dora.play("Decide", answers=["agree"])
    dora.back()
    assert [move.split("/")[2] for move in dora.moves] == ["Decide"]
    assert "What is it about?" in dora.text and "Cup" in dora.text


def test_time_jumps_to_the_next_timer(app, baton):
    draft = draft_of(baton, Drawing("P").start().timer("Wait", "P3D")
                     .user("A", "Ask again").end().path("Begin", "Wait", "A", "Finish"))
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    assert "Time passes until" in dora.text
    before = dora.script
    dora.play("Wait")
    assert "Ask again" in dora.text and "its time came" in dora.text
    assert dora.script != before


def test_a_message_arrives_when_somebody_says_so(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.begin()
    dora.play("Answer")
    dora.play("Decide", answers=["ask"])
    assert "It arrives" in dora.text
    dora.play("Reply")
    assert dora.state == "Completed"


def test_a_question_with_several_answers_takes_several(app, baton):
    draft = draft_of(baton, (
        Drawing("P").start().element("inclusiveGateway", "Which", "Which?").user("A", "Left")
        .user("B", "Right").element("inclusiveGateway", "Join").end().path("Begin", "Which")
        .flow("Which", "A", id="a", name="A").flow("Which", "B", id="b", name="B")
        .path("A", "Join").path("B", "Join").path("Join", "Finish")))
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    assert dora.text.count('type="checkbox"') == 2
    dora.play("Which")  # nothing chosen
    assert dora.page.status_code == 422 and "Choose" in dora.text
    dora.get(dora.address)
    dora.play("Which", answers=["a", "b"])
    assert {move.split("/")[2] for move in dora.moves} == {"A", "B"}
    dora.play("A")
    dora.play("B")
    assert dora.state == "Completed"


def test_where_nothing_can_happen_any_more_it_says_stuck(app, baton):
    draft = draft_of(baton, (
        Drawing("P").start().element("exclusiveGateway", "Which", "Which?").user("A").user("B")
        .element("parallelGateway", "Both").end().path("Begin", "Which")
        .flow("Which", "A", id="a", name="A").flow("Which", "B", id="b", name="B")
        .path("A", "Both").path("B", "Both").path("Both", "Finish")))
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    dora.play("Which", answers=["a"])
    dora.play("A")
    assert dora.state == "Stuck"
    assert "has not come to its end" in dora.text


def test_what_a_field_does_not_take_is_refused_and_nothing_is_lost(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.begin(amount="much")
    assert dora.page.status_code == 422 and "amount" in dora.text


@pytest.mark.parametrize("script", ["", "{", "[]", '{"at": 1, "data": {}, "moves": []}',
                                    '{"at":{"$datetime":"x"},"data":{},"moves":[]}',
                                    '{"at":{"$datetime":"2026-01-01T00:00:00"},"data":{},'
                                    '"moves":[]}', "[" * 5000])
def test_a_rehearsal_that_makes_no_sense_is_refused(app, refund, script):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.post(dora.address, act="move", script=script, move="x")
    assert dora.page.status_code == 422
    assert "The rehearsal could not be read" in dora.text


def test_a_rehearsal_ends_after_three_hundred_moves(app, refund):
    dora = Player(app, f"{REFUND}/rehearse")
    dora.begin()
    round_ = '["p/do/Answer/0",[],{}]'
    script = dora.script.replace('"moves":[]', f'"moves":[{",".join([round_] * 301)}]')
    dora.post(dora.address, act="back", script=script)
    assert dora.page.status_code == 413 and "at most 300 moves" in dora.text


@pytest.mark.parametrize("language, why", [("en", "The process has no steps."),
                                           ("zh", "流程中没有步骤。")])
def test_a_draft_that_cannot_run_says_why_instead(app, baton, language, why):
    draft = draft_of(baton, Drawing("P"))
    dora = Visitor(app, "dora", language=language)
    for page in ("rehearse", "play", "tests"):
        dora.get(f"/journeys/drafts/{draft.id}/{page}")
        assert dora.page.status_code == 200 and why in dora.text


def test_a_hundred_runs_show_how_paths_divide_and_what_is_never_reached(app, baton):
    draft = draft_of(baton, (
        Drawing("P").start().element("exclusiveGateway", "Which", "Which?").user("A").user("B")
        .user("C", "Lonely").end().path("Begin", "Which").flow("Which", "A", id="a", name="Left")
        .flow("Which", "B", id="b", name="Right").path("A", "Finish").path("B", "Finish")
        .path("C", "Finish")))
    dora = Visitor(app, "dora")
    dora.get(f"/journeys/drafts/{draft.id}/play")
    assert re.search(r'<div class="what">Completed</div>\s*<div class="much ">100</div>',
                     dora.text)
    assert "Lonely" in dora.text.split("<h2>Never reached</h2>")[1].split("</section>")[0]
    shares = [int(n) for n in re.findall(r'data-label="Share">(\d+) %', dora.text)]
    assert len(shares) == 2 and sum(shares) in (99, 100, 101) and min(shares) > 20


def test_a_run_that_got_stuck_can_be_looked_at(app, baton):
    draft = draft_of(baton, (
        Drawing("P").start().element("exclusiveGateway", "Which", "Which?").user("A").user("B")
        .element("parallelGateway", "Both", "Wait for both").end().path("Begin", "Which")
        .flow("Which", "A", id="a", name="A").flow("Which", "B", id="b", name="B")
        .path("A", "Both").path("B", "Both").path("Both", "Finish")))
    dora = Player(app, f"/journeys/drafts/{draft.id}/play")
    assert "A token rests here, and nothing can ever happen." in dora.text
    marks = re.search(r'<script type="application/json">(.*?)</script>', dora.text).group(1)
    assert '"findings": [{"anchor": "problem-0", "element": "Both", "level": "error"' in marks
    script = html.unescape(re.search(r'name="script" value="([^"]*)"', dora.text).group(1))
    dora.post(f"/journeys/drafts/{draft.id}/rehearse", script=script)
    assert dora.state == "Stuck"


# --- tests that are kept -----------------------------------------------------------------------

@pytest.fixture
def kept(app, baton, refund):
    """A draft of the refund journey with one test, and who kept it."""
    with baton.command() as services:
        draft = services.intake.redraw(refund, refund.drawing, by=None)
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    dora.begin(subject="Cup")
    dora.play("Answer", subject="Cup", wish="money")
    dora.play("Decide", answers=["agree"])
    dora.play("Pay")
    dora.post(f"/journeys/drafts/{draft.id}/tests", script=dora.script, name="Money is paid")
    return draft, dora


def test_a_rehearsal_is_kept_as_a_test_and_passes(kept, baton):
    draft, dora = kept
    assert "1 of 1 tests pass" in dora.text and "Money is paid" in dora.text
    with baton.query() as services:
        assert "Money is paid" in services.intake.draft(draft.id).files["rehearsals.toml"].decode()


def test_a_test_fails_when_the_drawing_goes_another_way(app, kept, baton):
    draft, dora = kept
    with baton.command() as services:
        other = draft.drawing.replace(b'targetRef="Pay"', b'targetRef="Reply"')
        assert other != draft.drawing
        services.intake.redraw(services.intake.draft(draft.id), other, by=None)
    dora.get(f"/journeys/drafts/{draft.id}/tests")
    assert "0 of 1 tests pass" in dora.text
    assert "Pay the money back" in dora.text  # the first deviation names the step


def test_a_test_can_be_looked_at_again(kept):
    draft, dora = kept
    script = html.unescape(re.search(r'name="script" value="([^"]*)"', dora.text).group(1))
    dora.post(f"/journeys/drafts/{draft.id}/rehearse", script=script)
    assert dora.state == "Completed"


def test_tests_are_renamed_and_removed(kept, baton):
    draft, dora = kept
    place = f"/journeys/drafts/{draft.id}/tests/0"
    dora.post(f"{place}/rename", was="Money is paid", name="Paid")
    assert "Paid" in dora.text and "Money is paid" not in dora.text
    dora.post(f"{place}/remove", was="Money is paid")  # a page that is out of date
    assert dora.page.status_code == 404
    dora.get(f"/journeys/drafts/{draft.id}/tests")
    dora.post(f"{place}/remove", was="Paid")
    assert "No test is kept yet" in dora.text
    with baton.query() as services:
        assert "rehearsals.toml" not in services.intake.draft(draft.id).files


def test_two_tests_never_have_one_name(kept):
    draft, dora = kept
    dora.get(f"/journeys/drafts/{draft.id}/rehearse")
    dora.begin()
    dora.post(f"/journeys/drafts/{draft.id}/tests", script=dora.script, name="Money is paid")
    assert dora.page.status_code == 422 and "There is a test called" in dora.text


def test_staff_may_not_rehearse_drafts(app, kept):
    draft, _ = kept
    lin = Visitor(app, "lin")
    for page in ("rehearse", "play", "tests"):
        lin.get(f"/journeys/drafts/{draft.id}/{page}")
        assert lin.page.status_code == 403


def test_rehearsals_speak_chinese(app, refund):
    dora = Player(app, f"{REFUND}/rehearse", language="zh")
    dora.begin()
    assert "答复客户" in dora.text and dora.state == "进行中"


# --- bounds ------------------------------------------------------------------------------------

class Ticking:
    """A clock on which every look takes a second."""

    def __init__(self, now) -> None:
        self._now = now

    def __call__(self):
        self._now.advance(timedelta(seconds=1))
        return self._now()


def test_play_at_random_ends_in_time_with_the_runs_that_it_has(app, baton, refund, now):
    dora = Visitor(app, "dora")
    baton.now = Ticking(now)
    dora.get(f"{REFUND}/play")
    runs = re.search(r'<div class="what">Runs at random</div>\s*<div class="much ">(\d+)</div>',
                     dora.text)
    assert runs is not None and 1 <= int(runs.group(1)) <= 10


def test_a_rehearsal_that_takes_too_long_to_play_again_is_refused(app, baton, now):
    round_ = Drawing("P").start().user("A").gateway("Again").end().path("Begin", "A", "Again") \
        .flow("Again", "A", id="again", name="Again").flow("Again", "Finish", id="no", name="No")
    dora = Player(app, f"/journeys/drafts/{draft_of(baton, round_).id}/rehearse")
    for _ in range(12):
        dora.play("A")
        dora.play("Again", answers=["again"])
    baton.now = Ticking(now)
    dora.play("A")
    assert dora.page.status_code == 413 and "takes too long" in dora.text


def test_a_draft_is_compiled_anew_when_a_journey_that_it_may_call_is_published(
        app, baton, tmp_path):
    draft = draft_of(baton, Drawing("P").start().user("A").end().path("Begin", "A", "Finish"))
    dora = Player(app, f"/journeys/drafts/{draft.id}/rehearse")
    dora.get(dora.address)
    assert len(app.extensions["baton-rehearsed"]) == 1
    publish_refund(baton, tmp_path / "refund")
    dora.get(dora.address)
    assert len(app.extensions["baton-rehearsed"]) == 2
