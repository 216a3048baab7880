"""XES files: what is understood, and what hostile ones are answered with."""

from __future__ import annotations

import gzip

import pytest

from engine.infra.errors import Invalid, TooLarge
from engine.insight.formats import Limits, ReadOptions, read_log
from engine.insight.log import Ends
from tests.support.handmade import event, log_of, moment, steps_of, xes

GOOD = xes({"1": [event("Ask", 0, "Desk", "Ann"), event("Check", 2, "Quality", "Bob")]})


def test_a_gzipped_file_is_the_same_log():
    plain, packed = read_log("a.xes", GOOD), read_log("a.xes.gz", gzip.compress(GOOD))
    assert plain.steps.equals(packed.steps) and plain.cases.equals(packed.cases)


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "iso-8859-1"])
def test_the_encoding_that_the_file_declares_is_kept(encoding):
    text = GOOD.decode().replace("UTF-8", encoding).encode(encoding)
    assert [step["activity"] for step in steps_of(read_log("a.xes", text))] == ["Ask", "Check"]


def test_a_log_without_a_namespace_is_read():
    data = GOOD.replace(b' xmlns="http://www.xes-standard.org/"', b"")
    assert len(read_log("a.xes", data).steps) == 2


def test_two_traces_of_one_name_are_two_cases():
    data = GOOD.replace(b"</log>", GOOD[GOOD.index(b"<trace>"):])
    assert read_log("a.xes", data).cases["id"].to_list() == ["1", "1 (2)"]


def test_deadline_end_and_channel_are_read_from_the_trace():
    log = log_of({"1": [event("Ask", 0)], "2": [event("Ask", 0)]}, {
        "1": {"deadline": moment(5), "enddate": moment(9), "channel": "mail"},
        "2": {"deadline": moment(5)}})
    assert log.ends is Ends.DECLARED
    assert log.promises["late"].to_list() == [4 * 3600, 4 * 3600]
    assert log.cases["end"].to_list() == [moment(9), None]
    assert log.cases["channel"].to_list() == ["mail", None]


def test_the_department_is_where_the_log_keeps_it():
    data = GOOD.replace(b"org:group", b"team")
    assert [step["department"] for step in steps_of(read_log("a.xes", data))] == [
        "Desk", "Quality"]


def test_where_no_departments_are_known_people_stand_for_them_and_it_is_said():
    log = log_of({"1": [event("Ask", 0, person="Ann"), event("Check", 2, person="Bob")]})
    assert log.parties == "person"
    assert [name.id for name in log.departments] == ["Ann", "Bob"]
    assert "people_for_departments" in [note.code for note in log.notes]


def test_events_that_cannot_be_placed_are_left_out_and_counted():
    log = log_of({"1": [event("Ask", 0), {"concept:name": "lost"},
                        {"time:timestamp": "2026-03-02T10:00:00Z"}, event("Do", 1)]})
    assert [step["activity"] for step in steps_of(log)] == ["Ask", "Do"]
    assert {"events_without_time", "events_without_name"} <= {n.code for n in log.notes}


def test_nested_attributes_are_not_taken_for_those_of_the_event():
    data = GOOD.replace(b'<string key="concept:name" value="Ask"/>',
                        b'<string key="concept:name" value="Ask">'
                        b'<string key="concept:name" value="inner"/></string>')
    assert steps_of(read_log("a.xes", data))[0]["activity"] == "Ask"


def test_a_document_type_is_refused_even_when_it_does_nothing():
    with pytest.raises(Invalid, match="DTD"):
        read_log("a.xes", GOOD.replace(b"<log ", b'<!DOCTYPE log SYSTEM "x.dtd"><log ', 1))


@pytest.mark.parametrize("attribute", [b"&b;", b"x"])
def test_an_entity_bomb_in_an_attribute_of_the_root_is_refused(attribute):
    bomb = (b'<!DOCTYPE log [<!ENTITY a "' + b"z" * 1000 + b'"><!ENTITY b "'
            + b"&a;" * 1000 + b'">]><log x="' + attribute * 50 + b'">')
    with pytest.raises(Invalid):
        read_log("a.xes", bomb + b"<trace/></log>")


def test_depth_is_bounded():
    deep = b"<a>" * 5000 + b"</a>" * 5000
    with pytest.raises(Invalid, match="XML"):
        read_log("a.xes", GOOD.replace(b"<trace>", b"<trace>" + deep, 1))


def test_a_gzip_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(b'<log><trace><string key="' + b"a" * 30_000_000)
    assert len(bomb) < 100_000
    with pytest.raises((TooLarge, Invalid)):
        read_log("a.xes.gz", bomb, ReadOptions(limits=Limits(content=20 << 20)))


def test_a_file_that_never_comes_to_a_case_is_stopped():
    endless = b"<log>" + b'<string key="k" value="v"/>' * 100_000
    with pytest.raises(TooLarge, match="without a case"):
        read_log("a.xes", endless, ReadOptions(limits=Limits(one_case=1 << 20)))


def test_a_log_of_too_many_events_is_refused():
    with pytest.raises(TooLarge, match="more than 1 events"):
        read_log("a.xes", GOOD, ReadOptions(limits=Limits(events=1)))


@pytest.mark.parametrize(("data", "says"), [
    (b"<definitions/>", "no <trace>"), (b"<log/>", "no <trace>"),
    (b"<log><trace/></log>", "concept:name"), (b"%PDF-1.7", "no event log"),
    (b'{"ocel": 1}', "JSON"), (b"PAR1....", "Parquet"), (b"\x00\x01\x02", "binary"),
    (gzip.compress(b""), "is empty|event log"), (gzip.compress(GOOD)[:-20], "broken gzip"),
])
def test_what_is_no_log_is_refused_with_what_to_do(data, says):
    with pytest.raises(Invalid, match=says):
        read_log("it", data)
