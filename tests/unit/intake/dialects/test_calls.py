"""HTTP steps of other tools become calls that a designer may switch on."""

from __future__ import annotations

import pytest

from engine.intake.dialects.propose import propose
from engine.intake.known import known_of
from engine.intake.service_call import ServiceCall
from engine.intake.settings import JourneySettings, StepSettings, from_dict, to_dict
from engine.intake.understand import understand
from tests.support.intake import line

NOTHING = JourneySettings(key="j", name={"en": "J"}, prefix="J")
FLOWABLE = 'xmlns:flowable="http://flowable.org/bpmn" flowable:type="http"'


def step(inside: str, attributes: str = "") -> bytes:
    return line(f'<serviceTask id="t" name="Ask" {attributes}><extensionElements>{inside}'
                '</extensionElements></serviceTask>')


def connector(**inputs: str) -> str:
    given = "".join(f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>'
                    for name, text in inputs.items())
    return ("<camunda:connector><camunda:connectorId>http-connector</camunda:connectorId>"
            f'<camunda:inputOutput>{given}<camunda:outputParameter name="order_id">'
            '${S(response).prop("order").prop("id").value()}</camunda:outputParameter>'
            '<camunda:outputParameter name="code">${statusCode}</camunda:outputParameter>'
            "</camunda:inputOutput></camunda:connector>")


def zeebe(task: dict[str, str], /, **inputs: str) -> str:
    given = "".join(f"<zeebe:input source='{text}' target='{name.replace('__', '.')}'/>"
                    for name, text in inputs.items())
    said = "".join(f"<zeebe:header key='{key}' value='{text}'/>" for key, text in task.items())
    return ("<zeebe:taskDefinition type='io.camunda:http-json:1' retries='3'/>"
            f"<zeebe:ioMapping>{given}</zeebe:ioMapping>"
            f"<zeebe:taskHeaders>{said}</zeebe:taskHeaders>")


def field(name: str, text: str) -> str:
    return (f'<flowable:field xmlns:flowable="http://flowable.org/bpmn" name="{name}">'
            f"<flowable:string>{text}</flowable:string></flowable:field>")


def call_of(drawing: bytes) -> ServiceCall | None:
    settings, _ = propose(drawing, NOTHING, {})
    assert from_dict(to_dict(settings)) == settings
    return settings.steps.get("t", StepSettings()).call


def found(drawing: bytes, code: str = "drawn_calls") -> list[str]:
    settings, files = propose(drawing, NOTHING, {})
    report = understand(drawing, known=known_of(settings, files))
    return [each.message["en"] for each in report.findings if each.code == code]


def test_an_http_connector_of_camunda_7():
    drawing = step(connector(
        url="https://shop.example/orders/${customer.no}/new", method="post",
        headers='<camunda:map><camunda:entry key="Accept">application/json</camunda:entry>'
                "</camunda:map>", payload='{"note": "${note}"}'))
    assert call_of(drawing) == ServiceCall(
        "https://shop.example/orders/{customer['no']}/new", "POST", {"Accept": "application/json"},
        """= '{"note": "' + str(note) + '"}'""", on=False,
        result={"order_id": "= response.body.order.id", "code": "= response.status"})
    [said] = found(drawing)
    assert said.startswith("The drawing calls shop.example here (POST). The call stands in")
    assert found(drawing, "vendor") == [], "what was read is not said to be ignored"


def test_an_http_connector_of_camunda_8():
    drawing = step(zeebe(
        {"resultExpression": "= {order_id: response.body.id}", "resultVariable": "answer",
         "retryBackoff": "PT20S"},
        method="POST", url='= "https://shop.example/orders/" + string(order_no)',
        authentication__type="bearer", authentication__token="{{secrets.SHOP}}",
        headers='= {"X-Kind": kind}', body="= {note: note}", connectionTimeoutInSeconds="7",
        readTimeoutInSeconds="45"))
    assert call_of(drawing) == ServiceCall(
        "https://shop.example/orders/{order_no}", "POST",
        {"X-Kind": "= kind", "Authorization": "= 'Bearer ' + secret.SHOP"}, "= {'note': note}",
        {"answer": "= response", "order_id": "= response.body.id"}, timeout=45, retries=2, rest=20,
        on=False)
    assert "could not read" not in found(drawing)[0]


def test_an_http_task_of_flowable():
    drawing = step(field("requestMethod", "PUT") + field("requestUrl", "https://a.example/${no}")
                   + field("requestHeaders", "Accept: text/plain\nX-No: ${no}")
                   + field("requestBody", "Hello ${name}") + field("requestTimeout", "2500")
                   + field("responseVariableName", "answer") + field("failStatusCodes", "5XX"),
                   FLOWABLE)
    assert call_of(drawing) == ServiceCall(
        "https://a.example/{no}", "PUT", {"Accept": "text/plain", "X-No": "= no"},
        "= 'Hello ' + str(name)", {"answer": "= response.body"}, timeout=3, on=False)
    assert "could not read: failStatusCodes." in found(drawing)[0]


def test_what_can_not_be_read_is_left_out_and_said():
    drawing = step(zeebe({"errorExpression": "= if x then y else z"}, method="GET",
                         url="https://a.example/", authentication__type="basic",
                         headers="= get headers()", body="= beans.make(1)"))
    made = call_of(drawing)
    assert made == ServiceCall("https://a.example/", retries=2, on=False)
    [said] = found(drawing)
    for name in ("authentication", "errorExpression", "headers", "body"):
        assert name in said


@pytest.mark.parametrize("url", ["${baseUrl}/orders", "= base + path", "https://${host}/x", "soon",
                                 "", "ftp://a.example/", "${bean.url(1)}"])
def test_data_never_choose_whom_baton_calls(url):
    drawing = step(connector(url=url, method="GET"))
    assert call_of(drawing) is None
    assert "whose address Baton can't read" in found(drawing)[0]


def test_a_person_does_the_step_until_the_call_is_switched_on():
    drawing = step(connector(url="https://a.example/", method="GET"))
    settings, files = propose(drawing, NOTHING, {})
    report = understand(drawing, known=known_of(settings, files))
    assert [each.rule for each in report.adaptations] == ["by_hand"]
    on = from_dict({**to_dict(settings), "steps": {"t": {"call": {"url": "https://a.example/"}}}})
    report = understand(drawing, known=known_of(on, files))
    assert [each.rule for each in report.adaptations] == ["service_calls"]
    assert [each for each in report.findings if each.code == "drawn_calls"] == []


def test_another_connector_is_no_call():
    mail = connector(url="x").replace("http-connector", "mail-connector")
    assert call_of(step(mail)) is None and found(step(mail)) == []
    assert "connector" in found(step(mail), "vendor")[0]
