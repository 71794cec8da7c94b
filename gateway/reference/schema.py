"""A JSON schema as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from gateway.reference.html import Html, escaped, joined, prose, tag

Schema = Mapping[str, Any]

LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "pattern": "matches {}",
    "default": "default {}",
}


def anchor(name: str) -> str:
    """Where a named schema stands on the page."""
    return f"schema-{name}"


def name_of(schema: Schema) -> str:
    """The name of the schema that this one refers to; "" if it stands for itself."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def kind(schema: Schema) -> Html:
    """What a value may be, in a few words."""
    if name := name_of(schema):
        return tag("a", name, href=f"#{anchor(name)}")
    if "const" in schema:
        return tag("code", _json(schema["const"]))
    if "enum" in schema:
        return _either(tag("code", _json(each)) for each in schema["enum"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _either(kind(each) for each in schema[word])
    named = schema.get("type")
    if isinstance(named, list):
        return _either(escaped(str(each)) for each in named)
    if named == "array":
        return joined("array of ", kind(schema.get("items", {})))
    if named == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        return joined("object of ", kind(schema["additionalProperties"]))
    if "contentMediaType" in schema:
        return escaped(f"file ({schema['contentMediaType']})")
    if named is None:
        return escaped("anything")
    return escaped(f"{named} ({schema['format']})" if "format" in schema else str(named))


def fields(schema: Schema) -> Html:
    """The fields of an object; of anything else, what it may be."""
    properties = schema.get("properties")
    if not properties:
        return tag("p", kind(schema), *_limits(schema))
    needed = schema.get("required", ())
    return tag("dl", *(field(name, each, name in needed) for name, each in properties.items()))


def field(name: str, schema: Schema, required: bool, description: str = "") -> Html:
    """One field of a list of them."""
    told = description or schema.get("description", "")
    return joined(
        tag(
            "dt",
            tag("code", name),
            " ",
            tag("span", kind(schema), *_limits(schema), class_="kind"),
            *((" ", tag("strong", "required")) if required else ()),
        ),
        tag("dd", prose(told)),
    )


def _limits(schema: Schema) -> Iterator[Html]:
    for word, text in LIMITS.items():
        if schema.get(word) is not None:
            yield prose(f", {text.format(f'`{_shown(schema[word])}`')}")


def _either(kinds: Iterable[Html]) -> Html:
    return Html(" or ".join(kinds))


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _shown(value: object) -> str:
    return value if isinstance(value, str) else _json(value)
