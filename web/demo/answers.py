"""What people of the demo write into forms and answer to questions: chosen, not random noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from engine.runtime.fields import FieldRule
from engine.runtime.forms import Form, FormField
from engine.runtime.model import Element

_SENTENCES = (
    "Customer called back and confirmed the details.",
    "客户已来电确认情况。",
    "Checked against the order; the facts are as described.",
    "已核对订单，情况属实。",
    "The customer was upset at first, calmer after we listened.",
    "客户起初很生气，倾听之后情绪缓和。",
    "Photo shows the damage clearly.",
    "照片清楚显示了损坏情况。",
)
#: Flows whose names say that work goes back are taken less often than the others.
_BACK = ("missing", "back", "again", "not ", "no", "reject", "incomplete")


class Answers:
    """Fills forms and answers questions, the same for the same seed."""

    def __init__(self, random: Random, now: datetime) -> None:
        self._random = random
        self.now = now
        self._asked: Counter[tuple[UUID, str]] = Counter()

    def fill(self, form: Form | None, rules: Mapping[str, FieldRule],
             known: Mapping[str, Any]) -> dict[str, Any]:
        """Values for the fields of a form; what is known already mostly stays."""
        values: dict[str, Any] = {}
        for field in form.fields if form is not None else ():
            rule = rules.get(field.key)
            if field.disabled or field.type == "filepicker" or rule is None \
                    or rule.type == "file":
                continue
            moment = rule.type in ("date", "datetime")
            if known.get(field.key) is not None and not moment and self._random.random() < 0.7:
                continue
            values[field.key] = self._value(field, rule)
        return values

    def answer(self, case: UUID, element: Element) -> tuple[str, ...]:
        """An answer to a question: going back is rarer, and rarer each time."""
        self._asked[case, element.id] += 1
        weights = [(0.3 / self._asked[case, element.id])
                   if any(word in answer.name.lower() for word in _BACK) else 1.0
                   for answer in element.answers]
        return (self._random.choices(element.answers, weights)[0].flow,)

    def _value(self, field: FormField, rule: FieldRule) -> Any:
        if rule.key == "satisfaction":
            return self._random.choices((1, 2, 3, 4, 5), (1, 1, 2, 5, 5))[0]
        match rule.type:
            case "choice":
                if set(rule.choices) == {"yes", "no"}:
                    return self._random.choices(("yes", "no"), (5, 1))[0]
                return self._random.choice(field.choices or rule.choices)
            case "boolean":
                return self._random.random() < 0.2
            case "integer" | "decimal":
                low, high = field.low or 1, field.high or 600
                # Most sums are small, few are large, whatever a form would allow.
                number = min(high, low + self._random.lognormvariate(4.5, 0.9)) if high > 100 \
                    else low + (high - low) * self._random.betavariate(1.3, 4)
                return round(number) if rule.type == "integer" else f"{number:.0f}.00"
            case "date":
                return (self.now + timedelta(days=self._random.randint(1, 6))).date().isoformat()
            case "datetime":
                return (self.now + timedelta(days=self._random.randint(1, 4))).isoformat()
            case "list":
                return []
            case _:
                return self._random.choice(_SENTENCES)[:field.longest or 500]
