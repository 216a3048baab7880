"""How the demo's people and customers behave: how soon they look, how long they take.

What a manager is to find on the map comes from here: a finance department that reviews
compensation twice a week, specialists who are swamped by a faulty series, customers who
answer late, a partner who reports in the evening.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
#: New cases of a working day, by journey.
ARRIVALS = {"complaint": 1.15, "home-repair": 0.8}
CHANNELS = ("phone", "mail", "web", "counter")
#: Days, counted from the start, on which a faulty series brings twice the complaints.
BATCH = range(42, 57)
#: Chance that a customer does it at all, and after how many hours (median).
MESSAGES = {"Receive_information": (0.94, 17.0), "Event_withdrawn": (0.06, 5.0),
            "Event_reschedule": (0.18, 9.0)}

#: Working minutes until someone looks at it (median), by step, else by department.
_NOTICE = {"Task_first_answer": 24, "Task_visit": 4, "Task_second_visit": 4, "Task_report": 200,
           "Task_investigate": 170, "Task_book": 55, "Service_invoice": 190, "Service_pay": 160}
_NOTICE_AT = {"service-desk": 40, "quality": 90, "finance": 120, "dispatch": 50, "partner": 60}
#: Minutes of work (median), by step.
_WORK = {"Task_investigate": 75, "Task_visit": 55, "Task_second_visit": 50, "Task_propose": 18,
         "Task_apologise": 15, "Task_make_good": 25, "Task_order": 15, "Task_escalate": 6,
         "Task_remind": 6}
_USUAL_WORK = 11
_ASKED = 2  # minutes until who did the step answers the question behind it
_REVIEW_DAYS = (1, 3)


def arrivals(journey: str, day: date, number: int, rush: bool,
             random: Random) -> list[datetime]:
    """When customers come on the `number`-th day of the history; in a `rush` many do."""
    mean = ARRIVALS[journey] * (0.45 if day.weekday() >= 5 else 1.15)
    if journey == "complaint" and number in BATCH:
        mean *= 2.1
    if rush:
        mean *= 3
    midnight = datetime.combine(day, time(), ZONE)
    found, at = [], random.expovariate(mean)
    while at < 1:  # customers come from eight to nine at night, evenly by chance
        found.append(midnight + timedelta(hours=8 + 13 * at))
        at += random.expovariate(mean)
    return found


def channel(at: datetime, random: Random) -> str:
    """How a customer reaches us: at night and at weekends only in writing."""
    local = at.astimezone(ZONE)
    if local.weekday() >= 5 or not 9 <= local.hour < 18:
        return random.choice(("mail", "web"))
    return random.choices(CHANNELS, (6, 3, 3, 1))[0]


def priority(journey: str, random: Random) -> str:
    """How urgent a case is."""
    weights = (1, 9, 2, 1) if journey == "complaint" else (1, 8, 3, 1)
    return random.choices(("low", "normal", "high", "urgent"), weights)[0]


def notice_minutes(element: str, kind: str, department: str, random: Random) -> float:
    """Working minutes until someone sees that the work is there."""
    median = _ASKED if kind == "question" else _NOTICE.get(
        element, _NOTICE_AT.get(department, 60))
    return median * random.lognormvariate(0, 0.85)


def review(element: str, at: datetime, random: Random) -> datetime | None:
    """When finance sits down to review compensation, for what isn't taken in between."""
    if element != "Task_approve" or random.random() < 0.25:
        return None
    local = at.astimezone(ZONE)
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        sitting = datetime.combine(day, time(14, random.randrange(60)), ZONE)
        if day.weekday() in _REVIEW_DAYS and sitting > local:
            return sitting
    return None


def work_minutes(element: str, kind: str, random: Random) -> float:
    """Working minutes from taking an item to finishing it."""
    median = _ASKED if kind == "question" else _WORK.get(element, _USUAL_WORK)
    return median * random.lognormvariate(0, 0.55)


def reply(element: str, at: datetime, random: Random) -> datetime | None:
    """When the customer sends the message that is waited for; None for never."""
    chance, median = MESSAGES.get(element, (0.0, 1.0))
    if random.random() >= chance:
        return None
    moment = (at + timedelta(hours=median * random.lognormvariate(0, 0.9))).astimezone(ZONE)
    if moment.hour < 7:  # nobody writes at night
        moment = moment.replace(hour=7) + timedelta(minutes=random.randrange(180))
    return moment
