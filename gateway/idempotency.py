"""POST requests that have their effect once, however often they are sent: the Idempotency-Key."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.auth import Principal
from services.chassis.errors import InvalidArgument

KEY_CHARACTERS = 255
"""Longest key."""

ResponseT = TypeVar("ResponseT", bound=Response)


def request_id(request: Request) -> str:
    """The id by which a service knows the request again; "" without an Idempotency-Key.

    It is 64 characters long, and another for each caller, route and key. The routing has noted the
    caller and the route, so the route must ask for a permission. Raises REQUEST_INVALID for a key
    that is none.
    """
    keys = [value for name, value in request.scope["headers"] if name == b"idempotency-key"]
    if not keys:
        return ""
    key = keys[0].decode("latin-1")
    if len(keys) > 1 or not _is_key(key):
        raise InvalidArgument(
            "REQUEST_INVALID",
            "the header 'Idempotency-Key' must be given once and have 1 to "
            f"{KEY_CHARACTERS} printable ASCII characters",
        )
    principal: Principal = request.state.principal
    # As JSON, so that no two different lists are the same bytes.
    parts = orjson.dumps([principal.id, request.state.route, key])
    return hashlib.sha256(parts).hexdigest()


def marked(response: ResponseT, replayed: bool) -> ResponseT:
    """The response, which says so in a header if an equal request had its effect before."""
    if replayed:
        response.headers["idempotent-replayed"] = "true"
    return response


def _is_key(key: str) -> bool:
    return 1 <= len(key) <= KEY_CHARACTERS and key.isascii() and key.isprintable()
