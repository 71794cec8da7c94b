"""An answer that comes before the end of the request's body, in a way that the client can read."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.body import declared_length, header
from gateway.context import Gateway

SMALL_BYTES = 64 * 1024
"""A declared body up to this size is in flight anyway; the server discards it by itself."""
MAX_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 5.0
STOPPING_SECONDS = 0.5
"""How long it is read on while the server stops."""


class LingerMiddleware:
    """Keeps reading for a while after an early answer.

    Closing a connection that the client is still sending on resets it, and the reset destroys the
    answer before an ordinary client has looked at it. So the answer goes out at once with
    `Connection: close`, and its end is held back while what still comes is discarded.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self.app = app
        self.gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request, held open if it is answered while its large body is unread."""
        if not _may_linger(scope):
            await self.app(scope, receive, send)
            return
        unread = True

        async def reading() -> Message:
            nonlocal unread
            message = await receive()
            if not message.get("more_body", False):
                unread = False
            return message

        async def sending(message: Message) -> None:
            if unread and message["type"] == "http.response.start":
                headers = [*message.get("headers", []), (b"connection", b"close")]
                await send({**message, "headers": headers})
            elif unread and not message.get("more_body", False):
                await send({**message, "more_body": True})
                stopping = self.gateway.stopping.is_set()
                await _discard(reading, STOPPING_SECONDS if stopping else MAX_SECONDS)
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await send(message)

        await self.app(scope, reading, sending)


def _may_linger(scope: Scope) -> bool:
    headers = scope["headers"]
    length = declared_length(headers)
    if length is None:
        return bool(header(headers, b"transfer-encoding"))
    return length > SMALL_BYTES or (length > 0 and bool(header(headers, b"expect")))


async def _discard(receive: Receive, seconds: float) -> None:
    seen = 0
    try:
        async with asyncio.timeout(seconds):
            while seen < MAX_BYTES:
                message = await receive()
                if not message.get("more_body", False):
                    return
                seen += len(message.get("body", b""))
    except TimeoutError:
        return
