"""Whether a client can read gzip."""

from __future__ import annotations

import re

_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*[qQ]\s*=\s*([01](?:\.\d{0,3})?)\s*)?", re.ASCII)


def accepts_gzip(value: str) -> bool:
    """Whether an Accept-Encoding header allows gzip; what is no coding in it counts for nothing."""
    found = (_CODING.fullmatch(each) for each in value.split(","))
    weights = {each[1].lower(): float(each[2] or 1) for each in found if each is not None}
    named = weights.get("gzip", weights.get("x-gzip"))
    return (weights.get("*", 0) if named is None else named) > 0
