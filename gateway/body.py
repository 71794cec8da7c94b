"""Reading a request's body as it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from services.chassis.errors import HubError, InvalidArgument

IDLE_SECONDS = 60
"""A body of which nothing comes for so long counts as cut short."""


def header(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    """The first value of the header `name` (lower case), or ""."""
    for key, value in headers:
        if key == name:
            return value.decode("latin-1")
    return ""


def joined_header(headers: list[tuple[bytes, bytes]], name: bytes) -> str:
    """The values of the header `name` (lower case), a list that may stand in several lines."""
    return ", ".join(value.decode("latin-1") for key, value in headers if key == name)


def declared_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """The body's length as the client declared it in bytes, None if it did not."""
    value = header(headers, b"content-length")
    return int(value) if value.isascii() and value.isdigit() else None


async def chunks(receive: Receive, limit: int, refusal: HubError) -> AsyncIterator[bytes]:
    """The body in pieces of the server's choosing.

    Raises `refusal` as soon as more than `limit` bytes came, `ClientDisconnect` when the client
    hung up, and REQUEST_INVALID when it stopped sending.
    """
    seen = 0
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await receive()
        except TimeoutError:
            raise InvalidArgument(
                "REQUEST_INVALID", f"nothing of the body came for {IDLE_SECONDS} s"
            ) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        data: bytes = message.get("body", b"")
        seen += len(data)
        if seen > limit:
            raise refusal
        if data:
            yield data
        if not message.get("more_body", False):
            return


async def until_gone(receive: Receive) -> None:
    """Return when the client has hung up; the request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
