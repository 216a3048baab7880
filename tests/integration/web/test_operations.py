"""What machines that watch see: life, readiness, numbers, and logs that keep secrets."""

from __future__ import annotations

import io
import json
import logging
import re
import socket
import threading
import urllib.request
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from engine.infra import logs, migrations
from engine.infra.errors import Invalid
from engine.jobs.workers import worker_for
from tests.support.bpmn import Drawing
from tests.support.refund import publish_refund
from tests.support.web import Visitor, hire, make_baton
from web.app import create_app
from web.server import Server


@pytest.fixture
def lines():
    """What was logged meanwhile, as JSON."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logs.JsonLines())
    root, ours = logging.getLogger(), logging.getLogger("baton")
    before = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    ours.setLevel(before)
    root.removeHandler(handler)


def one_round(baton):
    """A worker that is stopped after its first round."""
    stop = threading.Event()
    rounds = baton.work_once

    def last(stopping):
        stop.set()
        return rounds()
    baton.work_once = last
    thread = threading.Thread(target=baton.work_until, args=(stop,))
    left = baton._leave
    baton._leave = lambda worker: None  # it died instead
    thread.start()
    thread.join()
    baton.work_once, baton._leave = rounds, left


def test_alive_is_said_without_asking_the_database(app, baton):
    baton.database.dispose()
    assert app.test_client().get("/healthz").status_code == 200


def test_ready_means_a_database_that_answers_with_the_tables_of_this_version(app, baton):
    client = app.test_client()
    assert client.get("/readyz").json == {"status": "ready"}
    migrations.downgrade(baton.database, migrations.FIRST)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert f"revision {migrations.FIRST}, this Baton needs {migrations.head()}" in (
        answer.json["missing"])
    migrations.downgrade(baton.database, "base")
    assert "no tables" in client.get("/readyz").json["missing"]


def test_a_database_that_is_away_is_said_so_everywhere(app, baton, monkeypatch):
    visitor = Visitor(app, "lin")

    def away(*_given, **_named):
        raise OperationalError("SELECT 1", {}, Exception("gone"))
    monkeypatch.setattr(baton.database.engine, "connect", away)
    answer = visitor.client.get("/readyz")
    assert (answer.status_code, answer.json["missing"]) == (503, "The database doesn't answer.")
    page = visitor.client.get("/work", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "Try again in a moment." in page.text
    spoken = visitor.client.get("/api/v1/cases", headers={"Authorization": "Bearer x"})
    assert (spoken.status_code, spoken.json["code"]) == (503, "unavailable")
    assert "baton_database_up 0.0" in visitor.client.get("/metrics").text


def test_metrics_count_what_lives(app, baton, now, tmp_path):
    refund = publish_refund(baton, tmp_path / "refund")
    with baton.command() as services:
        services.cases.start(refund.id, data={"subject": "Cup"})
        ended = services.cases.start(refund.id, data={"subject": "Cup"})
    with baton.command() as services:
        services.cases.cancel(ended.id, reason="Twice", by=None)
        services.jobs.defer("import-log", {}, by=None)
    client = app.test_client()
    assert client.get("/nowhere").status_code == 404
    assert client.open("/nowhere", method="BREW").status_code == 404
    one_round(baton)
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    told = {(sample.name, tuple(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples}
    assert told["baton_cases", (("journey", "refund"), ("state", "open"))] == 1
    assert told["baton_cases_started_total", (("prefix", "RF"),)] == 2
    assert told["baton_work_items", (
        ("department", "service-desk"), ("state", "offered"))] == 1
    assert told["baton_jobs", (("state", "queued"),)] == 1
    for name, value in (("baton_incidents_open", 0), ("baton_timer_lag_seconds", 0),
                        ("baton_workers", 1), ("baton_database_up", 1)):
        assert told[name, ()] == value
    assert told["baton_request_seconds_count", (
        ("method", "GET"), ("route", "none"), ("status", "404"))] == 1
    assert told["baton_request_seconds_count", (
        ("method", "other"), ("route", "none"), ("status", "404"))] == 1
    assert told["baton_command_seconds_count", (("command", "other"), ("outcome", "done"))] > 1


def test_metrics_cost_the_same_however_many_cases_have_ended(baton):
    """Figures are counted in indexes that finished cases, items and jobs aren't in."""
    asked = []

    def note(_connection, _cursor, sql, values, *_rest):
        if sql.startswith("SELECT"):
            asked.append((sql, values))
    event.listen(baton.database.engine, "before_cursor_execute", note)
    assert list(baton.figures())
    event.remove(baton.database.engine, "before_cursor_execute", note)
    assert len(asked) > 5
    small = ("case_counters", "workers")
    with baton.database.engine.connect() as connection:
        for sql, values in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            for row in plan:
                assert not row.detail.startswith("SCAN") or row.detail.split()[1] in small, (
                    sql, row.detail)


