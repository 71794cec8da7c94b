"""An example of a request, for a shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from gateway.reference.schema import name_of

Schema = Mapping[str, Any]
_PLAIN = {"string": "…", "integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
_PLACE = re.compile(r"\{(\w+)\}")
_CHANGE_OF_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")


def example(method: str, url: str, operation: Schema, schemas: Schema) -> str:
    """The command, over several lines. `$KEY` and what the path leaves open are the reader's."""
    return " \\\n  ".join(_parts(method, url, operation, schemas))


def _parts(method: str, url: str, operation: Schema, schemas: Schema) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    form = content.get("multipart/form-data")
    body = content.get("application/json")
    answers = [
        kind for answer in operation["responses"].values() for kind in answer.get("content", {})
    ]
    command = "curl"
    if method == "HEAD":
        command += " --head"
    elif method != ("POST" if content else "GET"):
        command += f" -X {method}"
    if "text/event-stream" in answers:
        command += " -N"
    if "image/*" in answers:
        command += " -L -o picture"
    yield command
    if operation["security"]:
        yield '-H "Authorization: Bearer $KEY"'
    if body is not None:
        yield "-H 'Content-Type: application/json'"
        text = orjson.dumps(sample(body["schema"], schemas)).decode()
        yield f"-d {shlex.quote(text)}"
    if form is not None:
        for name in form["schema"].get("required", ()):
            yield f"-F {name}=@picture.jpg"
    yield f'"{_PLACE.sub(_variable, url)}"'


def _variable(place: re.Match[str]) -> str:
    return f"${_CHANGE_OF_CASE.sub('_', place[1]).upper()}"


def sample(schema: Schema, schemas: Schema) -> Any:
    """A value that the schema allows; of an object the required fields, or all if none is."""
    if name := name_of(schema):
        return sample(schemas[name], schemas)
    if schema.get("default") is not None:
        return schema["default"]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return sample(schema[word][0], schemas)
    properties = schema.get("properties", {})
    if properties:
        names = schema.get("required") or properties
        return {name: sample(properties[name], schemas) for name in names}
    if schema.get("type") == "array" and schema.get("minItems"):
        return [sample(schema["items"], schemas)]
    plain = _PLAIN.get(str(schema.get("type")))
    return plain * schema.get("minLength", 1) if isinstance(plain, str) else plain
