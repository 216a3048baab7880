"""What people of the demo write into forms, answer to questions, and tell the customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from web.demo.stories import BREAKDOWNS, COMMENTS, GRIEVANCES, Breakdown, Grievance

ZONE = ZoneInfo("Asia/Shanghai")
Known = Mapping[str, Any]
_CAUSE_WISH = {"explanation": "explanation", "apology": "explanation",
               "replacement": "replacement", "refund": "refund"}


class Answers:
    """Fills forms and answers questions from the case's story, the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def begin(self, journey: str, language: str, at: datetime, *, tier: str | None,
              batch: bool) -> dict[str, Any]:
        """The start form: a customer of `language` tells what happened; with `batch` it is
        likely to be the faulty series."""
        if journey == "complaint":
            grievances = [g for g in GRIEVANCES if g.language == language]
            weights = [(9 if batch else 0.4) if g.batch else
                       (0.25 if g.cause == "safety" else 1) for g in grievances]
            grievance = self._random.choices(grievances, weights)[0]
            return {"subject": grievance.subject, "description": grievance.description,
                    "order_number": f"A{self._random.randint(300_000, 899_999)}",
                    "wish": grievance.wish, "claimed_amount": f"{grievance.claimed}.00",
                    "customer_tier": tier or "standard"}
        breakdown = self._random.choice([b for b in BREAKDOWNS if b.language == language])
        bought = at - timedelta(days=self._random.randint(60, 2800))
        return {"appliance": breakdown.appliance, "fault": breakdown.fault,
                "address": breakdown.address, "purchase_date": bought.date().isoformat(),
                "contract": self._random.choices(("none", "basic", "full"), (5, 3, 2))[0],
                "wished_times": self._random.sample(("morning", "afternoon", "saturday"), 2)}

    def fill(self, journey: str, element: str, known: Known, now: datetime,
             age: timedelta) -> dict[str, Any]:
        """What a person writes into the form of `element`; `age` is how old the case is."""
        if journey == "complaint":
            return self._complaint(element, _grievance(known), known, now)
        return self._repair(element, _breakdown(known), known, now, age)

    def answer(self, element: str, known: Known) -> str:
        """The flow that a person chooses at a question."""
        if element == "Gateway_findings":
            missing = 0.18 if known.get("customer_answer") else 0.42
            return self._either(missing, "Flow_missing", "Flow_cause_found")
        if element == "Gateway_result":
            return self._random.choices(("Flow_repaired", "Flow_parts_needed", "Flow_nobody"),
                                        (52, 36, 12))[0]
        return self._either(0.12, "Flow_incomplete", "Flow_complete")

    def message(self, element: str, known: Known) -> dict[str, Any]:
        """What a customer's message brings."""
        if element == "Receive_information":
            return {"customer_answer": _grievance(known).answer}
        if element == "Event_reschedule":
            return {"new_wish": self._said(_breakdown(known).language,
                                           "Please come a day later, after five.",
                                           "请改到后一天下午五点以后。")}
        return {}

    def comment(self, known: Known) -> str:
        """What a colleague notes on the case."""
        story = _grievance(known) if "subject" in known else _breakdown(known)
        return self._random.choice(COMMENTS[story.language])

    def _complaint(self, element: str, story: Grievance, known: Known,
                   now: datetime) -> dict[str, Any]:
        def say(en: str, zh: str) -> str:
            return self._said(story.language, en, zh)
        match element:
            case "Task_first_answer":
                upset = 4 if story.severity == "high" else 1
                return {"mood": self._random.choices(("calm", "upset", "furious"),
                                                     (3, 4, upset))[0],
                        "first_answer": say("Listened, repeated it, named myself as the contact.",
                                            "已倾听并复述，告知由我负责跟进。")}
            case "Task_classify":
                hurt = 0.2 if story.severity == "high" else 0
                return {"cause": story.cause, "severity": story.severity,
                        "injury": self._either(hurt, "yes", "no")}
            case "Task_investigate":
                unclear = {} if known.get("customer_answer") else {"missing": story.question}
                return {"root_cause": story.root_cause, **unclear,
                        "our_fault": self._random.choices(("yes", "partly", "no"), (7, 2, 1))[0]}
            case "Task_ask":
                return {"question": story.question}
            case "Task_propose":
                return self._proposal(story, known)
            case "Task_approve":
                yes = 0.95 if known.get("approved") == "no" else 0.74
                return {"approved": self._either(yes, "yes", "no"),
                        "approval_note": say("Checked against the rules.", "已按规定核对。")}
            case "Task_apologise":
                return {"apology": f"{say('We are sorry.', '非常抱歉。')} {story.root_cause}"}
            case "Task_offer":
                yes = 0.96 if known.get("objection") else 0.84
                agreed = self._either(yes, "yes", "no")
                return {"agreed": agreed, "objection": None if agreed == "yes" else say(
                    "That doesn't cover what it cost me.", "这不够弥补我的损失。")}
            case "Service_pay":
                return {"payment_reference": f"TT{now:%y%m%d}-{self._random.randint(100, 999)}"}
            case "Task_thank":
                return {"thanked_by": self._random.choice(("phone", "mail", "letter")),
                        "lesson": story.lesson}
            case "Task_withdrawal":
                return {"withdrawal_reason": say("It solved itself.", "问题已自行解决。")}
        return {}

    def _proposal(self, story: Grievance, known: Known) -> dict[str, Any]:
        share = self._random.uniform(0.5, 1.0)
        if known.get("approved") == "no":
            share *= 0.6
        solution = _CAUSE_WISH[story.wish]
        goods = {"goods_value": f"{self._random.randrange(15, 90) * 10}.00"} \
            if solution == "replacement" else {}
        return {"solution": solution, "solution_text": story.solution,
                "compensation": f"{round(story.claimed * share, -1):.2f}", **goods}

    def _repair(self, element: str, story: Breakdown, known: Known, now: datetime,
                age: timedelta) -> dict[str, Any]:
        def say(en: str, zh: str) -> str:
            return self._said(story.language, en, zh)
        match element:
            case "Task_check":
                return {"model": f"{story.appliance[:2].upper()}-{self._random.randint(20, 79)}0",
                        "age_months": self._random.randint(2, 92),
                        "distance_km": self._random.randint(2, 45)}
            case "Task_book" | "Task_book_second":
                return self._visit(element, now)
            case "Task_visit":
                return {"diagnosis": story.diagnosis, "parts": story.parts}
            case "Task_order":
                cost = story.parts_cost * self._random.uniform(0.9, 1.25)
                due = now + timedelta(days=self._random.choices((2, 3, 4, 7, 9),
                                                                (4, 4, 3, 2, 1))[0])
                return {"supplier": story.supplier, "parts_cost": f"{cost:.2f}",
                        "parts_due": due.astimezone(ZONE).replace(hour=11, minute=0).isoformat()}
            case "Task_check_parts":
                return {"delivery_note": f"LS-{self._random.randint(10_000, 99_999)}"}
            case "Task_delay":
                return {"delay_told": say("The part is late; we brought a loan machine.",
                                          "配件延迟，已提供备用机。")}
            case "Task_second_visit":
                return {"work_done": story.work_done}
            case "Task_report":
                return {"work_done": story.work_done,
                        "labour_hours": self._random.choice(("0.5", "1", "1.5", "2", "3"))}
            case "Service_invoice":
                return {"invoice_number": f"R{now:%y%m}-{self._random.randint(1000, 9999)}",
                        "invoice_sent_by": self._random.choice(("mail", "post", "app"))}
            case "Task_callback":
                slow = age > timedelta(days=12)
                weights = (3, 3, 3, 2, 1) if slow else (1, 1, 3, 8, 8)
                return {"satisfaction": self._random.choices((1, 2, 3, 4, 5), weights)[0],
                        "callback_note": say("Took too long.", "时间太长。") if slow else
                        say("Works again, friendly technician.", "恢复正常，师傅态度很好。")}
            case "Task_make_good":
                return {"made_good": say("Called, listened, free service next year.",
                                         "致电倾听，赠送一次免费保养。")}
        return {}

    def _visit(self, element: str, now: datetime) -> dict[str, Any]:
        day = now.astimezone(ZONE) + timedelta(days=self._random.choices(
            (1, 2, 3, 4), (3, 4, 3, 1))[0])
        if day.weekday() == 6:
            day += timedelta(days=1)
        hour = self._random.choice((9, 10, 11, 14, 16, 17))
        at = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        technician = self._random.choice(("Pia Larsen", "李强"))
        if element == "Task_book_second":
            return {"second_visit_at": at.isoformat(), "technician": technician}
        window = "saturday" if at.weekday() == 5 else "evening" if hour == 17 else "day"
        return {"visit_at": at.isoformat(), "visit_window": window, "technician": technician}

    def _either(self, chance: float, yes: str, no: str) -> str:
        return yes if self._random.random() < chance else no

    def _said(self, language: str, en: str, zh: str) -> str:
        return zh if language == "zh" else en


def _grievance(known: Known) -> Grievance:
    return next((g for g in GRIEVANCES if g.subject == known.get("subject")), GRIEVANCES[0])


def _breakdown(known: Known) -> Breakdown:
    return next((b for b in BREAKDOWNS if b.fault == known.get("fault")), BREAKDOWNS[0])
