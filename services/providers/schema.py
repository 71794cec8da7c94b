"""JSON schemas of answers: objects, arrays, strings, numbers, booleans and nullable values.

Read are `type`, `nullable`, `properties`, `required`, `items`, `enum` and `minLength`; other
keywords only reach the model.
"""

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
    """The schema itself is not of the simple kind. The message names the place."""


def check_schema(schema: Any) -> dict[str, Any]:
    """The schema, if it is an object's and all of it can be satisfied as far as it is read.

    Raises SchemaUnsupported.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise SchemaUnsupported('the schema of an answer must be of type "object"')
    _check(schema, "", _DEPTH)
    return schema


def _check(schema: Any, place: str, depth: int) -> None:
    where = place or "the schema of an answer"
    if not isinstance(schema, dict):
        raise SchemaUnsupported(f"{where} must be an object")
    if depth == 0:
        raise SchemaUnsupported(f"{where} is nested more than {_DEPTH} deep")
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if not kinds or not all(isinstance(each, str) and each in _KINDS for each in kinds):
        raise SchemaUnsupported(f"{where} must have a type, one of {', '.join(_KINDS)}")
    if not isinstance(schema.get("nullable", False), bool):
        raise SchemaUnsupported(f"nullable of {where} must be true or false")
    length = schema.get("minLength", 0)
    if isinstance(length, bool) or not isinstance(length, int):
        raise SchemaUnsupported(f"minLength of {where} must be a whole number")
    if not isinstance(schema.get("enum", []), list):
        raise SchemaUnsupported(f"enum of {where} must be an array")
    if "array" in kinds:
        _check(schema.get("items"), f"items of {where}", depth - 1)
    if "object" in kinds:
        _check_object(schema, where, place, depth)


def _check_object(schema: dict[str, Any], where: str, place: str, depth: int) -> None:
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        raise SchemaUnsupported(f"{where} must have properties")
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(
        isinstance(name, str) and name in properties for name in required
    ):
        raise SchemaUnsupported(f"required of {where} must be an array of its properties")
    for name, inner in properties.items():
        _check(inner, _path(place, name), depth - 1)


def fitted(value: Any, schema: dict[str, Any], place: str = "") -> Any:
    """The value as a checked schema wants it: unknown keys dropped, strings and arrays cut to the
    limits, a property that is null although it may not be taken for an empty string or array.

    Raises SchemaMismatch for a missing property, a value of another type, and a string that has
    less than its `minLength` without the blanks around it.
    """
    types = _types(schema)
    if not any(_is(value, kind) for kind in types):
        raise SchemaMismatch(f"{place or 'the answer'} must be {' or '.join(types)}")
    if isinstance(value, dict):
        return _object(value, schema, place)
    if isinstance(value, list):
        return [
            fitted(item, schema["items"], f"{place}[{index}]")
            for index, item in enumerate(value[:ARRAY_ITEMS])
        ]
    if isinstance(value, str):
        return _text(value, schema, place)
    return value


def _object(value: dict[str, Any], schema: dict[str, Any], place: str) -> Any:
    properties: dict[str, Any] = schema["properties"]
    fitting: dict[str, Any] = {}
    for name, inner in properties.items():
        path = _path(place, name)
        if name in value:
            given = _empty(inner) if value[name] is None else value[name]
            fitting[name] = fitted(given, inner, path)
        elif name in schema.get("required", properties):
            raise SchemaMismatch(f"{path} is missing")
    return fitting


def _empty(schema: dict[str, Any]) -> Any:
    # Models write null for "nothing". Saying that they may would take union types, which some
    # endpoints refuse.
    types = _types(schema)
    if "null" in types:
        return None
    if "string" in types:
        return ""
    return [] if "array" in types else None


def _text(value: str, schema: dict[str, Any], place: str) -> str:
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        raise SchemaMismatch(f"{place} must be one of {', '.join(map(str, allowed))}")
    text = value.replace("\0", "")  # databases cannot store NUL
    least = schema.get("minLength", 0)
    if len(text.strip()) < least:
        wanted = "must not be blank" if least == 1 else f"must have at least {least} characters"
        raise SchemaMismatch(f"{place} {wanted}")
    return text[:STRING_CHARACTERS]


def _path(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _types(schema: dict[str, Any]) -> list[str]:
    kind = schema["type"]
    kinds = kind if isinstance(kind, list) else [kind]
    return [*kinds, "null"] if schema.get("nullable") is True else kinds


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in ("integer", "number"):
        return False
    return isinstance(value, _KINDS[kind])
