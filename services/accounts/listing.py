"""Pages of users, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from services.accounts.model import User
from services.accounts.rows import user_of
from services.accounts.tables import account
from services.chassis.database import Database
from services.chassis.names import fold
from services.chassis.paging import (
    COUNT_CAP,
    DEFAULT_PAGE_SIZE,
    last_id,
    rows_before,
    rows_of,
    token_after,
)

_QUERY_CHARACTERS = 256
"""Of a longer text, which is in no name, the rest is not looked at."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Which users are wanted."""

    page_size: int = DEFAULT_PAGE_SIZE
    page_token: str = ""
    skip: int = 0
    query: str = ""
    """A part of the name, in any letter case; "" for all. What shows nothing is in no name."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the users that match."""

    users: Sequence[User]
    next_page_token: str
    """"" on the last page."""
    total: int
    """At most COUNT_CAP."""
    total_is_capped: bool


async def page(database: Database, wanted: Listing) -> Page:
    """Returns one page, and how many users match, in one query.

    Only a page that turns out empty needs one more.
    """
    part = fold(wanted.query[:_QUERY_CHARACTERS]).replace("\0", "").strip()
    if wanted.query.strip() and not part:
        # Nothing in it is seen, and so it is in no name.
        return Page([], "", 0, False)
    size = rows_of(wanted.page_size)
    last = last_id(wanted.page_token)
    values = {
        "rows": size + 1,
        "skip": 0 if last else rows_before(wanted.skip),
        "last_id": last,
        "pattern": _pattern(part),
    }
    rows = await database.rows(_page_query(bool(last)), values)
    counted = rows or await database.rows(sa.select(_total().label("total")), values)
    count = counted[0]["total"]
    found = [user_of(row) for row in rows]
    return Page(
        users=found[:size],
        next_page_token=token_after(found[size - 1].id) if len(found) > size else "",
        total=min(count, COUNT_CAP),
        total_is_capped=count > COUNT_CAP,
    )


@cache
def _page_query(continued: bool) -> sa.Select[Any]:
    """The query for a page. Building one costs more than running it, so each shape is kept."""
    chosen = (
        sa.select(account, _total().label("total"))
        .where(_matches())
        .order_by(account.c.id.desc())
        .limit(sa.bindparam("rows"))
        .offset(sa.bindparam("skip"))
    )
    return chosen.where(account.c.id < sa.bindparam("last_id")) if continued else chosen


def _total() -> sa.ScalarSelect[int]:
    counted = account.alias("counted")
    matching: sa.Select[Any] = (
        sa.select(sa.literal_column("1"))
        .select_from(counted)
        .where(_matches(counted))
        .limit(COUNT_CAP + 1)
    )
    return sa.select(sa.func.count()).select_from(matching.subquery()).scalar_subquery()


def _matches(table: sa.FromClause = account) -> sa.ColumnElement[bool]:
    return table.c.username_folded.like(sa.bindparam("pattern"), escape="\\")


def _pattern(part: str) -> str:
    for special in ("\\", "%", "_"):
        part = part.replace(special, f"\\{special}")
    return f"%{part}%"
