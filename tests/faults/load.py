"""Clients that work over REST while servers die: each command is sent until there is an answer.

A client whose answer was lost sends the same command again under the same key, to whichever
server it meets first. So every command ends as done or refused, and the ledger says which.
"""

from __future__ import annotations

import http
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from tests.faults import journey
from tests.faults.journey import Staff
from tests.faults.ledger import Entry, Ledger
from tests.faults.processes import PATIENCE

_SERVER_GONE = (OSError, http.client.HTTPException, ValueError)


class Load:
    """Some clients, each a thread; `staff` gives one person to each."""

    def __init__(self, ledger: Ledger, staff: Sequence[Staff], ports: Sequence[int],
                 enough: int, seed: str) -> None:
        self.ledger = ledger
        self.ports = ports
        #: With this many open work items in sight no new case is begun.
        self.enough = enough
        #: Requests under way, by port.
        self.busy: Counter[int] = Counter()
        #: No new cases, no second rounds: what was begun comes to its end.
        self.draining = False
        self._stop = threading.Event()
        self._clients = [_Client(self, one, random.Random(f"{seed}/{number}"), f"{seed}-{number}")
                         for number, one in enumerate(staff)]
        self._threads: list[threading.Thread] = []

    @property
    def stopping(self) -> bool:
        """Whether clients are to end after the command at hand."""
        return self._stop.is_set()

    def start(self) -> None:
        """Let all clients work."""
        self._stop.clear()
        self._threads = [threading.Thread(target=client.run, daemon=True)
                         for client in self._clients]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each client bring its command to an end. Raises RuntimeError if one can't."""
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
            if thread.is_alive():
                raise RuntimeError("a client still waits for its answer")


