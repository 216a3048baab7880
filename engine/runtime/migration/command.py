"""Moving one case: tokens, waits, data, incidents and letters, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.infra.errors import said
from engine.infra.ids import new_id
from engine.infra.rows import table_of
from engine.journal import facts
from engine.runtime import held, store, tagged
from engine.runtime.business_time import department_for
from engine.runtime.command import Command
from engine.runtime.document import Document
from engine.runtime.errors import ModelFault
from engine.runtime.mapping.judge import Verdict, judge, refusals, unique
from engine.runtime.mapping.plan import Plan, Ways
from engine.runtime.mapping.shape import Token
from engine.runtime.migration.ending import against, look_onward, standing
from engine.runtime.migration.outcome import Outcome, Step, names_of
from engine.runtime.model import PERSON, TimerRule, Wait
from engine.runtime.notes import Note
from engine.runtime.ports import RunnableVersion
from engine.runtime.retype import retyped
from engine.runtime.sandbox import Sandbox
from engine.runtime.spiff.compile import CompiledModel
from engine.runtime.spiff.execution import Execution
from engine.runtime.spiff.migrate import rebuilt, tokens_of
from engine.runtime.tables import CaseRow, CommentRow, WaitRow

_NO_PROCESS = said("The new version has no process for the one that this case runs.")
_FAILS = said("“{step}” would fail at once: {reason}")
_CANNOT = said("The step can't begin there: {reason}")
_CLEARED = said("The field {field} is emptied, as its value doesn't fit.")
_NOT_PROVEN = said(
    "There is too much that can happen from there to try it all: it is not proven that "
    "the case can end.")
_ENDS = said("Nothing is left to be done there: the case ends.")
_TIMER = said("Its time is set anew, as the new version has another.")


@dataclass(frozen=True)
class Prepared:
    """A move between two versions: the plan, and the ways of each process by its id."""

    before: RunnableVersion
    after: RunnableVersion
    #: Both versions' drawings as they run, to prove on.
    adapted_before: bytes
    adapted: bytes
    plan: Plan
    ways: Mapping[str, Ways]
    #: New process ids by old ones.
    processes: Mapping[str, str]
    #: Whether values that don't fit their new fields are emptied; else they stand in the way.
    clear: bool = False


@dataclass
class _Moved:
    """A case on the new version's specs, not yet stored."""

    process: str
    model: CompiledModel
    verdicts: list[Verdict]
    execution: Execution
    document: Document
    waits: list[Wait]
    old_waits: dict[tuple[UUID, str], Wait]
    retyped: dict[str, Any]
    versions: tuple[RunnableVersion, RunnableVersion]
    notes: list[Note] = field(default_factory=list)


    def counts_anew(self, old: Wait, new: Wait) -> bool:
        """Whether a timer has another time in the new version, or counts another department's."""
        return None not in (old.timer, new.timer) and (
            _timed(self.versions[0], old) != _timed(self.versions[1], new))


def _timed(version: RunnableVersion, wait: Wait) -> tuple[TimerRule | None, str | None]:
    return wait.timer, department_for(version, wait.element,
                                      wait.timer.calendar if wait.timer else "")


