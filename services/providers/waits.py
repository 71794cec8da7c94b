"""Waits that are asked for in the body of an error."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from services.providers.retry import asked_delay

_DEPTH = 6
_ITEMS = 16
_LEFT = "x-ratelimit-remaining"
_NAMES = ("error", "details", "metadata", "headers")


def wait_in(document: Any, now: datetime | None = None) -> float | None:
    """The seconds that an error asks to wait: as Google's `retryDelay`, or as the headers that a
    proxy got from where it passed the request on to; None for what is no wait.
    """
    for fields in _objects(document, _DEPTH):
        headers = {
            name.lower(): str(value)
            for name, value in fields.items()
            if isinstance(value, str | int | float)
        }
        delay, reset = headers.get("retrydelay", ""), headers.get("x-ratelimit-reset", "")
        if delay.endswith("s"):
            headers["retry-after"] = delay.removesuffix("s")
        # Other numbers are no time in milliseconds: some servers write seconds, from now or 1970.
        elif len(reset) == 13 and reset.isdecimal() and headers.get(_LEFT, "0") == "0":
            left = int(reset) - 1000 * (now or datetime.now(UTC)).timestamp()
            headers.setdefault("retry-after-ms", str(left))
        if (asked := asked_delay(headers, now)) is not None:
            return asked
    return None


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:_ITEMS]:
            yield from _objects(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for name in _NAMES:
            yield from _objects(value.get(name), depth - 1)
