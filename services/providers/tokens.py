"""Reading how many tokens a reply tells that a call took."""

import math
from typing import Any

_MOST_TOKENS = 10_000_000
"""Of a call: more than any model takes is not believed."""


def tokens_in(document: Any) -> tuple[int, int]:
    """Those sent and received, of a completion, an event or an error; 0 for what is not told."""
    usage = _usage(document)
    if not usage:
        return 0, 0
    sent = _count(usage.get("prompt_tokens"), usage.get("input_tokens"))
    received = _count(usage.get("completion_tokens"), usage.get("output_tokens"))
    both = _count(usage.get("total_tokens"))
    return (
        sent or (max(0, both - received) if received else 0),
        received or max(0, both - sent),
    )


def _usage(document: Any) -> dict[str, Any]:
    """What it says, or its error, of what was used."""
    if isinstance(document, list) and document:
        document = document[0]
    if not isinstance(document, dict):
        return {}
    usage = document.get("usage")
    if usage is None and isinstance(error := document.get("error"), dict):
        usage = error.get("usage")
    return usage if isinstance(usage, dict) else {}


def _count(*values: Any) -> int:
    """The first that is a number of tokens; 0 if none is."""
    for value in values:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 < value <= _MOST_TOKENS
        ):
            return math.ceil(value)
    return 0
