"""Drawings built in a test, so that each test shows the model it speaks of."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:baton="urn:baton:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="Definitions" targetNamespace="urn:test">'
)


class Drawing:
    """A process drawn call by call; every call returns the drawing."""

    def __init__(self, process: str = "P", executable: bool = True) -> None:
        self.process = process
        self._executable = executable
        self._parts: list[str] = []
        self._roots: list[str] = []
        self._lanes: list[str] = []
        self._flows = 0

    def element(self, kind: str, id: str, name: str = "", inner: str = "",
                **attributes: str) -> Drawing:
        """Any element: `kind` is its BPMN local name; `a__b` in an attribute means a:b."""
        named = {"id": id, **({"name": name} if name else {}),
                 **{key.replace("__", ":"): value for key, value in attributes.items()}}
        text = " ".join(f"{key}={quoteattr(value)}" for key, value in named.items())
        self._parts.append(f"<bpmn:{kind} {text}>{inner}</bpmn:{kind}>")
        return self

    def start(self, id: str = "Begin", inner: str = "") -> Drawing:
        return self.element("startEvent", id, inner=inner)

    def end(self, id: str = "Finish", inner: str = "") -> Drawing:
        return self.element("endEvent", id, inner=inner)

    def user(self, id: str, name: str = "", **attributes: str) -> Drawing:
        return self.element("userTask", id, name or id, **attributes)

    def script(self, id: str, text: str) -> Drawing:
        return self.element("scriptTask", id, id, f"<bpmn:script>{escape(text)}</bpmn:script>")

    def timer(self, id: str, text: str, kind: str = "timeDuration") -> Drawing:
        return self.element("intermediateCatchEvent", id, inner=self._timer(text, kind))

    def boundary_timer(self, id: str, on: str, text: str, kind: str = "timeDuration",
                       interrupting: bool = True) -> Drawing:
        return self.element("boundaryEvent", id, inner=self._timer(text, kind), attachedToRef=on,
                            cancelActivity=str(interrupting).lower())

    def message(self, id: str, message: str) -> Drawing:
        self._message(message)
        return self.element("intermediateCatchEvent", id,
                            inner=f'<bpmn:messageEventDefinition messageRef="{message}"/>')

    def boundary_message(self, id: str, on: str, message: str,
                         interrupting: bool = True) -> Drawing:
        self._message(message)
        return self.element("boundaryEvent", id, attachedToRef=on,
                            cancelActivity=str(interrupting).lower(),
                            inner=f'<bpmn:messageEventDefinition messageRef="{message}"/>')

    def gateway(self, id: str, kind: str = "exclusive", **attributes: str) -> Drawing:
        return self.element(f"{kind}Gateway", id, id, **attributes)

    def subprocess(self, id: str, inner: Drawing) -> Drawing:
        return self.element("subProcess", id, id, inner="".join(inner._parts))

    def lane(self, id: str, *elements: str, name: str = "") -> Drawing:
        refs = "".join(f"<bpmn:flowNodeRef>{e}</bpmn:flowNodeRef>" for e in elements)
        self._lanes.append(f'<bpmn:lane id="{id}" name="{name or id}">{refs}</bpmn:lane>')
        return self

    def flow(self, source: str, target: str, condition: str = "", id: str = "",
             name: str = "") -> Drawing:
        self._flows += 1
        inner = (f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                 f"{escape(condition)}</bpmn:conditionExpression>" if condition else "")
        return self.element("sequenceFlow", id or f"Flow_{self._flows}_{source}_{target}", name,
                            inner, sourceRef=source, targetRef=target)

    def path(self, *ids: str) -> Drawing:
        for source, target in zip(ids, ids[1:], strict=False):
            self.flow(source, target)
        return self

    def xml(self) -> bytes:
        lanes = f'<bpmn:laneSet id="Lanes">{"".join(self._lanes)}</bpmn:laneSet>' \
            if self._lanes else ""
        return (f"{_HEAD}{''.join(self._roots)}"
                f'<bpmn:process id="{self.process}" name="{self.process}" '
                f'isExecutable="{str(self._executable).lower()}">'
                f"{lanes}{''.join(self._parts)}</bpmn:process></bpmn:definitions>").encode()

    @staticmethod
    def _timer(text: str, kind: str) -> str:
        return (f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}>"
                "</bpmn:timerEventDefinition>")

    def _message(self, name: str) -> None:
        root = f'<bpmn:message id="{name}" name="{name}"/>'
        if root not in self._roots:
            self._roots.append(root)
