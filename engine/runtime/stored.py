"""A case's data at rest: together with its tokens, and what is much of it apart.

A step reads and writes the row of its case. So that it costs the same however much is known about
the case, more than `_TOGETHER` bytes go to a row of their own, which is read when somebody looks
at the data; what is written from then on stays with the tokens, laid over it, until that is much.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.infra.prepared import Prepared
from engine.infra.rows import rows_of, table_of
from engine.runtime import tagged
from engine.runtime.document import Document
from engine.runtime.fields import MAX_DOCUMENT, bounded
from engine.runtime.held import held_case
from engine.runtime.ports import RunnableVersion
from engine.runtime.tables import CaseDocumentRow, CaseStateRow

_TOGETHER = 16 * 1024
_STATES = table_of(CaseStateRow).c
_APART = table_of(CaseDocumentRow).c
_READ = Prepared(select(_STATES.document, _STATES.apart)
                 .where(_STATES.case_id == bindparam("case")))
_READ_APART = Prepared(select(_APART.document).where(_APART.case_id == bindparam("case")))


def _keeping(new: Any) -> Any:
    row = new(table_of(CaseDocumentRow))
    return row.on_conflict_do_update(index_elements=["case_id"],
                                     set_={"document": row.excluded.document})


_KEEP = Prepared(_keeping)


def of_case(session: Session, case_id: UUID) -> dict[str, Any]:
    """The data of a case; none where there is no such case."""
    if held := held_case(session, case_id):
        return of_state(session, held[1])
    found = _READ.rows(session, case=case_id)
    return _whole(session, case_id, *found[0]) if found else {}


def of_state(session: Session, state: CaseStateRow) -> dict[str, Any]:
    """The data of the case whose state was read."""
    return _whole(session, state.case_id, state.document, state.apart)


def document(session: Session, state: CaseStateRow, version: RunnableVersion) -> Document:
    """The data of a case that is held, read when somebody looks at them."""
    return Document(lambda: of_state(session, state), version,
                    size=state.apart + len(state.document.encode()))


def keep(session: Session, state: CaseStateRow, changed: Document) -> None:
    """Store what has been written since it was kept last. Raises TooLarge."""
    if not changed.changes:
        return
    together = tagged.dumps({**tagged.loads(state.document), **changed.changes})
    size = len(together.encode())
    if size > _TOGETHER or state.apart + size > MAX_DOCUMENT:
        whole = bounded(changed.values)
        rows_of(session).later(_KEEP, case_id=state.case_id, document=whole)
        together, state.apart = "{}", len(whole.encode())
    state.document = together
    changed.changes.clear()


def _whole(session: Session, case_id: UUID, together: str, apart: int) -> dict[str, Any]:
    over: dict[str, Any] = tagged.loads(together)
    if not apart:
        return over
    rows_of(session).write()  # what this command has put apart is not there yet
    [[stored]] = _READ_APART.rows(session, case=case_id)
    return {**tagged.loads(stored), **over}
