"""What publishing refuses of a pack, or its cases fail at, `baton check` says before."""

from __future__ import annotations

import pytest

from engine.cli.check import look
from engine.infra.errors import Invalid
from engine.intake.pack import Pack
from engine.intake.settings import read_toml
from engine.people.access import SYSTEM
from engine.runtime.compiles import compiled
from tests.support.intake import line
from tests.support.web import make_baton

DRAWING = line('<serviceTask id="Notify" name="Notify the shop"/>',
               '<intermediateCatchEvent id="Paid" name="Paid"><messageEventDefinition/>'
               '</intermediateCatchEvent>')
GOOD = """
key = "order"
department = "sales"
[departments.sales]
name = "Sales"
[fields.order_no]
type = "text"
[steps.Notify.call]
url = "https://shop.example/{order_no}"
[steps.Paid.correlation]
order = "order_no"
"""
SALES = '[departments.sales]\nname = "Sales"\n'


def checked(settings: str):
    return look(Pack(DRAWING, read_toml(settings.encode())))


def found(settings: str, severity: str) -> list[str]:
    return [each.code for each in checked(settings).findings if each.severity == severity]


@pytest.fixture
def baton(sqlite_database, now, tmp_path):
    return make_baton(sqlite_database, now, tmp_path)


@pytest.fixture(autouse=True)
def allowed(monkeypatch):
    monkeypatch.setenv("BATON_ALLOWED_HOSTS", "shop.example")


def test_a_pack_without_a_mistake_has_neither_errors_nor_warnings():
    assert found(GOOD, "error") == found(GOOD, "warning") == []


REFUSED = [
    (SALES + 'timezone = "Mars/X"\n', "bad_department"),
    (SALES + 'hours = ["Monday 9-17"]\n', "bad_department"),
    (SALES + '[steps.Notiffy.call]\nurl = "https://shop.example/"\n', "undrawn_step"),
    (SALES + '[steps.Paid.call]\nurl = "https://shop.example/"\n[x]\n', "cannot_call"),
]


@pytest.mark.parametrize(("instead", "code"), REFUSED)
def test_what_publishing_refuses_can_not_run(instead: str, code: str, baton):
    settings = GOOD.replace(SALES, instead).replace("[x]\n", "")
    if code == "cannot_call":
        settings = settings.replace('[steps.Paid.correlation]\norder = "order_no"\n', "")
    assert found(settings, "error") == [code]
    assert checked(settings).verdict == "cannot_run"
    with pytest.raises(Invalid), baton.command() as services:
        publish(services, settings)


def test_an_unknown_department_is_a_warning_until_it_is_known_which_there_are(baton):
    settings = GOOD.replace('department = "sales"', 'department = "nope"')
    assert found(settings, "warning") == ["unknown_department"]
    with baton.command() as services:
        draft = services.intake.take_in(Pack(DRAWING, read_toml(settings.encode())), by=None)
        there = compiled(services.intake.understand(draft), draft.settings, draft.files,
                         services.installation())
        assert [each.code for each in there.errors] == ["unknown_department"]
    with pytest.raises(Invalid, match="There is no department “nope”"), \
            baton.command() as services:
        services.intake.publish(draft.id, by=SYSTEM.person)


@pytest.mark.parametrize(("word", "instead", "code"), [
    ("{order_no}", "{orderno}", "unknown_field_in_call"),
    ('order = "order_no"', 'order = "orderno"', "unknown_field_in_correlation"),
    ('[steps.Paid', 'result = { note = "= response.body.id" }\n[steps.Paid',
     "unknown_field_in_answer"),
    ('[steps.Paid', 'body = "= {\'text\': note}"\n[steps.Paid', "unknown_field_in_call"),
    ("[steps.Paid.correlation]\norder", "[steps.Payd.correlation]\norder", "undrawn_step"),
])
def test_what_every_case_would_fail_at_is_a_warning(word: str, instead: str, code: str):
    assert word in GOOD
    assert found(GOOD.replace(word, instead), "warning") == [code]


def test_a_host_that_nobody_has_allowed_is_a_note_and_refused_by_publishing(baton, monkeypatch):
    monkeypatch.delenv("BATON_ALLOWED_HOSTS")
    assert found(GOOD, "error") == []
    note = next(each for each in checked(GOOD).findings if each.code == "host_not_allowed")
    assert note.severity == "info" and "BATON_ALLOWED_HOSTS" in note.message["en"]
    with pytest.raises(Invalid, match="“Notify the shop” calls shop.example"), \
            baton.command() as services:
        publish(services, GOOD)


def publish(services, settings: str) -> None:
    draft = services.intake.take_in(Pack(DRAWING, read_toml(settings.encode())), by=None)
    services.intake.publish(draft.id, by=SYSTEM.person)
