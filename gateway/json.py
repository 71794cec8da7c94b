"""JSON in and out: bodies checked against a model, answers in the envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from gateway.body import chunks, declared_length, header
from services.chassis.errors import InvalidArgument

MAX_BYTES = 1024 * 1024
"""Largest JSON body."""
SMALL_BYTES = 16 * 1024
"""Largest JSON body whose fields are all short."""
MAX_DEPTH = 32
"""Deepest nesting of a JSON body."""
MAX_CONTAINERS = 10_000
"""Most arrays and objects in a JSON body; each costs far more than the two bytes it takes."""
_FLAT = bytes.maketrans(b"{}", b"[]")
_BESIDE_BRACKETS = bytes(set(range(256)) - set(b"[]"))


class Body(BaseModel):
    """Base of the models of request bodies: camelCase, nothing unknown, no conversions."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )
    max_bytes: ClassVar[int] = MAX_BYTES


class SmallBody(Body):
    """Base of the models of request bodies whose fields are all short."""

    max_bytes: ClassVar[int] = SMALL_BYTES


Flag = Annotated[bool | None, WithJsonSchema({"type": "boolean"})]
"""A field that is left out or true or false; its handler refuses null."""
Needed = Annotated[str | None, WithJsonSchema({"type": "string", "minLength": 1})]
"""A text that may not be blank; the service refuses that, null and its lack with its own code."""


class Texts(RootModel[list[str]]):
    """Base of the models of request bodies that are an array of strings."""

    model_config = ConfigDict(strict=True, frozen=True)
    max_bytes: ClassVar[int] = MAX_BYTES


class NoFields(SmallBody):
    """A body that says nothing."""


NOTHING = NoFields()


ContentT = TypeVar("ContentT")


class JsonResponse(Response):
    """JSON that is read as nothing but JSON and kept by no cache."""

    def __init__(
        self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status_code = status_code
        self.background = None
        self.body = orjson.dumps(content)
        self.raw_headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self.body)),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        for name, value in (headers or {}).items():
            self.raw_headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))


class Data(JsonResponse, Generic[ContentT]):
    """A success in the envelope."""


def data(content: ContentT, status_code: int = 200, location: str | None = None) -> Data[ContentT]:
    """A success in the envelope."""
    headers = None if location is None else {"location": location}
    return Data({"data": content}, status_code, headers)


def nothing() -> Response:
    """A success that says nothing, and is kept by no cache: 204."""
    return Response(status_code=204, headers={"cache-control": "no-store"})


async def read(
    request: Request, model: type[Body | Texts], *, optional: bool = False
) -> Body | Texts:
    """The request's JSON body as `model`; with `optional`, no body means no fields.

    Raises REQUEST_INVALID naming the field, REQUEST_TOO_LARGE over its `max_bytes`.
    """
    raw = await _raw(request, model.max_bytes)
    if not raw.strip():
        if not optional:
            raise InvalidArgument(
                "REQUEST_INVALID", f"the body is empty; it must be {_shape(model)}"
            )
        raw = b"{}"
    elif not _is_json(header(request.scope["headers"], b"content-type")):
        raise InvalidArgument("REQUEST_INVALID", "the body's Content-Type must be application/json")
    brackets = brackets_of(raw)
    if len(brackets) > 2 * MAX_CONTAINERS:
        raise InvalidArgument(
            "REQUEST_INVALID", f"the body has more than {MAX_CONTAINERS} arrays and objects"
        )
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidArgument(
            "REQUEST_INVALID", f"the body is no JSON: {error.msg} at character {error.pos}"
        ) from None
    if not isinstance(content, list if issubclass(model, Texts) else dict):
        raise InvalidArgument("REQUEST_INVALID", f"the body must be {_shape(model)}")
    if is_too_deep(brackets):
        raise InvalidArgument("REQUEST_INVALID", f"the body is nested more than {MAX_DEPTH} deep")
    if isinstance(content, dict):
        _refuse_unknown(content, _names(model))
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InvalidArgument("REQUEST_INVALID", _complaint(error, model)) from None


def brackets_of(raw: bytes) -> bytes:
    """What valid JSON has of brackets, all of them square; those in strings are left out."""
    outside = b"".join(raw.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    return outside.translate(_FLAT).translate(None, _BESIDE_BRACKETS)


def is_too_deep(brackets: bytes) -> bool:
    """Whether valid JSON with such brackets is nested more than `MAX_DEPTH` deep."""
    for _ in range(MAX_DEPTH):
        # Each time those go that hold no others.
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)


async def _raw(request: Request, limit: int) -> bytes:
    refusal = InvalidArgument(
        "REQUEST_TOO_LARGE", f"the JSON body of this route may have at most {limit} bytes"
    )
    if (declared_length(request.scope["headers"]) or 0) > limit:
        raise refusal
    buffer = bytearray()
    async for chunk in chunks(request.receive, limit, refusal):
        buffer += chunk
    return bytes(buffer)


def _is_json(content_type: str) -> bool:
    essence = content_type.partition(";")[0].strip().lower()
    return essence in ("", "application/json") or essence.endswith("+json")


def _refuse_unknown(content: dict[str, Any], names: list[str]) -> None:
    # Validation would gather an error for each of them.
    for key in content:
        if key not in names:
            accepted = (
                f"accepted are {', '.join(names)}"
                if names
                else "the body of this route has no fields"
            )
            raise InvalidArgument("REQUEST_INVALID", f"unknown field {key[:100]!r}; {accepted}")


def _shape(model: type[BaseModel]) -> str:
    if issubclass(model, Texts):
        return "a JSON array of strings"
    names = ", ".join(_names(model))
    return f"a JSON object of {names}" if names else "a JSON object without fields"


def _names(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _complaint(error: ValidationError, model: type[BaseModel]) -> str:
    # The value itself stays out: it may be a secret.
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])[:100]
    place = "item" if issubclass(model, Texts) else "field"
    about = f"{place} {field!r}" if field else "the body"
    return f"{about}: {first['msg'][:1].lower()}{first['msg'][1:]}"
