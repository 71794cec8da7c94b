"""JSON bodies: how deep they are."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from gateway.json import MAX_DEPTH, brackets_of, is_too_deep


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


@pytest.mark.parametrize(
    ("body", "deep"),
    [
        (nested(MAX_DEPTH), False),
        (nested(MAX_DEPTH + 1), True),
        (f"[{','.join([nested(MAX_DEPTH - 1)] * 50)}]", False),
        (f"[{','.join([nested(MAX_DEPTH - 1)] * 50)},{nested(MAX_DEPTH)}]", True),
        (nested(MAX_DEPTH // 2, '{"a":[', "]}"), False),
        ("[" + nested(MAX_DEPTH // 2, '{"a":[', "]}") + "]", True),
        (orjson.dumps(nested(99)).decode(), False),
        (orjson.dumps({nested(99, "]", "["): [nested(99, '{"', '"}')]}).decode(), False),
        (orjson.dumps(["\\", nested(99), '\\"' + nested(99), "\\\\"]).decode(), False),
        (orjson.dumps(["\\", [[], "\\" + nested(99)]]).decode(), False),
        ('["\\\\",' + nested(MAX_DEPTH) + "]", True),
        ('["\\\\\\"",' + nested(MAX_DEPTH) + "]", True),
    ],
)
def test_depth(body: str, deep: bool) -> None:
    content: Any = orjson.loads(body)
    assert is_too_deep(brackets_of(body.encode())) is deep is (depth_of(content) > MAX_DEPTH)


def depth_of(content: Any) -> int:
    if isinstance(content, dict):
        content = list(content.values())
    return 1 + max(map(depth_of, content), default=0) if isinstance(content, list) else 0
