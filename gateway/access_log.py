"""The access log: a line for each request, for some of them when there are many."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import Scope

log = logging.getLogger("gateway.access")

LINES_PER_SECOND = 50
"""Most lines about requests that went well; a line costs a tenth of such a request."""
QUIET_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Asked every few seconds by machines; logged only when they fail."""


class AccessLog:
    """Notes how requests went, always when one failed.

    Query strings and headers stay out: they may hold what a person wrote.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._second = 0
        self._lines = 0
        self._left_out = 0

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """One request; `status` is 0 when the client closed before an answer."""
        went_well = 200 <= status < 400
        if not log.isEnabledFor(logging.INFO) or (went_well and not self._has_line(scope["path"])):
            return
        details = {
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "ms": round(seconds * 1000, 1),
        }
        if self._left_out:
            details["leftOut"], self._left_out = self._left_out, 0
        log.info(
            "%s %s %s",
            scope["method"],
            scope["path"],
            status or "closed by the client",
            extra=details,
        )

    def _has_line(self, path: str) -> bool:
        if path in QUIET_PATHS:
            return False
        second = int(self._clock())
        if second != self._second:
            self._second, self._lines = second, 0
        self._lines += 1
        if self._lines > LINES_PER_SECOND:
            self._left_out += 1
            return False
        return True
