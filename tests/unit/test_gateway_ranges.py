"""Range, If-Range and If-None-Match headers."""

from __future__ import annotations

import pytest
from nekohub.assets.v1.assets_pb2 import ByteRange

from gateway.ranges import MAX_OFFSET, none_match, parse_range, strong_etag


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("bytes=0-9", ByteRange(first=0, last=9)),
        ("bytes=7-", ByteRange(first=7)),
        ("bytes=-5", ByteRange(last=5)),
        ("bytes=-0", ByteRange(last=0)),
        (" Bytes = 0 - 9 ", ByteRange(first=0, last=9)),
        (f"bytes={'9' * 5000}-", ByteRange(first=MAX_OFFSET)),
        (f"bytes={'0' * 5000}7-{'0' * 30}9", ByteRange(first=7, last=9)),
        (f"bytes={'0' * 30}-", ByteRange(first=0)),
        (f"bytes=-{'0' * 30}", ByteRange(last=0)),
        ("", None),
        ("bytes", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=9-0", None),
        ("bytes=0-1,3-4", None),
        ("bytes=1", None),
        ("bytes=0x1-2", None),
        ("bytes=١-٢", None),
        ("bytes=--1", None),
        ("items=0-1", None),
    ],
)
def test_parse_range(value: str, expected: ByteRange | None) -> None:
    assert parse_range(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"a"', "a"), (' "a" ', "a"), ('W/"a"', None), ("a", None), ("Wed, 08 Apr 2026", None)],
)
def test_strong_etag(value: str, expected: str | None) -> None:
    assert strong_etag(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"a"', True), ('W/"a"', True), ('"x", "a"', True), ("*", True), ('"x"', False), ("a", False)],
)
def test_none_match(value: str, expected: bool) -> None:
    assert none_match(value, "a") is expected
