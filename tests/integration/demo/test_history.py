"""The demo's history: cases that really ran, and that an interruption doesn't harm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.infra.settings import Settings
from engine.journal import facts
from engine.people.access import SYSTEM
from engine.runtime.views import CaseFilter
from engine.wiring import Baton
from engine.work.lifecycle import CLAIMED
from engine.work.views import ItemFilter
from tests.support.web import QUICK
from web.demo.habits import ZONE
from web.demo.history import JOURNEYS, History
from web.demo.overheard import OverheardBaton
from web.demo.people import PEOPLE
from web.demo.photos import VARIANTS, photo
from web.demo.plan import Plan, PlanFile
from web.demo.seed import seed
from web.demo.stories import BREAKDOWNS, GRIEVANCES

END = datetime(2026, 6, 16, 15, tzinfo=ZONE)


def plan_of(days: int) -> Plan:
    start = END - timedelta(days=days)
    return Plan(start, END, start)


def baton_on(database: Database, plan: Plan) -> OverheardBaton:
    """The demo's packs and people, at the plan's start."""
    settings = Settings(home=Path(database.url.database or "").parent, timezone="Asia/Shanghai",
                        database=database.url.render_as_string())
    made = OverheardBaton(settings, SetNow(plan.start), passwords=QUICK, database=database)
    seed(made)
    return made


@pytest.fixture(scope="module")
def lived(sqlite_databases) -> Iterator[tuple[OverheardBaton, Plan]]:
    """Ten days, lived through once for all that only looks at them."""
    database = sqlite_databases.fresh()
    baton = baton_on(database, plan_of(10))
    yield baton, live(baton, plan_of(10))
    sqlite_databases.drop(database)


def live(baton: OverheardBaton, plan: Plan, steps: int | None = None) -> Plan:
    """Live the plan, or so many steps of it; returns how far it came."""
    kept = [plan]
    history = History(baton, baton.now, plan)
    while (steps is None or steps > 0) and history.step(kept.append):
        steps = None if steps is None else steps - 1
    return kept[-1]


def journal(baton: OverheardBaton) -> list[facts.Fact]:
    with baton.query() as services:
        return [fact for journey in JOURNEYS for fact in services.journal.read_journey(journey)]


def test_days_are_lived_through_by_the_people_of_the_departments(lived):
    baton, done = lived
    assert done.done and done.reached == END
    told = journal(baton)
    kinds = {type(fact) for fact in told}
    assert kinds >= {facts.CaseStarted, facts.CaseCompleted, facts.HandedOver, facts.Returned,
                     facts.ClockMet, facts.ClockMissed, facts.TimerFired, facts.FileAttached}
    assert all(done.start <= fact.occurred_at <= END for fact in told)
    with baton.query() as services:
        assert services.cases.incidents(None) == []
        names = services.people.names({f.person for f in told if f.person is not None})
        claimed = services.work.page(ItemFilter(states=(CLAIMED,)), 200).items
        open_cases = services.cases.page(CaseFilter(SYSTEM.visible(), state="open"), 200).cases
    assert set(names.values()) <= {person.name for person in PEOPLE}
    assert open_cases  # today's lists are not empty
    # Nobody sits on something for ever: what is claimed is being worked on.
    assert all(item.claimed_at > END - timedelta(days=4) for item in claimed)


def test_what_happens_to_a_case_happens_in_order_and_in_working_hours(lived):
    baton, _ = lived
    by_case: dict[object, list[facts.Fact]] = {}
    for fact in journal(baton):
        if fact.case is not None:
            by_case.setdefault(fact.case, []).append(fact)
    with baton.query() as services:
        calendars = {d.key: services.people.calendar_of(d.key)
                     for d in services.people.departments.all()}
    for told in by_case.values():
        moments = [fact.occurred_at for fact in told]
        assert moments == sorted(moments)
        for fact in told:
            if isinstance(fact, facts.WorkItemClaimed):
                at = fact.occurred_at.astimezone(ZONE)
                department = calendars[fact.department or ""]
                assert department.between(at - timedelta(seconds=1),
                                          at + timedelta(seconds=1)) > 0, at


def test_an_interrupted_history_goes_on_where_it_was(sqlite_database):
    plan = plan_of(8)
    baton = baton_on(sqlite_database, plan)
    halfway = live(baton, plan, steps=90)
    assert not halfway.done
    before = journal(baton)
    done = live(baton, halfway)
    after = journal(baton)
    assert done.done
    assert len(after) > len(before)
    assert all(f.occurred_at >= halfway.reached for f in after if f not in before)
    open_since = [f for f in after if isinstance(f, facts.WorkItemOffered)]
    ended = {f.item for f in after
             if isinstance(f, facts.WorkItemCompleted | facts.WorkItemWithdrawn)}
    early = [f for f in open_since if f.occurred_at < halfway.reached]
    assert len([f for f in early if f.item not in ended]) <= len(early) // 5


def test_work_that_a_visitor_of_the_demo_begins_is_left_alone(sqlite_database):
    plan = plan_of(4)
    baton = baton_on(sqlite_database, plan)
    halfway = live(baton, plan, steps=40)
    today = Baton(baton.settings, SetNow(END + timedelta(minutes=1)), database=sqlite_database)
    with today.command() as services:
        case = services.cases.start(services.intake.latest("complaint").id, data={
            "subject": "Mine", "description": "Made by hand", "wish": "apology",
            "customer_tier": "standard"})
    live(baton, halfway)
    with today.query() as services:
        [item] = services.work.of_case(case.id)
    assert item.assignee is None


def test_the_plan_is_kept_in_a_file(tmp_path: Path):
    plan = plan_of(3)
    kept = PlanFile(tmp_path / "new" / "folder")
    assert kept.read() is None
    kept.write(replace(plan, reached=END, done=True))
    assert kept.read() == replace(plan, reached=END, done=True)


def test_a_plan_covers_three_months_until_now(now):
    plan = Plan.made_at(now())
    assert plan.end == now()
    assert timedelta(days=91) < plan.end - plan.start < timedelta(days=94)
    assert plan.share == 0


def test_photos_are_pictures_and_differ():
    pictures = {photo(variant) for variant in range(VARIANTS)}
    assert len(pictures) == VARIANTS
    assert all(picture.startswith(b"\x89PNG\r\n\x1a\n") for picture in pictures)


def test_stories_are_told_in_both_languages_and_found_again_by_their_beginning():
    for stories, beginning in ((GRIEVANCES, "subject"), (BREAKDOWNS, "fault")):
        assert {story.language for story in stories} == {"en", "zh"}
        beginnings = [getattr(story, beginning) for story in stories]
        assert len(set(beginnings)) == len(beginnings)
