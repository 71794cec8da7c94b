"""One trace id per request, its line in the log, and its place in the metrics."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.access_log import AccessLog
from gateway.body import header
from gateway.metrics import Metrics
from services.chassis.trace import traced


class TraceMiddleware:
    """Takes over the trace id of a `traceparent` or makes one; logs and counts how the request
    went."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
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
            self.metrics.in_flight += 1
            try:
                await self.app(scope, receive, watched)
            finally:
                self.metrics.in_flight -= 1
                seconds = time.perf_counter() - started_at
                self.metrics.note(scope, status, seconds)
                self.log.note(scope, status, seconds)
