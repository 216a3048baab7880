"""A small journey over two departments, with a form, a question, a message and a promise."""

from __future__ import annotations

import json
from pathlib import Path

from engine.intake.records import Version
from engine.people.access import SYSTEM
from engine.wiring import Baton
from tests.support.bpmn import Drawing

DRAWING = (
    Drawing("Refund").start().user("Answer", "Answer the customer").gateway("Decide")
    .user("Pay", "Pay the money back").message("Reply", "Customer replied").end()
    .path("Begin", "Answer", "Decide")
    .flow("Decide", "Pay", id="agree", name="Agree").flow("Decide", "Reply", id="ask", name="Ask")
    .flow("Decide", "Answer", id="again", name="Answer again")
    .path("Pay", "Finish").path("Reply", "Finish")
    .lane("Desk", "Begin", "Answer", "Reply").lane("Money", "Decide", "Pay", "Finish"))

TOML = """
key = "refund"
prefix = "RF"
name = { en = "Refund", zh = "退款" }
description = { en = "Someone wants money back.", zh = "客户要求退款。" }
department = "service-desk"
start_form = "start"
lanes = { Desk = "service-desk", Money = "billing" }

[fields.subject]
type = "text"
label = { en = "What is it about?", zh = "事由" }
[fields.amount]
type = "decimal"
label = { en = "Amount", zh = "金额" }
[fields.photos]
type = "file"
label = { en = "Photos", zh = "照片" }
[fields.wish]
type = "choice"
label = { en = "Wish", zh = "诉求" }
choices = { money = { en = "Money back", zh = "退钱" }, goods = { en = "New goods", zh = "换货" } }

[steps.Answer]
form = "answer"
instructions = { en = "Call them first.", zh = "请先致电。" }

[labels.zh]
Answer = "答复客户"
Decide = "是否同意？"
agree = "同意"
ask = "询问客户"
Pay = "退还款项"
Reply = "客户已回复"

[[standards]]
key = "first"
name = { en = "First answer within 2 business hours", zh = "两小时内首次答复" }
target = "2 business hours"
stop = "Answer"
"""


def _field(kind: str, key: str, *, required: bool = False, **more: object) -> dict[str, object]:
    return {"id": f"Field_{key}", "type": kind, "key": key, "label": key,
            "validate": {"required": required}, **more}


FORMS = {
    "start": [_field("textfield", "subject", required=True), _field("number", "amount"),
              _field("filepicker", "photos")],
    "answer": [_field("textfield", "subject", required=True),
               _field("select", "wish", required=True, values=[
                   {"label": "money", "value": "money"}, {"label": "goods", "value": "goods"}]),
               _field("filepicker", "photos")],
}


def publish_refund(baton: Baton, folder: Path) -> Version:
    """Write the pack and publish it."""
    (folder / "forms").mkdir(parents=True)
    (folder / "journey.bpmn").write_bytes(DRAWING.xml())
    (folder / "journey.toml").write_text(TOML, encoding="utf-8")
    for name, components in FORMS.items():
        schema = {"type": "default", "id": f"Form_{name}", "components": components}
        (folder / "forms" / f"{name}.json").write_text(json.dumps(schema))
    with baton.command() as services:
        return services.intake.publish_path(folder, by=SYSTEM.person)