class _Client:
    """One person at work."""

    def __init__(self, load: Load, who: Staff, chance: random.Random, name: str) -> None:
        self._load = load
        self._who = who
        self._chance = chance
        self._name = name
        self._sent = 0
        self._connections: dict[int, http.client.HTTPConnection] = {}

    def run(self) -> None:
        """Work until told to stop."""
        try:
            while not self._load.stopping:
                self._act()
        except Exception as error:  # noqa: BLE001 - told in the account of the run
            self._load.ledger.complain(f"client {self._name} stopped: {error!r}")
        finally:
            while self._connections:
                self._connections.popitem()[1].close()

    def _act(self) -> None:
        if self._chance.random() < 0.05:
            self._try_incidents_again()
        status, found = self._until_answered("GET", "/work-items?state=open&limit=100", None, None,
                                             Entry("", "", None, self._who.person))
        if status != 200:
            raise RuntimeError(f"the list of work was answered with {status}: {found}")
        items = [each for each in found["items"]
                 if each["assignee"] in (None, str(self._who.person))]
        if not self._load.draining and len(found["items"]) < self._load.enough \
                and self._chance.random() < 0.5:
            self._start()
        elif items:
            self._work_on(self._chance.choice(items))
        else:
            time.sleep(0.05)

    def _try_incidents_again(self) -> None:
        """Where the machine is so slow that a script's time is over before it runs."""
        question = Entry("", "", None, self._who.person)
        _, found = self._until_answered("GET", "/incidents?limit=20", None, None, question)
        for each in found["items"]:
            self._until_answered("POST", f"/incidents/{each['id']}/retry", None, None, question)

    def _start(self) -> None:
        key = self._key()
        self._command("start", "/cases", {"journey": journey.KEY, "data": {"order": key}}, key)

    def _work_on(self, item: dict[str, Any]) -> None:
        dice = self._chance.random()
        if self._load.draining:
            pass
        elif dice < 0.01 and item["journey"] == journey.KEY:
            self._about_case("cancel", item["case"], lambda key: {"reason": key})
            return
        elif dice < 0.06:
            self._about_case("comment", item["case"], lambda key: {"text": key})
        elif dice < 0.45 and item["element"] == "Answer":
            self._about_case("message", item["case"], lambda key: {
                "message": journey.MESSAGE, "data": {"news": key}})
        if item["state"] == "offered":
            claimed = self._move("claim", item)
            dice = self._chance.random()
            if claimed.acknowledged and dice < 0.05:
                self._move("release", item)
            if not claimed.acknowledged or dice < 0.1:
                return
        self._complete(item)

    def _move(self, action: str, item: dict[str, Any]) -> Entry:
        return self._command(action, f"/work-items/{item['id']}/{action}", None, self._key(),
                             item["id"], item["element"])

    def _complete(self, item: dict[str, Any]) -> None:
        key, element = self._key(), item["element"]
        data: dict[str, Any] = {}
        if element in journey.SAYS:
            data[journey.SAYS[element]] = key
        if element == "Check":
            data["again"] = not self._load.draining and self._chance.random() < 0.4
        self._command("complete", f"/work-items/{item['id']}/complete", {"data": data}, key,
                      item["id"], element)

    def _about_case(self, action: str, case: str,
                    body: Callable[[str], dict[str, Any]]) -> None:
        key = self._key()
        path = {"cancel": "cancel", "comment": "comments", "message": "messages"}[action]
        self._command(action, f"/cases/{case}/{path}", body(key), key, case)

    def _command(self, action: str, path: str, body: dict[str, Any] | None, key: str | None,
                 subject: str = "", element: str = "") -> Entry:
        """Send a command until it is answered; sometimes send it once more for good measure."""
        ledger = self._load.ledger
        entry = ledger.add(Entry(action, path, body, self._who.person, key, subject, element))
        entry.status, entry.answer = self._until_answered("POST", path, body, key, entry)
        if not entry.acknowledged and not entry.refused:
            ledger.complain(f"{action} {path} was answered with {entry.status}: {entry.answer}")
        if entry.status == 409 and not str(entry.answer.get("detail", "")).endswith("."):
            ledger.complain(f"{action} {path}: a conflict without a sentence: {entry.answer}")
        if key is not None and entry.acknowledged and self._chance.random() < 0.05:
            self._again(entry)
        return entry

    def _again(self, entry: Entry) -> None:
        """The same once more gives the same; other content under the same key is a conflict."""
        other = Entry("", "", None, self._who.person)
        answer = self._until_answered("POST", entry.path, entry.body, entry.key, other)
        if answer != (entry.status, entry.answer):
            self._load.ledger.complain(f"{entry.action} {entry.path} under {entry.key} was "
                                       f"answered {entry.answer}, then {answer}")
        if "data" in (entry.body or {}):
            changed = {**(entry.body or {}), "data": {"order": "other"}}
            status, _ = self._until_answered("POST", entry.path, changed, entry.key, other)
            if status != http.HTTPStatus.CONFLICT:
                self._load.ledger.complain(f"{entry.key} was taken with other content: {status}")
        self._load.ledger.count(repeated=1)

    def _key(self) -> str:
        self._sent += 1
        return f"{self._name}-{self._sent}"

    # --- the wire --------------------------------------------------------------------------

    def _until_answered(self, method: str, path: str, body: dict[str, Any] | None,
                        key: str | None, entry: Entry) -> tuple[int, Any]:
        """Status and body of the first answer that is one. Raises RuntimeError without any."""
        until = time.monotonic() + PATIENCE
        last: object = None
        while time.monotonic() < until:
            entry.tries += 1
            entry.last_sent = time.time()
            try:
                status, answer = self._once(method, path, body, key)
            except _SERVER_GONE as error:
                last = error
                self._load.ledger.count(lost=1)
            else:
                if status < 500:
                    return status, answer
                last = (status, answer)
                self._load.ledger.count(unavailable=1)
                if status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                    self._load.ledger.complain(f"{method} {path} under {key}: {last}")
            time.sleep(self._chance.uniform(0.02, 0.2))
        raise RuntimeError(f"no answer to {method} {path} under {key} within {PATIENCE:.0f} s; "
                           f"the last try: {last!r}")

    def _once(self, method: str, path: str, body: dict[str, Any] | None,
              key: str | None) -> tuple[int, Any]:
        port = self._chance.choice(self._load.ports)
        connection = self._connections.pop(port, None) or http.client.HTTPConnection(
            "127.0.0.1", port, timeout=60)
        headers = {"Authorization": f"Bearer {self._who.secret}",
                   "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        self._load.busy[port] += 1
        try:
            connection.request(method, f"/api/v1{path}",
                               None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            read = json.loads(answer.read())
        except BaseException:
            connection.close()
            raise
        finally:
            self._load.busy[port] -= 1
        self._connections[port] = connection
        return answer.status, read
