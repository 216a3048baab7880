"""CSV logs as tools and people write them."""

from __future__ import annotations

import pytest

from engine.infra.errors import Invalid
from engine.insight.formats import ReadOptions, read_log
from engine.insight.formats.options import Columns
from engine.insight.log import Basis, Ends
from tests.support.handmade import csv_log, steps_of

ROWS = ("1,Ask,2026-03-02 09:00,Desk\n1,Check,2026-03-02 10:30,Quality\n"
        "2,Ask,2026-03-02 11:00,Desk\n")


@pytest.mark.parametrize("header", [
    "case id,activity,timestamp,department", "Case ID,Activity,Complete Timestamp,Team",
    "case:concept:name,concept:name,time:timestamp,org:group",
    "ticket_number,step,end_time,assignment group", "案件编号,活动,完成时间,部门",
    "工单号,环节名称,操作时间,处理部门",
])
def test_columns_are_found_by_the_names_that_tools_give_them(header):
    log = csv_log(f"{header}\n{ROWS}")
    assert [step["department"] for step in steps_of(log)] == ["Desk", "Quality", "Desk"]
    assert log.cases["id"].to_list() == ["1", "2"]


def test_columns_can_be_named():
    log = csv_log("a,b,c,d\n" + ROWS, columns=Columns(case="a", activity="b", time="c",
                                                     department="d"))
    assert len(log.steps) == 3


def test_a_named_column_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(Invalid, match="no column “when”.*case, activity, day"):
        csv_log("case,activity,day\n1,Ask,2026-03-02\n", columns=Columns(time="when"))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_common_delimiter_is_seen(mark):
    text = ("case id,activity,timestamp,department\n" + ROWS).replace(",", mark)
    assert len(csv_log(text).steps) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_any_common_encoding_is_seen(encoding):
    log = csv_log("案件编号,活动,时间,部门\n1,受理投诉,2026-03-02 10:00,客户服务部\n", encoding)
    assert log.activities[0].id == "受理投诉"


def test_umlauts_of_windows_are_not_taken_for_chinese():
    log = csv_log("case,activity,timestamp\n1,Prüfung für Köln,2026-03-02 10:00\n", "cp1252")
    assert log.activities[0].id == "Prüfung für Köln"


def test_a_row_with_start_and_end_is_one_step():
    log = csv_log("case,activity,start time,end time\n1,Ask,2026-03-02 09:00,2026-03-02 10:00\n"
                  "1,Check,2026-03-02 13:00,2026-03-02 13:30\n")
    assert log.basis is Basis.STARTED
    assert [(s["waited"], s["worked"]) for s in steps_of(log)] == [(None, 3600), (10800, 1800)]
    assert log.events == 2


def test_two_rows_of_one_activity_at_once_keep_their_own_ends():
    log = csv_log("case,activity,start time,end time\n1,Ask,2026-03-02 09:00,2026-03-02 15:00\n"
                  "1,Ask,2026-03-02 10:00,2026-03-02 11:00\n")
    assert sorted(s["worked"] for s in steps_of(log)) == [3600, 6 * 3600]


def test_a_column_of_statuses_makes_a_log_of_statuses():
    log = csv_log("ticket,status,changed at,team\n1,New,2026-03-02 09:00,Desk\n"
                  "1,In progress,2026-03-02 12:00,Desk\n1,Closed,2026-03-02 13:00,Desk\n"
                  "2,New,2026-03-02 13:00,Desk\n")
    assert (log.basis, log.ends) == (Basis.STATUS, Ends.STATUS)
    assert [s["waited"] for s in steps_of(log)] == [3 * 3600, 0, 0, None]
    assert log.cases["end"].is_null().to_list() == [False, True]


def test_deadline_and_end_of_a_case_are_read_from_its_rows():
    log = csv_log("case,activity,timestamp,deadline,case end,channel\n"
                  "1,Ask,2026-03-02,2026-03-05,2026-03-06,mail\n"
                  "2,Ask,2026-03-02,2026-03-05,2026-03-04,phone\n3,Ask,2026-03-02,,,phone\n")
    assert log.ends is Ends.DECLARED
    assert log.promises["breached"].to_list() == [True, False]
    assert log.cases["end"].is_null().to_list() == [False, False, True]
    assert log.cases["channel"].to_list() == ["mail", "phone", "phone"]


def test_nobody_is_no_department():
    log = csv_log("case,activity,timestamp,department\n1,Ask,2026-03-02 09:00,UNKNOWN\n"
                  "1,Do,2026-03-02 10:00,Desk\n1,End,2026-03-02 11:00,-\n")
    assert [s["department"] for s in steps_of(log)] == [None, "Desk", None]
    assert "unknown_departments" in [note.code for note in log.notes]


BROKEN = ("case,activity,timestamp\n1,Ask,2026-03-02 09:00\n1,Check,yesterday\n"
          "1,Pay,2026-03-02 10:00\n,Pay,2026-03-02 10:00\n1,End,2026-03-02 11:00,more\n"
          "1,End,2026-03-02 12:00\n")


def test_broken_rows_are_refused_with_the_first_line_and_their_number():
    with pytest.raises(Invalid, match="line 3: “yesterday” is no time. 3 of 5 rows.*skip-broken"):
        csv_log(BROKEN)


def test_broken_rows_can_be_left_out_and_are_counted():
    log = csv_log(BROKEN, skip_broken_rows=True)
    assert log.events == 3
    note, = (note for note in log.notes if note.code == "rows_skipped")
    assert note.text["en"].startswith("3 broken rows") and "line 3" in note.text["en"]


def test_the_line_of_a_broken_row_counts_line_breaks_inside_quotes():
    with pytest.raises(Invalid, match="line 4"):
        csv_log('case,activity,timestamp\n1,"Ask\nkindly",2026-03-02\n1,Do,never\n'
                "1,End,2026-03-03\n1,End,2026-03-03\n")


def test_a_quote_left_open_is_told():
    rows = "".join(f'{n},"Ask,2026-03-02 09:00\n' if n == 2 else f"{n},Ask,2026-03-02 09:00\n"
                   for n in range(9000))
    with pytest.raises(Invalid, match="line 4"):
        csv_log("case,activity,timestamp\n" + rows)


@pytest.mark.parametrize(("text", "says"), [
    ("case,activity\n1,Ask\n", "the time; name it with --time-column"),
    ("activity,timestamp\nAsk,2026-03-02\n", "the case; name it with --case-column"),
    ("case,activity,timestamp\n", "no rows"),
    ("case,activity,timestamp\n1,Ask,\n", "few of its rows"),
    ("Dear customer,\nthank you for your letter.\n", "no event log"),
])
def test_what_is_no_log_is_refused_with_what_is_missing(text, says):
    with pytest.raises(Invalid) as refused:
        csv_log(text)
    assert says in str(refused.value) or "doesn't look like an event log" in str(refused.value)


@pytest.mark.parametrize(("options", "says"), [
    ({"encoding": "klingon"}, "no text encoding"), ({"encoding": "ascii"}, "save it as UTF-8"),
    ({"timezone": "Mars"}, "no time zone"), ({"delimiter": "::"}, "one character")])
def test_options_that_make_no_sense_are_refused(options, says):
    with pytest.raises(Invalid, match=says):
        read_log("x.csv", "case,activity,timestamp\n1,Übergabe,2026-03-02\n".encode(),
                 ReadOptions(**options))
