"""What all answers have in common: documented fields, times, money, pages."""

from __future__ import annotations

from functools import lru_cache
from time import gmtime
from typing import Annotated, Generic, Protocol, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from pydantic import Field, with_config
from typing_extensions import TypedDict

from gateway import query

ItemT = TypeVar("ItemT")

documented = with_config(use_attribute_docstrings=True)
"""Decorates every shape: the docstrings of its fields go into OpenAPI."""

Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Utc = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]


@documented
class Page(TypedDict, Generic[ItemT]):
    """A part of a list."""

    items: list[ItemT]
    page: int
    """The number that was asked for."""
    pageSize: int
    total: int
    """How many match, counted to 10 000."""
    totalIsCapped: bool
    """Whether there are more than `total`."""
    nextCursor: str | None
    """Gets the next page, beside the same filters; null on the last one."""


class Found(Protocol):
    """A service's answer to a request for a page."""

    next_page_token: str
    total: int
    total_is_capped: bool


def page(items: list[ItemT], wanted: query.Page, found: Found) -> Page[ItemT]:
    """The page that was `wanted`, of the `items` of what was `found`."""
    return {
        "items": items,
        "page": wanted.number,
        "pageSize": wanted.size,
        "total": found.total,
        "totalIsCapped": found.total_is_capped,
        "nextCursor": found.next_page_token or None,
    }


def utc(timestamp: Timestamp) -> str:
    """RFC 3339 in UTC with milliseconds, for example "2026-04-08T10:05:00.123Z"."""
    return f"{_second(timestamp.seconds)}.{timestamp.nanos // 1_000_000:03}Z"


def money(amount: float) -> float:
    """An amount without what floating point adds."""
    return float(f"{amount:.12g}")


@lru_cache(maxsize=4096)  # An asset repeats its few seconds many times over.
def _second(seconds: int) -> str:
    year, month, day, hour, minute, second, *_ = gmtime(seconds)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
