"""What must hold after any number of kills, read from the database while no process runs.

Every check adds sentences to the account where something is wrong; none stops the others.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.infra.tables import OnceRow
from engine.jobs.tables import JobRow
from engine.journal.tables import FactRow
from engine.runtime.document import Document
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.execution import Execution
from engine.runtime.tables import CaseCounterRow, CaseRow, CaseStateRow, CommentRow, WaitRow
from engine.sla.tables import ClockRow, ThresholdRow
from engine.wiring import Baton, Services
from engine.work.tables import WorkItemRow
from tests.faults import journey
from tests.faults.folds import Folded, fold
from tests.faults.ledger import Ledger
from tests.support.outside import Outside

#: Incidents that only say that this machine is overloaded: clients try them again.
_SLOW = ("used up their time", "ran too long", "too much time")


@dataclass
class Account:
    """What was counted, and what is wrong."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def check(baton: Baton, ledger: Ledger, outside: Outside | None = None, *,
          all_ended: bool = False) -> Account:
    """Compare the journal, the tables, the ledger and what the `outside` service was asked.

    `all_ended`: no case may be open.
    """
    account = Account(list(ledger.wrong))
    with baton.query() as services:
        cases = list(services.session.execute(select(CaseRow)).scalars())
        folded = {}
        for row in cases:
            history = services.journal.read_case(row.id)
            folded[row.id] = fold(history)
            account.counts["facts"] += len(history)
            account.wrong += [f"{row.number}: {text}"
                              for text in _case(services, row, folded[row.id])]
        account.wrong += [*_numbers(services, cases), *_clocks(services, cases)]
        account.wrong += _commands(services, ledger, cases, folded)
        account.counts["found"] = _found(services, ledger)
        account.wrong += _jobs(services, account, all_ended)
        if outside is not None:
            account.wrong += _calls(services, outside, folded, account)
        if all_ended:
            account.wrong += [f"{row.number} came to no end" for row in cases
                              if row.state == "open"]
    _count(account, ledger, cases, folded)
    return account


# --- journal and state agree --------------------------------------------------------------------


def _case(services: Services, row: CaseRow, case: Folded) -> Iterator[str]:
    """One case: what its facts tell, and what the tables and the tokens hold."""
    session = services.session
    yield from case.wrong
    if (case.state, case.ended_at) != (row.state, row.ended_at):
        yield f"is {row.state} ({row.ended_at}); by its facts {case.state} ({case.ended_at})"
    waits = {(wait.token, wait.element): wait.due_at for wait in session.execute(
        select(WaitRow).where(WaitRow.case_id == row.id)).scalars()}
    yield from _differences("waits", waits, case.waits)
    items = {item.id: (item.state, item.assignee) for item in session.execute(
        select(WorkItemRow).where(WorkItemRow.case_id == row.id)).scalars()}
    yield from _differences("work items", items, case.items)
    incidents = services.cases.incidents(row.id)
    yield from (f"incident at {each.element}: {each.message}" for each in incidents
                if not any(words in each.message for words in _SLOW))
    if {each.id for each in incidents} != case.incidents or row.open_incidents != len(incidents):
        yield f"{row.open_incidents} incidents: {incidents}; by its facts {case.incidents}"
    state = session.get_one(CaseStateRow, row.id)
    if row.state == "open":
        yield from _differences("tokens", _tokens(services, row, state), set(case.waits))
    elif case.waits:
        yield f"has ended, and still waits for {case.waits}"
    if row.journey == journey.KEY:
        yield from _effects(case, services.cases.document(row.id))


def _tokens(services: Services, row: CaseRow, state: CaseStateRow) -> set[tuple[UUID, str]]:
    """Where the stored tokens wait."""
    version = services.runnable.get(row.version_id, services.intake.version)
    document = Document(services.cases.document(row.id), version)
    with Sandbox(services.now()) as sandbox:
        execution = Execution(version.processes[row.process or version.main],
                              document.environment(sandbox), state.tokens)
        return {(wait.token, wait.element) for wait in execution.waits()}


def _effects(case: Folded, document: dict[str, Any]) -> Iterator[str]:
    """What happened once has its effect once: scripts count, timers and messages lead on."""
    for name in set(journey.COUNTS.values()):
        runs = sum(case.passed[script] for script, field_ in journey.COUNTS.items()
                   if field_ == name)
        if (document.get(name) or 0) != runs:
            yield f"{name} is {document.get(name)} after {runs} runs of its scripts"
    for timer, step in journey.LEADS.items():
        if case.fired[timer] != case.offered[step]:
            yield f"{timer} fired {case.fired[timer]} times, {step} came {case.offered[step]} times"
    if case.fired["Nudge"] > journey.CYCLES:
        yield f"Nudge fired {case.fired['Nudge']} times instead of {journey.CYCLES} at most"
    if case.messages != case.offered[journey.MESSAGE_LEADS]:
        yield f"{case.messages} messages came, {journey.MESSAGE_LEADS} came " \
              f"{case.offered[journey.MESSAGE_LEADS]} times"


