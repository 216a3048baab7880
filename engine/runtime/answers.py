"""What a question admits as an answer."""

from __future__ import annotations

from collections.abc import Sequence

from engine.infra.errors import Invalid
from engine.runtime.model import Answer


def refuse_company(possible: Sequence[Answer], given: Sequence[str]) -> None:
    """Raise Invalid when a default way is chosen beside others.

    BPMN follows it only where no other way is (2.0.2, 13.4.3).
    """
    for answer in possible:
        if answer.alone and answer.flow in given and len(given) > 1:
            raise Invalid("“{answer}” is for when none of the others is meant: choose it alone.",
                          field="answers", answer=answer.name or answer.flow)
