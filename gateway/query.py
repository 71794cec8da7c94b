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


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a query string, or a header of a request, may say."""

    name: str
    description: str
    aliases: tuple[str, ...] = ()
    """Other names for it; the first that has a value counts."""


PAGE = Parameter("page", "Number of the page, from 1.")
PAGE_SIZE = Parameter("pageSize", "Rows of a page, 20 unless it is given, at most 100.")
CURSOR = Parameter("cursor", "`nextCursor` of the page before, beside the same filters.")
PAGED = (PAGE, PAGE_SIZE, CURSOR)

_NUMBER = re.compile(r"\d+", re.ASCII)
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/([\w!#$&^.+-]+|\*)", re.ASCII)


def boolean(params: QueryParams, parameter: Parameter) -> bool:
    """Whether it says true, in any letter case."""
    return text(params, parameter).lower() == "true"


def text(params: QueryParams, parameter: Parameter) -> str:
    """Its first name's value that is not blank, without blanks around it; "" if there is none."""
    for name in (parameter.name, *parameter.aliases):
        if value := params.get(name, "").strip():
            return value
    return ""


def number(params: QueryParams, parameter: Parameter, default: int, limit: int) -> int:
    """A number from 1 to `limit`."""
    value = text(params, parameter)
    if _NUMBER.fullmatch(value) is None:
        return default
    digits = value.lstrip("0")
    if not digits:
        return default
    # Python refuses to read very long numbers.
    return min(int(digits), limit) if len(digits) <= 19 else limit


def page(params: QueryParams) -> Page:
    """The parameters of `PAGED`."""
    return Page(
        number=number(params, PAGE, 1, MAX_PAGE),
        size=number(params, PAGE_SIZE, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE),
        cursor=text(params, CURSOR),
    )


def choice(params: QueryParams, parameter: Parameter, values: Mapping[str, T], default: T) -> T:
    """What the parameter's value stands for, in any letter case."""
    return values.get(text(params, parameter).lower(), default)


def content_type(params: QueryParams, parameter: Parameter) -> str:
    """A content type or a family of them, "" for all."""
    value = text(params, parameter).lower()
    return value if _CONTENT_TYPE.fullmatch(value) else ""
