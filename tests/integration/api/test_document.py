"""The OpenAPI document says what the API does, and the API holds to it under random input."""

from __future__ import annotations

from itertools import product

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.generation import GenerationMode

from tests.integration.api.conftest import Program
from web.access import marker_of


def test_the_document_is_openapi_3_1_and_holds_every_operation(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    served = {rule.rule for rule in app.url_map.iter_rules()
              if rule.endpoint.startswith("api_")}
    assert len(document["paths"]) == len(served)
    for path, operations in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in operations.values():
            assert operation["summary"] and operation["operationId"]
            problem = operation["responses"]["422"]["content"]["application/problem+json"]
            assert problem["schema"]["$ref"].endswith("/Problem")


def test_every_operation_but_login_asks_for_a_token(app):
    document = app.test_client().get("/api/v1/openapi.json").json
    open_ones = [path for path, operations in document["paths"].items()
                 for operation in operations.values() if "security" not in operation]
    assert open_ones == ["/api/v1/tokens"]
    kinds = {marker_of(view).kind for name, view in app.view_functions.items()
             if name.startswith("api_") and name != "api_tokens.issue"}
    assert kinds == {"token"}


@pytest.mark.filterwarnings("default")
def test_random_requests_get_what_the_document_promises_and_never_an_error_500(app):
    case = Program(app, "lin").post("/cases", {"journey": "claim"}).json
    headers = Program(app, "ada").headers
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    checks = [schemathesis.checks.not_a_server_error,
              schemathesis.checks.CHECKS.get_one("response_schema_conformance"),
              schemathesis.checks.CHECKS.get_one("status_code_conformance"),
              schemathesis.checks.CHECKS.get_one("content_type_conformance")]
    known = {"reference": case["number"], "item_id": case["work_items"][0]["id"],
             "key": "claim", "number": 1}
    operations = [one.ok() for one in schema.get_all_operations()]
    assert len(operations) >= 25
    for operation, mode in product(operations, GenerationMode):
        @hypothesis.settings(max_examples=6, deadline=None, derandomize=True, database=None,
                             phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @hypothesis.given(sent=operation.as_strategy(generation_mode=mode),
                          real=hypothesis.strategies.booleans())
        def run(sent: schemathesis.Case, real: bool) -> None:
            if real:  # half of them reach something that exists
                for name in set(sent.path_parameters or {}) & set(known):
                    sent.path_parameters[name] = known[name]
                if isinstance(sent.body, dict) and "journey" in sent.body:
                    sent.body["journey"] = "claim"
            sent.call_and_validate(headers=headers, checks=checks)

        run()


def test_a_part_of_a_form_without_a_name_is_no_error_500(max_):
    answer = max_.client.post("/api/v1/journeys", headers=max_.headers, data=(
        b"--x\r\nContent-Disposition: form-data\r\n\r\n[]\r\n--x--\r\n"),
        content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (403, 422)
