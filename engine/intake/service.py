"""Commands on journeys: upload a drawing, prepare it as a draft, publish it as a version."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine.infra.errors import Invalid, NotFound
from engine.infra.ids import new_id
from engine.infra.now import Now
from engine.intake import pack as packs
from engine.intake import store
from engine.intake.carry_over import carried_over, same_drawing
from engine.intake.dialects.propose import propose
from engine.intake.known import known_of
from engine.intake.localise import localised
from engine.intake.model import Understanding
from engine.intake.records import Draft, Journey, Version
from engine.intake.settings import JourneySettings, to_dict
from engine.intake.tables import (
    DraftRow,
    JourneyRow,
    VersionFileRow,
    VersionRow,
)
from engine.intake.understand import understand
from engine.journal import facts
from engine.journal.service import Journal

#: Makes departments that a pack needs and that don't exist yet.
EnsureDepartments = Callable[[Mapping[str, Mapping[str, Any]]], object]
_KEPT = 256


class VersionShelf:
    """Versions by id, shared by all units of work of a process: they never change."""

    def __init__(self) -> None:
        self._found: OrderedDict[UUID, Version] = OrderedDict()

    def get(self, version_id: UUID, load: Callable[[UUID], Version]) -> Version:
        """The version, read now if this process hasn't yet."""
        found = self._found.get(version_id)
        if found is None:
            found = self._found[version_id] = load(version_id)
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
        return found


