"""A small installation that has lived, as rows: what migrations are tried on.

    python -m tests.support.lived tests/golden/lived_0001.json

wrote the file once, with the code of revision 0001: it must never be written again, because
it stands for the databases that are out there.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Connection, LargeBinary, MetaData, Uuid, null, select, text

from engine.infra import migrations
from engine.infra.db import Database
from engine.infra.now import SetNow
from engine.infra.once import once
from engine.wiring import Baton
from tests.support.bpmn import Drawing
from tests.support.refund import publish_refund
from tests.support.web import hire, make_baton

LIVED = Path(__file__).parents[1] / "golden" / "lived_0001.json"
#: When the rows were made.
THEN = datetime(2026, 3, 2, 1, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


def live(baton: Baton, now: SetNow, folder: Path) -> None:
    """Three cases: one waits for the desk, one for a decision, one for tomorrow."""
    hire(baton)
    refund = publish_refund(baton, folder)
    wait = (Drawing("Wait").start().timer("Sleep", "P1D").user("Wake").end()
            .path("Begin", "Sleep", "Wake", "Finish"))
    with baton.command() as services:
        draft = services.intake.upload("wait.bpmn", wait.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="billing"), by=None)
        waiting = services.intake.publish(draft.id, by=None)
    with baton.command() as services:
        lin = services.people.persons.by_login("lin")
        customer = services.people.customers.find_or_create("Hanna Berg", contacts={
            "phone": "555 0100"})
        services.cases.start(refund.id, data={"subject": "Broken cup", "amount": "12.50"},
                             customer=customer.id)
        second = services.cases.start(refund.id, data={"subject": "Lost parcel"})
        services.cases.start(waiting.id)
        services.cases.comment(second.id, "Called twice. 已致电。", by=lin.id)
        services.jobs.defer("import-log", {"file": "none"}, by=lin.id)
        once(services.session, now, lin.id, "key-1", {"a": 1}, lambda: {"done": True})
    now.advance(timedelta(minutes=20))
    with baton.command() as services:
        actor = services.people.accounts.actor(lin.id)
        [item] = services.work.of_case(second.id)
        services.work.claim(item.id, by=actor)
        services.work.complete(item.id, by=actor, data={"subject": "Lost parcel",
                                                        "wish": "goods"})


def dump(connection: Connection) -> Rows:
    """Every row of every table but Alembic's own, as JSON values."""
    rows: Rows = {}
    for table in _tables(connection).sorted_tables:
        found = connection.execute(select(table)).mappings()
        rows[table.name] = sorted(({key: _plain(value) for key, value in row.items()}
                                   for row in found), key=repr)
    return rows


def load(connection: Connection, rows: Rows) -> None:
    """Write rows that `dump` read, on either database; serial ids go on after the last."""
    tables = _tables(connection)
    for table in tables.sorted_tables:
        for row in rows.get(table.name, []):
            connection.execute(table.insert().values({
                key: _typed(table.c[key].type, value) for key, value in row.items()}))
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('facts', 'id'), "
                                "(SELECT max(id) FROM facts))"))


def _tables(connection: Connection) -> MetaData:
    tables = MetaData()
    tables.reflect(connection)
    tables.remove(tables.tables["alembic_version"])
    return tables


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    return value.hex if isinstance(value, UUID) else value


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return null()
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value["base64"])
    if isinstance(kind, Uuid):
        return UUID(value)
    return bool(value) if isinstance(kind, Boolean) else value


def main(target: Path) -> None:
    """Live, and write the rows down."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/baton.db")
        migrations.upgrade(database)
        now = SetNow(THEN)
        baton = make_baton(database, now)
        live(baton, now, Path(folder) / "refund")
        with database.engine.connect() as connection:
            rows = dump(connection)
        baton.close()
        database.dispose()
    target.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