class Migration(Command):
    """The frame of a command that moves its case to another version."""

    def migrate(self, prepared: Prepared, *, dry_run: bool = False,
                reason: str = "") -> Outcome:
        """Move the case, or say what would come of it."""
        process = prepared.processes.get(self.row.process or prepared.before.main)
        if process is None:
            return Outcome(refused=(Note(_NO_PROCESS),))
        with Sandbox(self._now(), prepared.after.timezone) as sandbox:
            made = self._made(prepared, process, sandbox)
            if isinstance(made, Outcome):
                return made
            outcome = self._outcome(prepared, made)
            if outcome.refused or dry_run:
                return outcome
            self._store(prepared, made, reason, sandbox)
        return outcome

    # --- in memory ---------------------------------------------------------------------------

    def _made(self, prepared: Prepared, process: str, sandbox: Sandbox) -> _Moved | Outcome:
        before, after = self._model, prepared.after.processes[process]
        ways = prepared.ways[self.row.process or prepared.before.main]
        tokens = tokens_of(self._state.tokens, before)
        verdicts = judge(ways, tokens)
        changed, misfits = retyped(self._document.values, prepared.before.fields,
                                   prepared.after.fields, prepared.after.timezone)
        refused = [*refusals(verdicts), *(
            Note(misfit.why.message, {key: str(value) for key, value in misfit.why.values.items()})
            for misfit in misfits if not prepared.clear)]
        old = Execution(before, self._document.environment(sandbox), self._state.tokens)
        old_waits = {(wait.token, wait.element): wait for wait in old.waits()}
        if refused:
            return Outcome(tuple(self._steps(verdicts, old_waits, ways)), tuple(refused))
        changed |= {misfit.field: None for misfit in misfits}
        document = self._document.of(prepared.after, changed)
        execution = Execution(after, document.environment(sandbox), rebuilt(
            self._state.tokens, before, after, ways.after, verdicts, ways.insides))
        try:
            execution.enter()
        except ModelFault as fault:
            return Outcome(tuple(self._steps(verdicts, old_waits, ways)),
                           (Note(_CANNOT, {"reason": str(fault)}),))
        return _Moved(process, after, verdicts, execution, document, execution.waits(), old_waits,
                      changed, (prepared.before, prepared.after),
                      [Note(_CLEARED, {"field": misfit.field}) for misfit in misfits])

    def _outcome(self, prepared: Prepared, made: _Moved) -> Outcome:
        """What comes of it; a case that could not end there is refused."""
        ways = prepared.ways[self.row.process or prepared.before.main]
        refused = [Note(_FAILS, {"reason": fault.message}, new={"step": fault.element or ""})
                   for fault in made.execution.faults]
        if made.execution.finished:
            made.notes.append(Note(_ENDS))
        else:
            tokens = tokens_of(made.execution.state(), made.model)
            found = look_onward(prepared.adapted, prepared.after.main,
                                standing(ways.after, tokens))
            before = look_onward(prepared.adapted_before, prepared.before.main, standing(
                ways.before, [verdict.token for verdict in made.verdicts]))
            refused += against(found, before)
            if not found.proven:
                made.notes.append(Note(_NOT_PROVEN))
        return Outcome(tuple(self._steps(made.verdicts, made.old_waits, ways, made)),
                       tuple(unique(refused)), tuple(made.notes),
                       names_of(made.waits), {key: tagged.plain(value) for key, value in
                                              made.retyped.items()})

    def _steps(self, verdicts: list[Verdict], waits: Mapping[tuple[UUID, str], Wait], ways: Ways,
               made: _Moved | None = None) -> list[Step]:
        """The verdicts on what people know of: what the case waits for, and joins."""
        kinds: dict[UUID, str] = {}
        for (waiting, _), wait in waits.items():
            kinds.setdefault(waiting, wait.kind)
        found = []
        for verdict in verdicts:
            token = verdict.token
            if token.role not in ("around", "loop", "ended") and not (
                    token.role == "border" and token.id not in kinds):
                why = verdict.why or self._timer_note(token, waits, ways, made)
                found.append(Step(_drawn(ways.before.places, token.at), verdict.fate,
                                  _drawn(ways.after.places, verdict.to) if verdict.to else "",
                                  kinds.get(token.id, "join" if token.role == "arrived" else ""),
                                  why))
        return found

    def _timer_note(self, token: Token, waits: Mapping[tuple[UUID, str], Wait], ways: Ways,
                    made: _Moved | None) -> Note | None:
        if made is None:
            return None
        new = {(wait.token, wait.element): wait for wait in made.waits}
        changed = any(
            key[0] == token.id and wait.timer is not None
            and (other := new.get((key[0], _goes(ways.plan, key[1])))) is not None
            and made.counts_anew(wait, other)
            for key, wait in waits.items())
        return Note(_TIMER) if changed else None

    # --- stored ------------------------------------------------------------------------------

    def _store(self, prepared: Prepared, made: _Moved, reason: str, sandbox: Sandbox) -> None:
        after = {(wait.token, wait.element): wait for wait in made.waits}
        kept = self._move_waits(prepared.plan, made, after)
        self._move_incidents(prepared.plan, made.verdicts)
        renamed = prepared.plan.renamed
        for letter in store.letters(self._session, self.row.id):
            letter.element = renamed.get(letter.element, letter.element)
        for called in self._session.execute(select(CaseRow.id).where(
                CaseRow.parent == self.row.id, CaseRow.state.in_(store.LIVE))).scalars().all():
            child, _ = held.lock(self._session, called)
            if child.parent_element is not None:
                child.parent_element = renamed.get(child.parent_element, child.parent_element)
        self._switch(prepared, made, reason)
        for row, rule in kept:
            self._set_timer_anew(row, rule, after[row.token, row.element], sandbox)
        if made.retyped:
            self.record(facts.DataWritten, fields=sorted(made.retyped))
        self._settle(made.execution, sandbox)

    def _move_waits(self, plan: Plan, made: _Moved, after: Mapping[tuple[UUID, str], Wait],
                    ) -> list[tuple[WaitRow, TimerRule]]:
        """Rows of what is waited for as before go on under their new ids; the others end.

        Returns those whose timer the new version defines otherwise.
        """
        changed: list[tuple[WaitRow, TimerRule]] = []
        moved: list[WaitRow] = []
        for key, row in list(self._wait_rows().items()):
            old, wait = made.old_waits.get(key), after.get((key[0], _goes(plan, key[1])))
            if old is None or wait is None or not self._same(old, wait, made):
                self._end_wait(row)
                continue
            moved.append(row)
            if wait.timer is not None and made.counts_anew(old, wait):
                changed.append((row, wait.timer))
        for row in moved:
            held.end_wait(self._session, row)
        for row in moved:
            wait = after[row.token, _goes(plan, row.element)]
            copy = WaitRow(**{column.key: getattr(row, column.key)
                              for column in table_of(WaitRow).columns})
            copy.element, copy.kind, copy.reason = wait.element, wait.kind, wait.reason or None
            held.add_wait(self._session, copy)
            changed = [(copy if each is row else each, rule) for each, rule in changed]
        return changed

    def _same(self, old: Wait, new: Wait, made: _Moved) -> bool:
        """Whether what is waited for is the same: what a person began goes on."""
        if old.kind in PERSON or new.kind in PERSON:
            return {old.kind, new.kind} <= {"user", "manual"} or old.kind == new.kind
        if old.kind == "call":
            one = self._model.by_drawn_id(old.element)
            other = made.model.by_drawn_id(new.element)
            return one is not None and other is not None and one.calls == other.calls
        return (old.kind, old.message) == (new.kind, new.message)

    def _move_incidents(self, plan: Plan, verdicts: list[Verdict]) -> None:
        """Incidents of tokens that go on stay open; the others have nothing left to try."""
        kept = {verdict.token.id for verdict in verdicts if verdict.fate == "kept"}
        for row in self.incidents.open():
            if row.token is None or row.token in kept:
                row.element = _goes(plan, row.element) if row.element else row.element
            else:
                self.incidents.resolve(row, "withdrawn")

    def _switch(self, prepared: Prepared, made: _Moved, reason: str) -> None:
        """From here on the case is one of the new version."""
        comment = None
        if reason.strip():
            row = CommentRow(id=new_id(self._now), case_id=self.row.id, person=self._by,
                             text=reason.strip(), written_at=self._now())
            self._session.add(row)
            comment = row.id
        old = prepared.before
        self.row.version_id, self.row.version_number = prepared.after.id, prepared.after.number
        self.row.process = None if made.process == prepared.after.main else made.process
        self._version = prepared.after
        self._model = prepared.after.processes[made.process]
        self._document = made.document
        self._waits = self._waits.of(prepared.after, made.document)
        self.record(
            facts.CaseMigrated, from_version=old.number, from_version_id=old.id,
            version_id=prepared.after.id, renamed=prepared.plan.renamed, comment=comment,
            number=self.row.number, channel=self.row.channel, priority=self.row.priority,
            tier=self.row.tier, process=self.row.process,
            attributes={key: tagged.plain(made.document.values[key])
                        for key, rule in prepared.after.fields.items()
                        if rule.filter and made.document.values.get(key) is not None})

    def _set_timer_anew(self, row: WaitRow, rule: TimerRule, wait: Wait,
                        sandbox: Sandbox) -> None:
        """By the new definition; a duration counts from when the waiting began."""
        since = row.since if rule.kind == "duration" else self._now()
        try:
            self._set_timer(replace(wait, timer=rule), row, sandbox, since)
        except ModelFault:
            return  # its old moment stays: better than none


def _goes(plan: Plan, element: str) -> str:
    target = plan.of(element)
    return target.to if target is not None and target.to else element


def _drawn(places: Mapping[str, Any], inside: str) -> str:
    return places[inside].drawn if inside in places else inside