def test_a_start_timer_that_fails_is_said_on_the_page(app, baton, now):
    drawing = Drawing("Round").element("startEvent", "Ring", inner=Drawing._timer(
        "R/P1D", "timeCycle")).end().path("Ring", "Finish")
    with baton.command() as services:
        draft = services.intake.upload("round.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="billing"), by=None)
        services.intake.publish(draft.id, by=None)
    visitor = Visitor(app, "ada")
    address = "/administration/operations"
    assert "Ring" not in visitor.get(address).text
    now.advance(timedelta(days=1))
    with baton.command() as services:
        [(journey, element)] = services.starts.due(9)
        services.starts.put_off(journey, element, "The disk is full")
    assert "Ring" in visitor.get(address).text
    assert "The disk is full. It is tried again every hour." in visitor.get(address).text


def test_metrics_show_how_late_timers_are_and_are_asked_for_seldom(app, baton, now):
    drawing = Drawing("Wait").start().timer("Sleep", "PT1H").end().path("Begin", "Sleep", "Finish")
    with baton.command() as services:
        draft = services.intake.upload("wait.bpmn", drawing.xml(), by=None)
        services.intake.change(draft.id, replace(draft.settings, department="billing"), by=None)
        services.cases.start(services.intake.publish(draft.id, by=None).id)
    now.advance(timedelta(hours=1, seconds=30))
    client = app.test_client()
    assert "baton_timer_lag_seconds 30.0" in client.get("/metrics").text
    now.advance(timedelta(seconds=2))
    assert "baton_timer_lag_seconds 30.0" in client.get("/metrics").text
    now.advance(timedelta(seconds=5))
    assert "baton_timer_lag_seconds 37.0" in client.get("/metrics").text


def test_metrics_are_for_this_machine_or_for_who_has_the_token(app, baton):
    client = app.test_client()
    assert client.get("/metrics").status_code == 200
    for elsewhere in ("10.0.0.9", "8.8.8.8"):
        assert client.get("/metrics", environ_base={
            "REMOTE_ADDR": elsewhere}).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 404
    baton.settings = replace(baton.settings, metrics_token="tell-me-all")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer tell-me-all"},
                      environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200


def test_a_request_and_its_command_are_two_lines_with_ids_and_without_what_was_written(
        app, baton, tmp_path, lines):
    refund = publish_refund(baton, tmp_path / "refund")
    with baton.command() as services:
        case = services.cases.start(refund.id, data={"subject": "Cup"})
    visitor = Visitor(app, "lin")
    with baton.query() as services:
        [item] = services.work.of_case(case.id)
    visitor.get(f"/work/{item.id}")
    visitor.post(f"/work/{item.id}/claim")
    before = len(lines())
    visitor.post(f"/work/{item.id}/complete", data=json.dumps(
        {"subject": "Otter 4711", "wish": "money"}))
    said = lines()[before:]
    command = next(line for line in said if line["message"] == "command"
                   and line["outcome"] == "done")
    asked = next(line for line in said if line["message"] == "request"
                 and line["method"] == "POST")
    assert command["cases"] == [str(case.id)]
    assert command["request"] == asked["request"]
    assert command["command"].startswith("work.")
    assert asked["status"] in (200, 302, 303)
    assert command["milliseconds"] >= 0
    assert "Otter" not in json.dumps(said)


def test_a_bug_is_logged_with_its_place_and_not_with_its_words(app, baton, lines, monkeypatch):
    def broken(*_given, **_named):
        raise ValueError("Otter 4711")
    monkeypatch.setattr("engine.work.service.Work.inbox", broken)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    visitor = Visitor(app, "lin")
    assert visitor.get("/work").status_code == 500
    said = json.dumps(lines())
    assert "ValueError" in said
    assert "broken" in said
    assert "Otter" not in said


def test_a_request_keeps_the_number_that_a_proxy_gave_it(app):
    client = app.test_client()
    assert client.get("/healthz", headers={
        "X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    for odd in ("a b", "x" * 65, "ü"):
        given = client.get("/healthz", headers={"X-Request-Id": odd}).headers["X-Request-Id"]
        assert re.fullmatch("[0-9a-f]{16}", given)


def test_text_lines_hold_one_event_each_and_a_fault_its_place_below():
    record = logging.LogRecord("baton.x", logging.INFO, "", 0, "two\nlines", (), None)
    record.fields = {"name": "a b", "number": 3}
    said = logs.TextLines().format(record)
    assert "\n" not in said
    assert said.endswith('two lines name="a b" number=3')
    try:
        raise ValueError("Otter 4711")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    first, place = logs.TextLines().format(record).splitlines()
    assert first.endswith("error=ValueError")
    assert "test_operations.py" in place


def test_an_unknown_way_to_log_is_refused():
    with pytest.raises(Invalid, match="BATON_LOG"):
        logs.configure("xml")


def test_two_servers_share_a_login(database, now, tmp_path):
    first, second = (make_baton(database, now, tmp_path / home) for home in ("one", "two"))
    hire(first)
    visitor = Visitor(create_app(first, testing=True), "lin")
    cookie = visitor.client.get_cookie("baton")
    elsewhere = create_app(second, testing=True).test_client()
    elsewhere.set_cookie("baton", cookie.value)
    assert elsewhere.get("/work").status_code == 200
    assert len(second.session_secret()) == 64
    for baton in (first, second):
        baton.close()


def test_only_the_proxy_of_the_settings_is_believed():
    def app(environ, start):
        start("200 OK", [])
        return [f"{environ['REMOTE_ADDR']} {environ['wsgi.url_scheme']}".encode()]
    for proxy, seen in (("127.0.0.1", "10.9.8.7 https"), ("10.0.0.1", "127.0.0.1 http"),
                        (None, "127.0.0.1 http")):
        server, stop = Server(app, "127.0.0.1", 0, 1, proxy), threading.Event()
        running = threading.Thread(target=server.run, args=(stop,))
        running.start()
        sent = urllib.request.Request(
            f"http://127.0.0.1:{server._server.effective_port}/",
            headers={"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https"})
        with urllib.request.urlopen(sent, timeout=30) as answer:  # noqa: S310 - our own server
            assert answer.read().decode() == seen
        stop.set()
        running.join()
        server.close()


def test_a_worker_outlives_a_database_that_is_away(baton):
    stop, rounds = threading.Event(), []

    def away(_stopping):
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("SELECT 1", {}, Exception("gone"))
        stop.set()
        return 0
    baton.work_once = away
    baton.work_until(stop)
    assert len(rounds) == 2


def test_a_stop_lets_the_running_request_end_and_takes_no_more():
    began, go = threading.Event(), threading.Event()

    def app(_environ, start):
        began.set()
        go.wait(30)
        start("200 OK", [("Content-Length", "4")])
        return [b"done"]
    server = Server(app, "127.0.0.1", 0, 2)
    port = server._server.effective_port
    stop, ended = threading.Event(), []
    running = threading.Thread(target=lambda: ended.append(server.run(stop)))
    running.start()
    answers = []
    asking = threading.Thread(target=lambda: answers.append(
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30).read()))
    asking.start()
    assert began.wait(30)
    stop.set()
    while server._stopping.wait(0.05) is False:
        pass
    go.set()
    asking.join(30)
    running.join(30)
    server.close()
    assert answers == [b"done"]
    assert ended == [True]
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def test_an_administrator_reads_what_is_wrong_and_tries_a_failed_job_again(app, baton, now):
    visitor = Visitor(app, "ada")
    assert "No worker lives" in visitor.get("/administration/operations").text
    one_round(baton)
    page = visitor.get("/administration/operations").text
    assert "All is well" in page
    assert socket.gethostname() in page
    with baton.command() as services:
        job = services.jobs.defer("import-log", {"file": str(uuid4()), "name": "gone.xes",
                                                 "options": {}}, by=None)
    worker = worker_for(baton.database, {"import-log": baton._import_log}, now)
    assert worker.run_one()
    page = visitor.get("/administration/operations").text
    assert "1 background job has failed." in page
    assert 'href="/administration/jobs?state=failed"' in page
    failed = visitor.get("/administration/jobs?state=failed").text
    assert "Import of a log" in failed
    visitor.post(f"/administration/jobs/{job.id}/retry")
    with baton.query() as services:
        assert services.jobs.get(job.id).state == "queued"
    assert Visitor(app, "max").get("/administration/operations").status_code == 403


def test_the_page_of_operations_reads_both_databases(database, now, tmp_path):
    baton = make_baton(database, now, tmp_path)
    hire(baton)
    page = Visitor(create_app(baton, testing=True), "ada").get("/administration/operations").text
    assert ("SQLite 3." if database.is_sqlite else "PostgreSQL 1") in page
    assert migrations.head() in page
    assert list(baton.figures())
    baton.close()
