"""One route with one method: what it takes, and who may."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.endpoint import Endpoint
from gateway.form import Field
from gateway.idempotency import KEY_CHARACTERS
from gateway.openapi.answers import Schema, Schemas, answers
from gateway.query import Parameter

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


def operation(endpoint: Endpoint, schemas: Schemas) -> Schema:
    """The Operation Object of a route."""
    described: Schema = {
        "summary": endpoint.summary,
        "operationId": _operation_id(endpoint),
        "tags": [endpoint.handler.__module__.rpartition(".")[2]],
        "parameters": [*_parameters(endpoint)],
        "responses": answers(endpoint, schemas),
        "security": _security(endpoint),
    }
    if endpoint.description:
        described["description"] = endpoint.description
    if endpoint.permission is not None:
        described["x-permission"] = endpoint.permission
    if endpoint.body is not None:
        described["requestBody"] = {
            "required": not endpoint.body_is_optional,
            "content": {"application/json": {"schema": schemas[endpoint.body]}},
        }
    if endpoint.form:
        described["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": _form(endpoint.form)},
        }
    return described


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
