"""SpiffArena (SpiffWorkflow): elements of `spiffworkflow:`.

Valid: `spiffworkflow:property name="formJsonSchemaFilename"` with a JSON schema in the pack,
`spiffworkflow:preScript` and `postScript` in Python, `spiffworkflow:calledDecisionId`.
Invalid (kept, ignored, reported): service task operators, unit tests, guest confirmations.
"""

from __future__ import annotations

from engine.intake.bpmn import Element, content
from engine.intake.dialects.said import Said
from engine.intake.dialects.xml import Extensions

KEY = "spiffarena"
NAMESPACES = frozenset({"http://spiffworkflow.org/bpmn/schema/1.0/core"})
HONOURED = frozenset({
    "properties", "property", "preScript", "postScript", "calledDecisionId",
    "serviceTaskOperator", "processVariableCorrelation", "propertyId", "expression",
})


def said(element: Element, root: Element) -> Said:
    """What SpiffArena's extensions say about `element`."""
    own = Extensions(element, NAMESPACES)
    properties = {each.get("name", ""): each.get("value", "")
                  for each in own.elements("properties", "property")}
    return Said(
        form=properties.get("formJsonSchemaFilename", "").strip(),
        job=own.value("id", "serviceTaskOperator"),
        first=content(own.first("preScript")), last=content(own.first("postScript")),
        decision=content(own.first("calledDecisionId")))
