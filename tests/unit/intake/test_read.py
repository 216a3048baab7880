"""Any bytes are read safely, or refused with a sentence that says what to do."""

from __future__ import annotations

import pytest

from engine.infra.errors import Invalid, TooLarge
from engine.intake.read import MAX_ELEMENTS, read_drawing
from tests.support.intake import drawn, line, look

CHINESE = line('<userTask id="t" name="首次回复客户"/>').decode()


def name_read(data: bytes) -> str | None:
    return next(e.get("name") for e in read_drawing(data).iter() if e.get("id") == "t")


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{CHINESE}'


@pytest.mark.parametrize("data", [
    declared("UTF-8").encode(),
    b"\xef\xbb\xbf" + declared("UTF-8").encode(),
    declared("UTF-16").encode("utf-16"),
    declared("UTF-16").encode("utf-16-le"),
    declared("UTF-16").encode("utf-16-be"),
    declared("GBK").encode("gbk"),
    declared("gb2312").encode("gb18030"),
    declared("GB18030").encode("gb18030"),
    declared("Big5").replace("首次回复客户", "首次回覆").encode("big5"),
    CHINESE.encode(),
    CHINESE.encode("gbk"),
    declared("UTF-8").encode("gbk"),
    declared("UTF-16").encode(),
], ids=["utf8", "utf8-bom", "utf16-bom", "utf16le", "utf16be", "gbk", "gb2312", "gb18030", "big5",
        "undeclared-utf8", "undeclared-gbk", "gbk-that-claims-utf8", "utf8-that-claims-utf16"])
def test_chinese_names_survive_the_encodings_of_tools_and_editors(data):
    assert (name_read(data) or "").startswith("首次回")


BOMB = (b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
        b"<definitions>&b;</definitions>")
REFUSED = {
    "nothing": (b"", "empty"),
    "spaces": (b"  \n ", "empty"),
    "no xml": (b"PNG\x89....", "no XML"),
    "a zip": (b"PK\x03\x04\xff\xfe\x99", "no XML"),
    "a web page": (b"<html><body>Log in</body></html>", "web page"),
    "a web page with a document type": (b"<!DOCTYPE html><html></html>", "web page"),
    "an XML bomb": (BOMB, "document type"),
    "an external entity": (b'<!-- hello --><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                           b"<d>&x;</d>", "document type"),
    "broken XML": (b"<definitions><a></b></definitions>", "well-formed"),
    "a PDF": (b"%PDF-1.7 ...", "PDF"),
    "a PNG": (b"\x89PNG\r\n", "a picture:"),
    "an old document of Word": (b"\xd0\xcf\x11\xe0....", "Word"),
    "XPDL": (b'<Package xmlns="http://www.wfmc.org/2009/XPDL2.2"/>', "XPDL"),
    "DMN": (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DMN"),
    "CMMN": (b'<definitions xmlns="http://www.omg.org/spec/CMMN/20151109/MODEL"/>', "CMMN"),
    "a picture": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture"),
    "another XML": (b"<report/>", "report"),
    "BPMN without its namespace": (b"<definitions><process/></definitions>", "BPMN 2.0"),
    "an encoding that is none": (b'<?xml version="1.0" encoding="punycode"?><a/>', "encoding"),
    "bytes of no encoding": (b"\xff\xfe<\0\x00\xd8a\0", "characters"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_drawing_is_refused_in_a_sentence(kind):
    data, word = REFUSED[kind]
    with pytest.raises(Invalid) as refused:
        read_drawing(data)
    assert word in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("left", [30, 200, 20])
def test_a_file_that_was_cut_off_says_so_and_where(left):
    data = b'<?xml version="1.0"?>\n' + line('<userTask id="t"/>').replace(b"><", b">\n<")
    with pytest.raises(Invalid, match="seems to be cut off") as refused:
        read_drawing(data[:-left])
    assert refused.value.values == {"line": data[:-left].count(b"\n") + 1}


def test_where_xml_breaks_is_said_once_by_the_line_of_the_file():
    data = b'<?xml version="1.0"?>\n\n<a>\n<b x=1/></a>'
    with pytest.raises(Invalid, match=r"\(line 4\)") as refused:
        read_drawing(data)
    assert str(refused.value).count("line") == 1


def test_a_draft_of_the_standard_is_read_like_the_standard():
    old = line('<userTask id="t" name="Answer"/>').replace(
        b"http://www.omg.org/spec/BPMN/20100524/MODEL", b"http://schema.omg.org/spec/BPMN/2.0")
    assert look(old).verdict == "runs"


def test_a_word_like_doctype_inside_a_drawing_is_no_document_type():
    data = line('<userTask id="t" name="Fill in"/>').replace(
        b"</process>", b"<!-- <!DOCTYPE x> --></process>")
    assert name_read(data) == "Fill in"


@pytest.mark.parametrize("data", [
    b"<a>" + b" " * 5_000_001 + b"</a>",
    b"<a>" * 150 + b"</a>" * 150,
    drawn("<task/>" * (MAX_ELEMENTS + 1)),
    b"<" * 400_000,
], ids=["bytes", "depth", "elements", "tags"])
def test_what_is_too_large_is_refused(data):
    with pytest.raises((TooLarge, Invalid)):
        read_drawing(data)


def test_the_limit_is_a_parameter():
    with pytest.raises(TooLarge, match="0.001"):
        read_drawing(line('<userTask id="t"/>') + b" " * 1000, max_bytes=1000)
