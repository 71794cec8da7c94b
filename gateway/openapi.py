"""OpenAPI 3.1, told from the route table and from the shapes that requests and answers have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from typing_extensions import TypedDict

from gateway.convert.shape import documented
from gateway.endpoint import Endpoint, Header
from gateway.form import Field
from gateway.idempotency import KEY_CHARACTERS
from gateway.query import Parameter
from gateway.session import ACCESS_COOKIE, CSRF_HEADER

Schema = dict[str, Any]

PLACES = {
    "id": "Its id.",
    "key": "Its storage key, which has slashes.",
    "kind": "The derivative's kind, for example `thumbnail_256`.",
    "skillName": "The skill's name.",
    "workflowId": "The workflow's id.",
}
"""What the open places of paths mean."""
PICTURE = "image/*"
"""Content type of a form's file."""
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
_SCHEMES: Schema = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token or an API key.",
    },
    "accessToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token; API keys are refused.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": ACCESS_COOKIE,
        "description": "Set by signing in with `session`. A header `Authorization` wins over it.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "Is `1`, beside the cookie where something may change.",
    },
}


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


class _Schemas(GenerateJsonSchema):
    """Names of shapes without the endings that they have among the code."""

    def normalize_name(self, name: str) -> str:
        """For example "PageAsset" of "Page[AssetJson]", "ProfileInput" of "ProfileBody"."""
        return re.sub(r"Json\b|\W", "", re.sub(r"Body\b", "Input", name))

    def default_schema(self, schema: Any) -> Schema:
        """No default that is null: it stands for what is left out, which is something else."""
        if schema.get("default", ...) is None:
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A field's name says enough."""
        return False


def document(table: Sequence[Endpoint], version: str, server: str) -> Schema:
    """The whole document; `server` is where the gateway is reached."""
    schemas, definitions = _schemas(table)
    paths: dict[str, Schema] = {}
    for endpoint in table:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", endpoint.path)
        for each in (endpoint, endpoint.head) if endpoint.tells_head else (endpoint,):
            paths.setdefault(path, {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "NekoHub Skills",
            "version": version,
            "description": "A hub for pictures that explain themselves. A success is "
            '`{"data": …}`, a failure `{"error": {"code", "message", "traceId", "status"}}`.',
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": _SCHEMES,
        },
    }


def _schemas(table: Sequence[Endpoint]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """The schema of each shape by the shape, and the definitions that these refer to."""
    answers = [shape for each in table for shape in each.answers.values() if shape is not None]
    bodies = [each.body for each in table if each.body is not None]
    inputs: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        *((shape, "serialization", TypeAdapter(shape)) for shape in _once([*answers, FailureJson])),
        *((body, "validation", TypeAdapter(body)) for body in _once(bodies)),
    ]
    found, collected = TypeAdapter.json_schemas(
        inputs, ref_template="#/components/schemas/{model}", schema_generator=_Schemas
    )
    definitions = collected["$defs"]
    for definition in definitions.values():
        definition.pop("title", None)
    return {shape: schema for (shape, _), schema in found.items()}, definitions


def _once(shapes: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(shapes))


def _operation(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema:
    operation: Schema = {
        "summary": endpoint.summary,
        "operationId": _operation_id(endpoint),
        "tags": [endpoint.handler.__module__.rpartition(".")[2]],
        "parameters": [*_parameters(endpoint)],
        "responses": _responses(endpoint, schemas),
        "security": _security(endpoint),
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.permission is not None:
        operation["x-permission"] = endpoint.permission
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": not endpoint.body_is_optional,
            "content": {"application/json": {"schema": schemas[endpoint.body]}},
        }
    if endpoint.form:
        operation["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": _form(endpoint.form)},
        }
    return operation


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    """Each of which is enough; none for an open route."""
    if endpoint.is_open:
        return []
    names = ["session"] if endpoint.is_safe else ["session", "csrf"]
    header = "accessToken" if endpoint.signed_in else "bearer"
    return [{header: []}, {name: [] for name in names}]


def _operation_id(endpoint: Endpoint) -> str:
    noun = endpoint.handler.__module__.rpartition(".")[2]
    name = f"{noun}.{endpoint.handler.__name__}"
    return f"{name}.head" if endpoint.method == "HEAD" else name


def _parameters(endpoint: Endpoint) -> Iterable[Schema]:
    for name in endpoint.places:
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "description": PLACES[name],
            "schema": {"type": "string"},
        }
    for parameter in endpoint.query:
        yield from _query(parameter)
    for parameter in endpoint.headers:
        yield {
            "name": parameter.name,
            "in": "header",
            "description": parameter.description,
            "schema": {"type": "string"},
        }
    if endpoint.takes_idempotency_key:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Equal requests with the same key have their effect once in 24 hours.",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": KEY_CHARACTERS,
                "pattern": "^[\\x20-\\x7e]+$",
            },
        }


def _query(parameter: Parameter) -> Iterable[Schema]:
    """A bad value is as none, so none is forbidden."""
    yield {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": {"type": "string"},
    }
    for alias in parameter.aliases:
        yield {
            "name": alias,
            "in": "query",
            "description": f"The same as `{parameter.name}`.",
            "schema": {"type": "string"},
        }


def _form(fields: Sequence[Field]) -> Schema:
    files = [field.name for field in fields if field.type == "file"]
    schema = {
        "type": "object",
        "properties": {field.name: _field(field) for field in fields},
        "required": files,
        "additionalProperties": False,
    }
    return {"schema": schema, "encoding": {name: {"contentType": PICTURE} for name in files}}


def _field(field: Field) -> Schema:
    if field.type == "file":
        return {"description": field.description, "contentMediaType": PICTURE}
    schema: Schema = {"type": field.type, "description": field.description}
    if field.default is not None:
        schema["default"] = field.default
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    return schema


def _responses(endpoint: Endpoint, schemas: dict[Any, Schema]) -> Schema:
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


def _failure(codes: Sequence[str], schemas: dict[Any, Schema]) -> Schema:
    """The envelope with one of these codes."""
    error = {"properties": {"code": {"enum": list(codes)}}}
    return {**schemas[FailureJson], "properties": {"error": error}}


def _success(endpoint: Endpoint, status: int, shape: Any, schemas: dict[Any, Schema]) -> Schema:
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
