"""OpenAPI 3.1, told from the route table and from the shapes that requests and answers have."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from gateway.endpoint import Endpoint
from gateway.openapi.answers import FailureJson, Schema, Schemas
from gateway.openapi.operation import operation
from gateway.session import ACCESS_COOKIE, CSRF_HEADER

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


_BUILDING = Lock()


def document(table: Sequence[Endpoint], version: str, server: str) -> Schema:
    """The whole document; `server` is where the gateway is reached."""
    # It reads docstrings from the source, and CPython 3.11 fails to parse when it collects a
    # greenlet meanwhile. One at a time: who is done first would end that for the other.
    with _BUILDING:
        gc.disable()
        try:
            schemas, definitions = _schemas(table)
        finally:
            gc.enable()
    paths: dict[str, Schema] = {}
    for endpoint in table:
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", endpoint.path)
        for each in (endpoint, endpoint.head) if endpoint.tells_head else (endpoint,):
            paths.setdefault(path, {})[each.method.lower()] = operation(each, schemas)
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


def _schemas(table: Sequence[Endpoint]) -> tuple[Schemas, dict[str, Schema]]:
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
