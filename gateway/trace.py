"""One trace id per request, and one line in the log."""

from __future__ import annotations

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.body import header
from services.chassis.trace import current_trace_id, traced

log = logging.getLogger("gateway.access")

QUIET_PATHS = frozenset({"/health/live", "/health/ready"})
"""Asked every few seconds by machines; logged only when they fail."""


class TraceMiddleware:
    """Takes over the trace id of a `traceparent` or makes one, and logs how the request went.

    Query strings and headers stay out of the log: they may hold what a person wrote.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

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
                if status >= 500 or scope["path"] not in QUIET_PATHS:
                    _log(scope, status, time.perf_counter() - started_at)


def _log(scope: Scope, status: int, seconds: float) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    log.info(
        "%s %s %s",
        scope["method"],
        scope["path"],
        status or "closed by the client",
        extra={
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 1),
            "trace_id": current_trace_id(),
        },
    )
