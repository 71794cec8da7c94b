"""One trace id per request, and its line in the log."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access_log import AccessLog
from gateway.body import header
from services.chassis.trace import traced


class TraceMiddleware:
    """Takes over the trace id of a `traceparent` or makes one, and logs how the request went."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = AccessLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request with its trace id in the context."""
        started_at = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with traced(header(scope["headers"], b"traceparent")):
            try:
                await self.app(scope, receive, watched)
            finally:
                self.log.note(scope, status, time.perf_counter() - started_at)
