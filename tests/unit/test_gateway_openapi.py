"""The OpenAPI document: one operation a route, and no code that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from docs import reasons
from gateway.endpoint import Endpoint
from gateway.openapi.document import document
from gateway.routes.table import TABLE

ANSWERED = {
    (str(status), code)
    for reason in (
        *reasons.outside(),
        *(each for service in reasons.SERVICES for each in reasons.of_service(service)),
    )
    for status, code in [reason.http_answer]
}


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(TABLE, "1.2.3", "https://hub.example.com")


def operations(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in described["paths"].values():
        yield from path.values()


def test_every_route_is_one_operation(described: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(described)]
    heads = [endpoint for endpoint in TABLE if endpoint.tells_head]
    assert len(ids) == len(set(ids)) == len(TABLE) + len(heads)


@pytest.mark.parametrize("endpoint", TABLE, ids=lambda endpoint: endpoint.route)
def test_a_code_is_answered_with_its_status(endpoint: Endpoint) -> None:
    told = {tuple(each.split(" ")) for each in endpoint.errors}
    assert told - ANSWERED == set()


CONTENT = (
    "/content/{key}",
    *(f"/api/v1/assets/{{id}}{each}/content" for each in ("", "/derivatives/{kind}")),
)
RUN = "/api/v1/assets/{id}/skills/{skillName}/run"


@pytest.mark.parametrize(
    ("path", "method", "names"),
    [
        *((path, "get", {"Range", "If-Range", "If-None-Match"}) for path in CONTENT),
        *((path, "head", {"If-None-Match"}) for path in CONTENT),
        (RUN, "post", {"Prefer", "Idempotency-Key"}),
        ("/api/v1/executions/{id}/events", "get", {"Last-Event-ID"}),
    ],
)
def test_the_headers_of_a_request(
    described: dict[str, Any], path: str, method: str, names: set[str]
) -> None:
    parameters = described["paths"][path][method]["parameters"]
    assert {each["name"] for each in parameters if each["in"] == "header"} == names


WHOLE = {"ETag", "Cache-Control", "Accept-Ranges", "Content-Disposition"}


@pytest.mark.parametrize(
    ("path", "method", "status", "names"),
    [
        *((path, "get", "200", WHOLE) for path in CONTENT),
        *((path, "head", "200", WHOLE) for path in CONTENT),
        *((path, "get", "206", WHOLE | {"Content-Range"}) for path in CONTENT),
        *((path, "get", "304", {"ETag", "Cache-Control", "Accept-Ranges"}) for path in CONTENT),
        *((path, "get", "416", {"Content-Range"}) for path in CONTENT),
        *((path, "get", "307", {"Location", "Cache-Control"}) for path in CONTENT[1:]),
        ("/api/v1/assets", "post", "202", {"Location", "Idempotent-Replayed"}),
        (RUN, "post", "200", {"Idempotent-Replayed"}),
        (RUN, "post", "202", {"Location", "Idempotent-Replayed"}),
        (RUN, "post", "503", {"Location", "Retry-After"}),
        (RUN, "post", "504", {"Location"}),
        ("/api/v1/users", "post", "201", {"Location", "Idempotent-Replayed"}),
        ("/api/v1/system/workflows", "post", "201", {"Location", "Idempotent-Replayed"}),
        (
            "/api/v1/assets/{id}/workflows/{workflowId}/run",
            "post",
            "202",
            {"Location", "Idempotent-Replayed"},
        ),
    ],
)
def test_the_headers_of_an_answer(
    described: dict[str, Any], path: str, method: str, status: str, names: set[str]
) -> None:
    answer = described["paths"][path][method]["responses"][status]
    assert answer["headers"].keys() == names


def test_a_head_has_no_body(described: dict[str, Any]) -> None:
    head = described["paths"][CONTENT[0]]["head"]
    assert head["responses"].keys() & {"206", "416"} == set()
    assert [each for each in head["responses"].values() if "content" in each] == []


def test_names_of_shapes_are_words(described: dict[str, Any]) -> None:
    names = described["components"]["schemas"]
    assert [each for each in names if not each[0].isupper()] == []


@pytest.mark.parametrize("place", ["", "/derivatives/{kind}"])
def test_content_may_be_lost(described: dict[str, Any], place: str) -> None:
    operation = described["paths"][f"/api/v1/assets/{{id}}{place}/content"]["get"]
    assert "`content_not_found`" in operation["responses"]["404"]["description"]


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    references = set(_references(described))
    assert {f"#/components/schemas/{name}" for name in schemas} == references


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    Draft202012Validator(OPENAPI_31).validate(described)


def test_every_schema_is_one(described: dict[str, Any]) -> None:
    for schema in described["components"]["schemas"].values():
        Draft202012Validator({**schema, "components": described["components"]})


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)