def _numbers(services: Services, cases: list[CaseRow]) -> Iterator[str]:
    """Facts are numbered without a gap within each case, and so are cases."""
    streams = services.session.execute(select(
        FactRow.stream, func.count(), func.min(FactRow.seq), func.max(FactRow.seq))
        .group_by(FactRow.stream))
    for stream, count, first, last in streams:
        if (first, last) != (1, count):
            yield f"{stream} has {count} facts, numbered from {first} to {last}"
    given = Counter(row.number.rsplit("-", 1)[0] for row in cases)
    for counter in services.session.execute(select(CaseCounterRow)).scalars():
        if counter.last != given[f"{counter.prefix}-{counter.year}"]:
            yield f"{counter.last} case numbers of {counter.prefix} were given, to " \
                  f"{given[f'{counter.prefix}-{counter.year}']} cases"


def _clocks(services: Services, cases: list[CaseRow]) -> Iterator[str]:
    """Clocks folded from the journal are the clocks that stand; none that ended is watched."""
    for row in cases:
        if services.promises.recompute(row.id):
            yield f"{row.number}: its clocks are others when folded from its facts"
    dead = services.session.execute(
        select(ThresholdRow.clock_id).join(ClockRow, ClockRow.id == ThresholdRow.clock_id)
        .where(ClockRow.state.not_in(("running", "paused")))).scalars().all()
    yield from (f"the ended clock {each} is still watched" for each in dead)
    told = services.session.execute(
        select(FactRow.stream, FactRow.kind, FactRow.content).where(
            FactRow.kind.in_(("ClockWarned", "ClockBreached")))).all()
    times = Counter((stream, kind, str(sorted(
        (key, value) for key, value in content.items() if key in ("clock", "percent"))))
        for stream, kind, content in told)
    yield from (f"{key} was told {count} times" for key, count in times.items() if count > 1)


def _differences(what: str, stored: Any, told: Any) -> Iterator[str]:
    if stored == told:
        return
    if isinstance(stored, dict):
        for key in stored.keys() | told.keys():
            if stored.get(key, "absent") != told.get(key, "absent"):
                yield f"{what}: {key} is stored as {stored.get(key, 'absent')}; by its facts " \
                      f"{told.get(key, 'absent')}"
    else:
        yield f"{what}: only stored {stored - told}; only by its facts {told - stored}"


# --- every acknowledged command is there, once --------------------------------------------------


def _commands(services: Services, ledger: Ledger, cases: list[CaseRow],
              folded: dict[UUID, Folded]) -> Iterator[str]:
    documents = {row.id: services.cases.document(row.id) for row in cases}
    yield from _answers(services, ledger)
    yield from _same("cases started", (each.key for each in ledger.of("start")), (
        documents[row.id].get("order") for row in cases if row.journey == journey.KEY))
    yield from _same("items completed", (
        (UUID(each.subject), each.person) for each in ledger.of("complete")), (
        (item, person) for case in folded.values() for item, _, person in case.completed))
    yield from _same("comments", (each.key for each in ledger.of("comment")),
                     services.session.execute(select(CommentRow.text)).scalars())
    yield from _same("messages", (UUID(each.subject) for each in ledger.of("message")), (
        case for case, each in folded.items() for _ in range(each.messages)))
    yield from _same("cases cancelled", (
        (UUID(each.subject), each.key) for each in ledger.of("cancel")), (
        (row.id, row.cancel_reason) for row in cases if row.state == "cancelled"
        and row.parent is None))
    yield from _same("items claimed", (
        (UUID(each.subject), each.person) for each in ledger.of("claim")), (
        claim for case in folded.values() for claim in case.claimed.elements()))
    yield from _same("items put back", (
        (UUID(each.subject), each.person) for each in ledger.of("release")), (
        release for case in folded.values() for release in case.released.elements()))
    yield from _data(ledger, cases, folded, documents)


