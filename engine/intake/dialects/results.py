"""What a decision gives, under the name that a step wants it by.

Valid: `camunda:resultVariable="level"` with `mapDecisionResult="singleEntry"`: the one output;
`zeebe:calledDecision resultVariable="result"` of a table with two outputs: both, by name.
Invalid: a result of a decision that is not in the pack; a name that no field may have.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.intake.dialects.said import Said
from engine.intake.dialects.written import is_field


def result_of(said: Said, outputs: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
    """The field and the Python that gives it from the decision's outputs; None for nothing."""
    names = outputs.get(said.decision, ())
    if not is_field(said.result) or not names or not all(map(is_field, names)):
        return None
    row = "{" + ", ".join(f"{name!r}: {name}" for name in names) + "}"
    single = {"value": names[0], "row": row, "rows": f"[{row}]", "values": f"[{names[0]}]"}
    source = single.get(said.result_kind) or (names[0] if len(names) == 1 else row)
    return None if source == said.result else (said.result, source)
