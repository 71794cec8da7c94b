"""The OpenAPI document: one operation a route, and no code that does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31

from docs import reasons
from gateway.endpoint import Endpoint
from gateway.openapi import document
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
    assert len(ids) == len(set(ids)) == len(TABLE)


@pytest.mark.parametrize("endpoint", TABLE, ids=lambda endpoint: endpoint.route)
def test_a_code_is_answered_with_its_status(endpoint: Endpoint) -> None:
    told = {tuple(each.split(" ")) for each in endpoint.errors}
    assert told - ANSWERED == set()


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
