"""Conditional and partial requests: Range, If-Range, If-None-Match."""

from __future__ import annotations

import re

from nekohub.assets.v1.assets_pb2 import ByteRange

MAX_OFFSET = 2**63 - 1
_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_ETAG = re.compile(r'"([^"]*)"')


def parse_range(value: str) -> ByteRange | None:
    """The one range that a Range header asks for.

    None when it asks for several, makes no sense or has another unit: then all is sent.
    """
    match = _RANGE.fullmatch(value.strip())
    if match is None:
        return None
    first, last = (_offset(digits) for digits in match.groups())
    if first is None and last is None:
        return None
    if first is not None and last is not None and last < first:
        return None
    return ByteRange(first=first, last=last)


def strong_etag(value: str) -> str | None:
    """The tag in an If-Range header, without quotes; None for a weak one or a date."""
    match = _ETAG.fullmatch(value.strip())
    return None if match is None else match[1]


def none_match(value: str, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`, so that the client has the content."""
    return value.strip() == "*" or etag in _ETAG.findall(value)


def _offset(digits: str) -> int | None:
    if not digits:
        return None
    digits = digits.lstrip("0") or "0"
    # Longer numbers lie beyond any object, and Python refuses to read very long ones.
    return int(digits) if len(digits) <= 18 else MAX_OFFSET
