"""JSON schemas of answers: objects of strings, arrays, objects and nullable values."""

from typing import Any

STRING_CHARACTERS = 4000
ARRAY_ITEMS = 64
_DEPTH = 8
_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


class SchemaMismatch(ValueError):
    """A value is not what the schema asks for. The message names the place and what is wrong."""


class SchemaUnsupported(ValueError):
    """The schema itself is not of the simple kind."""


def check_schema(schema: Any) -> dict[str, Any]:
    """The schema, if it is an object's. Raises SchemaUnsupported."""
    if not isinstance(schema, dict) or _types(schema) != ["object"]:
        raise SchemaUnsupported('the schema of an answer must be of type "object"')
    if not isinstance(schema.get("properties"), dict):
        raise SchemaUnsupported("the schema of an answer must have properties")
    return schema


def fitted(value: Any, schema: dict[str, Any], place: str = "", depth: int = _DEPTH) -> Any:
    """The value as the schema wants it: unknown keys dropped, strings and arrays cut to the limits.

    Raises SchemaMismatch for a missing property or a value of another type.
    """
    types = _types(schema)
    if depth == 0 or not any(_is(value, kind) for kind in types):
        raise SchemaMismatch(f"{place or 'the answer'} must be {' or '.join(types)}")
    if isinstance(value, dict):
        return _object(value, schema, place, depth)
    if isinstance(value, list):
        items = schema.get("items") or {}
        return [
            fitted(item, items, f"{place}[{index}]", depth - 1)
            for index, item in enumerate(value[:ARRAY_ITEMS])
        ]
    if isinstance(value, str):
        allowed = schema.get("enum")
        if allowed is not None and value not in allowed:
            raise SchemaMismatch(f"{place} must be one of {', '.join(map(str, allowed))}")
        return value.replace("\0", "")[:STRING_CHARACTERS]  # databases cannot store NUL
    return value


def _object(value: dict[str, Any], schema: dict[str, Any], place: str, depth: int) -> Any:
    properties: dict[str, Any] = schema.get("properties", {})
    fitting: dict[str, Any] = {}
    for name, inner in properties.items():
        path = f"{place}.{name}" if place else name
        if name in value:
            fitting[name] = fitted(value[name], inner, path, depth - 1)
        elif name in schema.get("required", properties):
            raise SchemaMismatch(f"{path} is missing")
    return fitting


def _types(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind else list(_KINDS)
    return [*kinds, "null"] if schema.get("nullable") is True else kinds


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, _KINDS.get(kind, ()))
