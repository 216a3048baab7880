"""Packs from folders, zips and single drawings."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.infra.errors import Invalid, TooLarge
from engine.intake.decision_ids import decision_ids
from engine.intake.known import known_of
from engine.intake.pack import Pack, default_settings, from_path, from_upload
from tests.support.intake import line

DRAWING = line('<userTask id="t" name="Answer"/>')
DMN = (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
       b'<decision id="route"><decisionTable><output name="team"/></decisionTable></decision>'
       b'<decision id="words"><literalExpression/></decision></definitions>')
FORM = b'{"components": [{"key": "photo"}, {"components": [{"key": "urgent"}]}]}'


def zipped(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return stream.getvalue()


WHOLE = {"journey.bpmn": DRAWING, "journey.toml": b'key = "complaint"', "a.dmn": DMN,
         "forms/start.json": FORM, "picture.png": b"..."}


def test_a_zip_holds_the_drawing_its_settings_and_its_files():
    pack = from_upload("complaint.zip", zipped(WHOLE))
    assert (pack.drawing, pack.settings and pack.settings.key) == (DRAWING, "complaint")
    assert sorted(pack.files) == ["a.dmn", "forms/start.json"]


def test_a_zip_of_a_folder_is_the_same_pack():
    below = zipped({f"complaint/{path}": data for path, data in WHOLE.items()})
    assert from_upload("x.zip", below) == from_upload("x.zip", zipped(WHOLE))


def test_a_folder_is_the_same_pack(tmp_path):
    for path, data in WHOLE.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert from_path(tmp_path).files == from_upload("x.zip", zipped(WHOLE)).files


def test_a_single_drawing_is_a_pack_named_after_its_process_or_file():
    pack = from_upload(r"C:\drawings\Home repair.bpmn", DRAWING)
    assert pack.drawing == DRAWING and pack.settings is None
    assert default_settings(pack, "P", "").key == "home-repair"
    assert default_settings(pack, "P", "客户投诉").name == {"en": "客户投诉"}
    assert default_settings(pack, "P", "Café  Order").key == "cafe-order"


@pytest.mark.parametrize("name", [
    "Pool 2", "C", "Process", "New process", "流程1", "Process_0k2x9ab", "_6-2", "Participant_1",
    "_JkX9ALWeEeaTvLEWv0tJ7A", "Untitled diagram (3)", "11c23238-757e-4c5f-aaaa"])
def test_a_name_that_says_nothing_gives_way_to_the_files(name):
    assert default_settings(Pack(DRAWING, name="refund"), "P", name).name == {"en": "refund"}


@pytest.mark.parametrize("name", ["EU Bank", "Team-Assistant", "退款", "Order-2", "ISO-27001",
                                  "Processing of claims"])
def test_a_name_that_says_something_stays(name):
    assert default_settings(Pack(DRAWING, name="refund"), "P", name).name == {"en": name}


@pytest.mark.parametrize("data", [
    zipped({"a.bpmn": DRAWING, "b.bpmn": DRAWING}),
    zipped({"readme.md": b"hello"}),
    zipped({"../outside.bpmn": DRAWING}),
    zipped({"/etc/x.bpmn": DRAWING}),
    zipped({"journey.bpmn": DRAWING, "x" * 300 + ".md": b""}),
    zipped({"journey.bpmn": DRAWING})[:-30],
    zipped({"journey.bpmn": DRAWING, "journey.toml": b"key = "}),
], ids=["two drawings", "no drawing", "outside", "absolute", "long path", "torn", "settings"])
def test_what_is_no_pack_is_refused(data):
    with pytest.raises(Invalid):
        from_upload("x.zip", data)


def test_a_document_of_an_office_is_named_as_what_it_is():
    with pytest.raises(Invalid, match="Word, Excel, PowerPoint or Visio"):
        from_upload("drawing.vsdx", zipped({"[Content_Types].xml": b"<x/>", "visio/a.xml": b""}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("journey.bpmn", b" " * 40_000_000)
    with pytest.raises(TooLarge):
        from_upload("x.zip", stream.getvalue())
    with pytest.raises(TooLarge):
        from_upload("x.zip", zipped({f"{n}.md": b"" for n in range(300)}))


def test_a_path_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(Invalid, match="can't be read"):
        from_path(tmp_path / "missing.bpmn")


def test_the_decisions_of_a_pack_are_tables_and_expressions():
    assert decision_ids({"a.dmn": DMN, "b.json": FORM}) == {"route", "words"}
    with pytest.raises(Invalid, match=r"a\.dmn"):
        decision_ids({"a.dmn": b"<!DOCTYPE x><x/>"})


def test_conditions_may_use_declared_fields_answers_of_forms_and_outputs_of_tables():
    pack = from_upload("x.zip", zipped({
        **WHOLE, "journey.toml": b'key = "x"\n[fields.refund]\ntype = "decimal"',
        "forms/broken.json": b"{", "forms/odd.json": b"[1]"}))
    assert known_of(pack.settings, pack.files).fields == {"refund", "photo", "urgent", "team"}
