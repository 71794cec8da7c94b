"""What a route may answer: its successes, and every error by its code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from typing_extensions import TypedDict

from gateway.convert.shape import documented
from gateway.endpoint import Endpoint, Header

Schema = dict[str, Any]
Schemas = Mapping[Any, Schema]
"""The schema of each shape, by the shape."""

BODILESS = frozenset(
    {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED, HTTPStatus.TEMPORARY_REDIRECT}
)
"""Successes without content."""
HEADERS: Mapping[str, Schema] = {
    "307": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
    "401": {"WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}}},
    "429": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    "503": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}
"""What answers of a status always carry."""
REPLAYED = Header(
    "Idempotent-Replayed",
    "`true` if an equal request with the same key had its effect before.",
    (200, 201, 202),
    required=False,
)
_ALWAYS = ("500 internal_server_error", "503 service_unavailable", "504 deadline_exceeded")
_GUARDED = (
    "401 auth_unauthorized",
    "401 api_key_invalid",
    "401 auth_token_invalid",
    "401 auth_token_expired",
    "403 auth_forbidden",
)
_UNSAFE = ("403 auth_csrf_missing",)
_WITH_PLACES = ("404 route_not_found",)
"""A slash or a line break in what fills a place makes another path of it."""
_WITH_BODY = ("400 request_invalid", "413 request_too_large")
_WITH_KEY = ("422 idempotency_key_reused",)


@documented
class ErrorJson(TypedDict):
    """Why a request failed."""

    code: str
    """Stable; the only part to branch on."""
    message: str
    """For people."""
    traceId: str
    """Stands in every log line of every service that the request touched."""
    status: int


@documented
class FailureJson(TypedDict):
    """The envelope of every failure."""

    error: ErrorJson


def answers(endpoint: Endpoint, schemas: Schemas) -> Schema:
    """The Responses Object of a route."""
    responses = {
        str(status): _success(endpoint, status, shape, schemas)
        for status, shape in endpoint.answers.items()
        if status < HTTPStatus.BAD_REQUEST
    }
    for status, codes in sorted(_failures(endpoint).items()):
        responses[status] = {
            "description": ", ".join(f"`{code}`" for code in codes),
            "content": {"application/json": {"schema": _failure(codes, schemas)}},
        }
    for status, response in responses.items():
        if endpoint.method == "HEAD":
            response.pop("content", None)
        if headers := _answer_headers(endpoint, status):
            response["headers"] = headers
    return responses


def _answer_headers(endpoint: Endpoint, status: str) -> Schema:
    always = HEADERS.get(status, {})
    headers = {name: {"required": True, **header} for name, header in always.items()}
    told = list(endpoint.answer_headers)
    if endpoint.takes_idempotency_key:
        told.append(REPLAYED)
    for each in told:
        if int(status) in each.statuses:
            headers[each.name] = {
                "required": each.required,
                "description": each.description,
                "schema": {"type": "string"},
            }
    return headers


def _failure(codes: Sequence[str], schemas: Schemas) -> Schema:
    """The envelope with one of these codes."""
    error = {"properties": {"code": {"enum": list(codes)}}}
    return {**schemas[FailureJson], "properties": {"error": error}}


def _success(endpoint: Endpoint, status: int, shape: Any, schemas: Schemas) -> Schema:
    described: Schema = {"description": HTTPStatus(status).phrase}
    if shape is not None:
        envelope = {
            "type": "object",
            "properties": {"data": schemas[shape]},
            "required": ["data"],
        }
        described["content"] = {endpoint.media: {"schema": envelope}}
    elif status not in BODILESS:
        described["content"] = {endpoint.media: {}}
    return described


def _failures(endpoint: Endpoint) -> dict[str, list[str]]:
    """The codes of each status that it may fail with."""
    told = [*endpoint.errors, *_ALWAYS]
    if not endpoint.is_open:
        told += _GUARDED if endpoint.is_safe else (*_GUARDED, *_UNSAFE)
    if endpoint.places:
        told += _WITH_PLACES
    if endpoint.body is not None or endpoint.form:
        told += _WITH_BODY
    if endpoint.takes_idempotency_key:
        told += _WITH_KEY
    codes: dict[str, list[str]] = {}
    for each in told:
        status, _, code = each.partition(" ")
        codes.setdefault(status, []).append(code)
    return codes