def _answers(services: Services, ledger: Ledger) -> Iterator[str]:
    """The stored answers are those that were given, and no others."""
    stored = {(row.actor, row.key): row.result
              for row in services.session.execute(select(OnceRow)).scalars()}
    given = {(str(each.person), each.key): each.answer for each in ledger.entries
             if each.key is not None and each.acknowledged}
    for key in given.keys() - stored.keys():
        yield f"{key} was acknowledged, and there is no trace of it"
    for key in stored.keys() - given.keys():
        yield f"{key} was carried out, and its client was told otherwise"
    for key in given.keys() & stored.keys():
        if given[key] != stored[key]:
            yield f"{key} was answered with {given[key]}; {stored[key]} is kept"


def _found(services: Services, ledger: Ledger) -> int:
    """How many commands that were sent again had been carried out by an earlier try."""
    stored = {row.key: row.at for row in services.session.execute(select(OnceRow)).scalars()}
    return sum(stored[each.key].timestamp() < each.last_sent for each in ledger.entries
               if each.tries > 1 and each.key in stored)


def _same(what: str, sent: Iterator[Any], found: Any) -> Iterator[str]:
    """As often as it was acknowledged, so often it is there."""
    told, there = Counter(sent), Counter(found)
    for lost in told - there:
        yield f"{what}: {lost} was acknowledged and isn't there"
    for more in there - told:
        yield f"{what}: {more} is there {there[more]} times, acknowledged {told[more]} times"


def _data(ledger: Ledger, cases: list[CaseRow], folded: dict[UUID, Folded],
          documents: dict[UUID, dict[str, Any]]) -> Iterator[str]:
    """Each field holds what the last of those who wrote it said."""
    said = {UUID(each.subject): each.body["data"] for each in ledger.of("complete") if each.body}
    for row in cases:
        last: dict[str, Any] = {}
        for item, _, _ in folded[row.id].completed:
            last.update(said.get(item, {}))
        for name, value in last.items():
            if documents[row.id].get(name) != value:
                yield f"{row.number}: {name} is {documents[row.id].get(name)!r}, not {value!r}"


def _jobs(services: Services, account: Account, all_ended: bool) -> Iterator[str]:
    """Outside work that was wanted was done."""
    states: Counter[str] = Counter()
    for state, count in services.session.execute(
            select(JobRow.state, func.count()).group_by(JobRow.state)):
        states[state] = count
    account.counts["jobs done"] = states["done"]
    if states["failed"]:
        yield f"{states['failed']} jobs failed"
    if all_ended and states["queued"] + states["running"]:
        yield f"jobs are left over: {dict(states)}"


def _calls(services: Services, outside: Outside, folded: dict[UUID, Folded],
           account: Account) -> Iterator[str]:
    """A call may come twice when its worker died, but under the key that it had before; its
    answer is taken once."""
    keys: dict[str, Counter[str]] = defaultdict(Counter)
    for asked in list(outside.received):
        keys[json.loads(asked.body)["order"]][asked.key] += 1
    rows = services.session.execute(
        select(CaseRow.id, CaseRow.number).where(CaseRow.journey == journey.KEY)).all()
    for case, number in rows:
        document = services.cases.document(case)
        asked_under, answers = keys[document["order"]], folded[case].answers
        if len(asked_under) > 1:
            yield f"{number} asked under several keys: {dict(asked_under)}"
        if answers > 1 or (answers and not asked_under):
            yield f"{number} took {answers} answers to {asked_under.total()} calls"
        if (document.get("told") is not None) != (answers == 1):
            yield f"{number} took {answers} answers, and holds {document.get('told')!r}"
    account.counts["service calls"] = len(outside.received)
    account.counts["service calls answered"] = sum(each.answers for each in folded.values())


# --- the numbers --------------------------------------------------------------------------------


def _count(account: Account, ledger: Ledger, cases: list[CaseRow],
           folded: dict[UUID, Folded]) -> None:
    tried_again = [each for each in ledger.entries if each.tries > 1]
    account.counts.update({
        "cases": len(cases), "cases open": sum(row.state == "open" for row in cases),
        "commands": len(ledger.entries),
        "acknowledged": sum(each.acknowledged for each in ledger.entries),
        "refused": sum(each.refused for each in ledger.entries),
        "sent again": len(tried_again), "repeated": ledger.repeated,
        "answers lost": ledger.lost, "unavailable (503)": ledger.unavailable,
        "incidents of a slow machine": sum(case.raised for case in folded.values()),
        "timers set": sum(case.timers_set for case in folded.values()),
        "timers fired": sum(sum(case.fired.values()) for case in folded.values()),
        "timers late": sum(case.late for case in folded.values()),
        "work items": sum(len(case.items) for case in folded.values()),
    })