class Intake:
    """Intake's commands, within one unit of work."""

    def __init__(self, session: Session, now: Now, journal: Journal,
                 ensure_departments: EnsureDepartments, shelf: VersionShelf | None = None) -> None:
        self._session = session
        self._now = now
        self._journal = journal
        self._ensure_departments = ensure_departments
        self._shelf = shelf or VersionShelf()

    def upload(self, filename: str, data: bytes, *, by: UUID | None,
               journey: str | None = None) -> Draft:
        """Take in a drawing or a zipped pack as a draft, of `journey` where that is given.

        A drawing alone keeps what the journey's draft or last version says about elements
        that are still there. Raises Invalid or TooLarge for what can't be read.
        """
        return self.take_in(packs.from_upload(filename, data), by=by, journey=journey)

    def take_in(self, pack: packs.Pack, *, by: UUID | None, journey: str | None = None,
                apart: Collection[str] = ()) -> Draft:
        """Make a pack a draft, as `upload` does; never of the journeys in `apart`.

        A drawing alone that is called like another journey, but is a different drawing, is a
        journey of its own. Raises Invalid for what can't be read.
        """
        return self._draft_from(pack, by, journey, apart)

    def draft(self, draft_id: UUID) -> Draft:
        """A draft. Raises NotFound."""
        return store.draft(self._session, draft_id)

    def hold(self, draft_id: UUID) -> Draft:
        """A draft as it is now, that nobody else changes until this unit of work ends.

        Raises NotFound.
        """
        return store.draft(self._session, draft_id, hold=True)

    def understand(self, draft: Draft) -> Understanding:
        """What Baton makes of a draft's drawing."""
        return self._understood(draft.drawing, draft.settings, draft.files)

    def change(self, draft_id: UUID, settings: JourneySettings, *, by: UUID | None) -> Draft:
        """Set a draft's settings. The key can't change."""
        row = self._session.get(DraftRow, draft_id)
        if row is None:
            raise NotFound("This draft is not here any more; it was published or dropped.")
        if settings.key != row.journey:
            raise Invalid("A journey's key never changes.", field="key")
        row.settings = to_dict(settings)
        row.updated_at, row.updated_by = self._now(), by
        self._session.flush()
        return self.draft(draft_id)

    def redraw(self, source: Draft | Version, drawing: bytes, *, by: UUID | None) -> Draft:
        """The draft of `source`'s journey with another drawing, as the modeler saves it.

        What `source` says about elements that are still drawn stays, and so do its files.
        Raises Invalid for a drawing that can't be read.
        """
        return self._write_draft(carried_over(source.settings, drawing), drawing, source.files,
                                 by)

    def set_file(self, draft_id: UUID, path: str, content: bytes, *, by: UUID | None) -> Draft:
        """Put a file, such as forms/answer.json, into a draft's pack, in place of the one before.

        Raises Invalid for a path that no pack may hold, TooLarge when the pack grows too big.
        """
        files = self.draft(draft_id).files
        packs.check_path(path)
        packs.check_size({**files, path: content})
        return self._set_files(draft_id, {**files, path: content}, by)

    def remove_file(self, draft_id: UUID, path: str, *, by: UUID | None) -> Draft:
        """Take a file out of a draft's pack; one that isn't there is no mistake."""
        kept = {key: content for key, content in self.draft(draft_id).files.items()
                if key != path}
        return self._set_files(draft_id, kept, by)

    def discard(self, draft_id: UUID) -> None:
        """Drop a draft; published versions stay."""
        store.draft(self._session, draft_id)
        store.drop_draft(self._session, draft_id)

    def publish(self, draft_id: UUID, *, by: UUID | None) -> Version:
        """Publish a draft as the journey's next version; running cases stay on theirs.

        Raises Invalid when no department owns the journey or the model can't run; the
        rooms above may refuse their part of it, too.
        """
        # Held: of two people who publish it at once, one does.
        draft = store.draft(self._session, draft_id, hold=True)
        settings = draft.settings
        if not settings.department:
            raise Invalid("Choose the department that owns the journey: it does every step that "
                          "no lane places.", field="department")
        found = self._understood(draft.drawing, settings, draft.files)
        if found.verdict == "cannot_run":
            reasons = "; ".join(finding.message["en"] for finding in found.errors[:3])
            raise Invalid("This model can't run yet: {reasons}", field="drawing", reasons=reasons)
        self._ensure_departments(settings.departments)
        version = self._add_version(draft, found, by)
        store.drop_draft(self._session, draft_id)
        self._journal.append(facts.JourneyPublished(
            occurred_at=self._now(), journey=version.journey, journey_version=version.number,
            person=by, version_id=version.id))
        return version

    def publish_path(self, path: Path, *, by: UUID | None,
                     department: str | None = None) -> Version:
        """Publish a pack folder, zip or drawing of this machine; a draft in progress stays."""
        pack = packs.from_path(path)
        settings = pack.settings
        key = settings.key if settings is not None else None
        waiting = store.draft_of(self._session, key) if key else None
        kept = store.draft(self._session, waiting.id) if waiting is not None else None
        draft = self._draft_from(pack, by, key)
        if department:
            draft = self.change(draft.id, replace(draft.settings, department=department), by=by)
        version = self.publish(draft.id, by=by)
        if kept is not None:
            self._write_draft(kept.settings, kept.drawing, kept.files, by)
        return version

    def version(self, version_id: UUID) -> Version:
        """A version with all its bytes, read once a process. Raises NotFound."""
        return self._shelf.get(version_id, lambda key: store.version(self._session, key))

    def latest(self, journey: str) -> Version:
        """A journey's latest version. Raises NotFound."""
        return self.version(store.version_id(self._session, journey))

    def numbered(self, journey: str, number: int) -> Version:
        """A journey's version by number. Raises NotFound."""
        return self.version(store.version_id(self._session, journey, number))

    def versions(self, journey: str) -> list[Version]:
        """All versions of a journey, newest first."""
        return [self.version(found[0]) for found in store.version_ids(self._session, journey)]

    def journeys(self) -> list[Journey]:
        """All journeys, with and without published versions."""
        return store.journeys(self._session)

    def drawing(self, version: Version | Draft, language: str) -> bytes:
        """The drawing with its names in `language`."""
        return localised(version.drawing, version.settings, language)

    def _set_files(self, draft_id: UUID, files: Mapping[str, bytes], by: UUID | None) -> Draft:
        row = self._session.get(DraftRow, draft_id)
        if row is None:
            raise NotFound("This draft is not here any more; it was published or dropped.")
        row.updated_at, row.updated_by = self._now(), by
        store.write_files(self._session, draft_id, files)
        self._session.flush()
        return self.draft(draft_id)

    def _draft_from(self, pack: packs.Pack, by: UUID | None, journey: str | None,
                    apart: Collection[str] = ()) -> Draft:
        found = self._understood(pack.drawing, pack.settings, pack.files)
        settings = pack.settings
        files = dict(pack.files)
        if settings is None:
            name = next((p.name for p in found.processes if p.chosen), "")
            fresh = packs.default_settings(pack, found.process, name)
            before = self._before(journey) if journey else None
            if journey is None:
                fresh, before = self._own(fresh, pack, apart)
            settings = fresh
            if before is not None:
                settings = carried_over(before.settings, pack.drawing)
                files = {**before.files, **files}
        if journey is not None and settings.key != journey:
            raise Invalid("This pack is the journey {found}, not {wanted}.", field="file",
                          found=settings.key, wanted=journey)
        settings, files = propose(pack.drawing, settings, files)
        return self._write_draft(settings, pack.drawing, files, by)

    def _own(self, fresh: JourneySettings, pack: packs.Pack, apart: Collection[str],
             ) -> tuple[JourneySettings, Draft | Version | None]:
        """`fresh` under its own key, or numbered and named apart beside another drawing of it."""
        for number in count(1):
            key = fresh.key if number == 1 else f"{fresh.key[:55]}-{number}"
            if key in apart:
                continue
            before = self._before(key)
            if before is None or same_drawing(before.drawing, pack.drawing):
                return (fresh if number == 1 else packs.another(fresh, pack, key, number)), before
        raise AssertionError("numbers don't end")

    def _before(self, journey: str) -> Draft | Version | None:
        waiting = store.draft_of(self._session, journey)
        if waiting is not None:
            return store.draft(self._session, waiting.id)
        try:
            return self.latest(journey)
        except NotFound:
            return None

    def _write_draft(self, settings: JourneySettings, drawing: bytes,
                     files: Mapping[str, bytes], by: UUID | None) -> Draft:
        row = store.draft_of(self._session, settings.key) or store.begin_draft(
            self._session, DraftRow(id=new_id(self._now), journey=settings.key, drawing=drawing,
                                    settings={}, updated_at=self._now(), updated_by=by))
        row.drawing, row.settings = drawing, to_dict(settings)
        row.updated_at, row.updated_by = self._now(), by
        self._session.flush()
        store.write_files(self._session, row.id, files)
        self._session.flush()
        return store.draft(self._session, row.id)

    def _understood(self, drawing: bytes, settings: JourneySettings | None,
                    files: Mapping[str, bytes]) -> Understanding:
        own = settings.key if settings is not None else None
        journeys = {key: each for key, each in store.published(self._session).items()
                    if key != own}
        return understand(drawing, process=settings.process if settings is not None else None,
                          known=known_of(settings, files, journeys))

    def _add_version(self, draft: Draft, found: Understanding, by: UUID | None) -> Version:
        if self._session.get(JourneyRow, draft.journey) is None:
            self._session.add(JourneyRow(key=draft.journey, created_at=self._now()))
            self._session.flush()
        row = VersionRow(
            id=new_id(self._now), journey=draft.journey,
            number=store.next_number(self._session, draft.journey), drawing=draft.drawing,
            adapted=found.adapted_xml, process=found.process, settings=to_dict(draft.settings),
            adaptations=[store.plain(each) for each in found.adaptations],
            published_at=self._now(), published_by=by)
        self._session.add(row)
        self._session.flush()
        self._session.add_all(VersionFileRow(version_id=row.id, path=path, content=content)
                              for path, content in draft.files.items())
        self._session.flush()
        return store.version(self._session, row.id)

