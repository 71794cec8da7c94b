"""The trace id of the request at hand (W3C Trace Context), which every hop takes over."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACEPARENT = re.compile(
    r"(?P<version>(?!ff)[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})"
    r"-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?P<more>-.*)?"
)
_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def new_trace_id() -> str:
    """32 random hex digits."""
    return f"{random.getrandbits(128):032x}"


def current_trace_id() -> str:
    """The trace id of this context, "" outside a request."""
    return _trace_id.get()


def traceparent() -> str:
    """The header for the next hop."""
    return f"00-{_trace_id.get() or new_trace_id()}-{random.getrandbits(64):016x}-01"


def enter(header: str) -> None:
    """Takes over the id of a traceparent header for the rest of this context."""
    _trace_id.set(_id_of(header))


def resume(trace_id: str) -> None:
    """Goes on, for the rest of this context, with what `current_trace_id` once gave."""
    _trace_id.set(trace_id or new_trace_id())


@contextmanager
def traced(header: str) -> Iterator[str]:
    """Takes over the id of a traceparent header; a bad or empty one makes a new id."""
    token = _trace_id.set(_id_of(header))
    try:
        yield _trace_id.get()
    finally:
        _trace_id.reset(token)


def _id_of(header: str) -> str:
    found = _TRACEPARENT.fullmatch(header.strip())
    # Only later versions than ours may have more fields.
    if found is None or (found["more"] is not None and found["version"] == "00"):
        return new_trace_id()
    return found["trace"]
