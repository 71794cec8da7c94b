"""Query strings of lists, read with goodwill: a bad value is as none, a large one is the limit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from starlette.datastructures import QueryParams

T = TypeVar("T")

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
MAX_PAGE = 2**53 - 1
"""Largest number that every JSON reader keeps exactly."""
MAX_SKIP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted."""

    number: int
    size: int
    cursor: str
    """Where the page before ended; "" to go by the number."""

    @property
    def skip(self) -> int:
        """Rows before the page."""
        return min((self.number - 1) * self.size, MAX_SKIP)


_NUMBER = re.compile(r"\d+", re.ASCII)
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/([\w!#$&^.+-]+|\*)", re.ASCII)


def text(params: QueryParams, *names: str) -> str:
    """The first of `names` that has a value, without blanks around it; "" if none has."""
    for name in names:
        if value := params.get(name, "").strip():
            return value
    return ""


def number(params: QueryParams, name: str, default: int, limit: int) -> int:
    """A number from 1 to `limit`."""
    value = params.get(name, "").strip()
    if _NUMBER.fullmatch(value) is None:
        return default
    digits = value.lstrip("0")
    if not digits:
        return default
    # Python refuses to read very long numbers.
    return min(int(digits), limit) if len(digits) <= 19 else limit


def page(params: QueryParams) -> Page:
    """The fields `page`, `pageSize` and `cursor`."""
    return Page(
        number=number(params, "page", 1, MAX_PAGE),
        size=number(params, "pageSize", DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
        cursor=text(params, "cursor"),
    )


def choice(params: QueryParams, values: Mapping[str, T], default: T, *names: str) -> T:
    """The value that the first filled of `names` stands for, in any letter case."""
    return values.get(text(params, *names).lower(), default)


def content_type(params: QueryParams) -> str:
    """The filter `contentType`, "" for all."""
    value = text(params, "contentType").lower()
    return value if _CONTENT_TYPE.fullmatch(value) else ""
