"""When a failed call is made again."""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({408, 409, 425, 429, *range(500, 600)})
_LONGEST_ASKED = 1e9
"""Seconds; more need not be told apart."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long a call is repeated. All times are in seconds."""

    attempts: int = 6
    """Calls in all."""
    first_delay: float = 0.5
    """Doubled with each attempt."""
    longest_delay: float = 8.0
    longest_wait: float = 120.0
    """A server that asks for a longer wait than this is not waited for."""
    total: float = 240.0
    """Once calls and delays have taken so long, no further call is made."""
    attempt_seconds: float = 180.0
    """Longest time for one call: an answer that trickles in must not hold a slot for ever."""

    def hastier(self) -> "RetryPolicy":
        """The policy while another profile may be asked instead.

        A minute is enough for a model on a small machine that works, and not too long to wait for
        one that hangs.
        """
        return replace(
            self,
            attempts=min(self.attempts, 3),
            longest_wait=min(self.longest_wait, 10.0),
            total=min(self.total, 30.0),
            attempt_seconds=min(self.attempt_seconds, 60.0),
        )

    def delay(self, attempt: int, asked: float | None) -> float:
        """How long to wait after the given attempt, counted from 1: what the server asked for, else
        a random part, at least half, of the doubled delay.
        """
        if asked is not None:
            return asked
        ceiling = min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1))
        return ceiling * random.uniform(0.5, 1.0)


def asked_delay(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The seconds that `retry-after-ms` or `Retry-After` (seconds or a date) ask to wait; None
    for what is no wait. A moment that is past is none: clocks differ, and who asks for nothing
    must not be stormed.
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if 0 < seconds < math.inf:
            return min(seconds, _LONGEST_ASKED)
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    seconds = (when - (now or datetime.now(UTC))).total_seconds()
    return min(seconds, _LONGEST_ASKED) if seconds > 0 else None
