"""What the shapes of a drawing are called, and what Baton does at each when nothing is special."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext

from engine.intake.bpmn import ACTIVITIES

NAMES = {
    "task": lazy_gettext("Task"), "userTask": lazy_gettext("User task"),
    "manualTask": lazy_gettext("Manual task"), "serviceTask": lazy_gettext("Service task"),
    "sendTask": lazy_gettext("Send task"), "receiveTask": lazy_gettext("Receive task"),
    "scriptTask": lazy_gettext("Script task"),
    "businessRuleTask": lazy_gettext("Business rule task"),
    "subProcess": lazy_gettext("Sub-process"), "transaction": lazy_gettext("Transaction"),
    "adHocSubProcess": lazy_gettext("Ad-hoc sub-process"),
    "callActivity": lazy_gettext("Call activity"),
    "exclusiveGateway": lazy_gettext("Exclusive gateway"),
    "inclusiveGateway": lazy_gettext("Inclusive gateway"),
    "parallelGateway": lazy_gettext("Parallel gateway"),
    "complexGateway": lazy_gettext("Complex gateway"),
    "eventBasedGateway": lazy_gettext("Event-based gateway"),
    "startEvent": lazy_gettext("Start"), "endEvent": lazy_gettext("End"),
    "intermediateCatchEvent": lazy_gettext("Waiting event"),
    "intermediateThrowEvent": lazy_gettext("Event that is thrown"),
    "boundaryEvent": lazy_gettext("Event on a step"),
}

#: What a person does as they are drawn.
BY_HAND = frozenset({"task", "userTask", "manualTask"})
_PLAIN = {
    "task": lazy_gettext("A person does this step: it appears in the list of the department."),
    "scriptTask": lazy_gettext("Baton runs the script that is drawn."),
    "businessRuleTask": lazy_gettext("Baton looks the answer up in the decision table."),
    "callActivity": lazy_gettext("The process that it calls is run here, to its end."),
    "exclusiveGateway": lazy_gettext("The conditions on its flows choose the way."),
    "inclusiveGateway": lazy_gettext("Every way whose condition holds is taken."),
    "parallelGateway": lazy_gettext(
        "All ways go on at the same time; where they meet again, all are waited for."),
    "eventBasedGateway": lazy_gettext("The first of its events to happen chooses the way."),
    "startEvent": lazy_gettext("A case begins here."),
    "endEvent": lazy_gettext("This way ends here; the case ends when all ways have."),
    "intermediateCatchEvent": lazy_gettext("The case waits here until it happens."),
    "boundaryEvent": lazy_gettext("Watched for as long as the step that it sits on is open."),
}


#: Types of fields, as a designer chooses them for a form.
FIELD_TYPES = {
    "text": lazy_gettext("Text"), "integer": lazy_gettext("Whole number"),
    "decimal": lazy_gettext("Number"), "boolean": lazy_gettext("Yes or no"),
    "date": lazy_gettext("Date"), "datetime": lazy_gettext("Date and time"),
    "choice": lazy_gettext("One of several"), "list": lazy_gettext("Any of several"),
    "file": lazy_gettext("Files"),
}


def kind_name(kind: str) -> str:
    """What people call this kind of element."""
    return str(NAMES.get(kind, kind))


def plainly(kind: str) -> str:
    """What Baton does at an element of this kind that runs as it is drawn."""
    if kind in BY_HAND:
        return str(_PLAIN["task"])
    if kind in ("subProcess", "transaction", "adHocSubProcess"):
        return gettext("Its steps are done inside, as they are drawn.")
    return str(_PLAIN.get(kind, gettext("It runs by itself, as it is drawn.")))


def is_activity(kind: str) -> bool:
    """Whether it is a step or a sub-process."""
    return kind in ACTIVITIES
