"""A call is asked outside the command and answered once, whatever interrupts it."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.support.calling import NUMBER, STEP, THEN, Desk
from tests.support.intake import flow, line
from tests.support.jobs import claimed_and_never_heard_of_again
from tests.support.outside import Reply

#: After that a worker that says nothing counts as dead.
STALE = timedelta(minutes=2)

def test_an_answer_is_taken_once_though_two_workers_brought_it(desk: Desk) -> None:
    desk.outside.will(Reply(200, {"id": 1}), Reply(200, {"id": 2}))
    case = desk.start(desk.publish(**NUMBER))
    slow = desk.baton.job_worker()
    claimed = claimed_and_never_heard_of_again(slow)
    assert claimed is not None
    desk.now.advance(STALE)  # its heart stands still: another worker takes over
    assert desk.work()
    assert slow._kinds["service"](claimed) == {"unwanted": True}
    assert desk.data(case)["number"] == 1
    assert len(desk.outside.received) == 1


def test_what_interrupts_the_step_calls_the_job_off(desk: Desk) -> None:
    late = ('<boundaryEvent id="late" attachedToRef="s"><timerEventDefinition><timeDuration>PT1H'
            '</timeDuration></timerEventDefinition></boundaryEvent><userTask id="call"/>'
            + flow("late", "call"))
    case = desk.start(desk.publish(line(STEP, THEN, more=late)))
    desk.now.advance(timedelta(hours=2))
    desk.baton.work_once()
    assert desk.waiting(case) == ["call"]
    assert desk.jobs() == [("cancelled", 0)]
    assert not desk.work()
    assert desk.outside.received == []


def test_a_case_that_is_cancelled_calls_nobody_any_more(desk: Desk) -> None:
    desk.outside.will(Reply(503, {}))
    case = desk.start(desk.publish())
    desk.work()
    with desk.baton.command() as services:
        services.cases.cancel(case, reason="The customer changed their mind.")
    desk.work_through()
    assert len(desk.outside.received) == 1
    assert desk.jobs() == [("cancelled", 1)]


_WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from engine.infra.now import SetNow
from engine.infra.settings import Settings
from engine.wiring import Baton
home, database, moment, hosts = sys.argv[1:]
Baton(Settings(home=Path(home), database=database, allowed_hosts=hosts),
      SetNow(datetime.fromisoformat(moment))).job_worker().run_one()
"""


def test_a_worker_that_is_killed_in_a_call_is_followed_by_one_with_the_same_key(
        desk: Desk, tmp_path: Path) -> None:
    desk.outside.will(Reply(hangs=True), Reply(200, {"id": 5}))
    case = desk.start(desk.publish(timeout=60, **NUMBER))
    url = desk.baton.database.url.render_as_string(hide_password=False)
    worker = subprocess.Popen([sys.executable, "-c", _WORKER, str(tmp_path), url,  # noqa: S603
                               desk.now().isoformat(), desk.outside.host])
    try:
        assert desk.outside.asked.wait(60)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert desk.jobs() == [("running", 1)]
    assert not desk.work()  # its heart may still beat
    desk.now.advance(STALE)
    assert desk.work()
    assert len({asked.key for asked in desk.outside.received}) == 1
    assert len(desk.outside.received) == 2
    assert desk.data(case)["number"] == 5
    assert desk.waiting(case) == ["t"]
    assert not desk.work()
