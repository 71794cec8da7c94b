"""Pages of assets: filters, orders and page tokens."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from services.assets import searching
from services.assets.model import Asset, declared_type, without_nul
from services.assets.rows import ASSET_COLUMNS, asset_of, derivatives_of, renditions_column
from services.assets.tables import asset
from services.chassis.database import Database
from services.chassis.paging import COUNT_CAP, DEFAULT_PAGE_SIZE, rows_before, rows_of
from services.chassis.queries import Row

ALL_TYPES = "image/*"
"""The family that every asset is of."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_TOKEN_CHARACTERS = 512
_MAX_KEY = 2**62

Condition = ColumnElement[bool] | None
Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """Which assets are wanted, and in which order."""

    page_size: int = DEFAULT_PAGE_SIZE
    page_token: str = ""
    skip: int = 0
    query: str = ""
    content_type: str = ""
    by_size: bool = False
    ascending: bool = False
    public_only: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the assets that match."""

    assets: Sequence[Asset]
    next_page_token: str
    """"" on the last page."""
    total: int
    """At most COUNT_CAP."""
    total_is_capped: bool


EMPTY_PAGE = Page((), "", 0, total_is_capped=False)


async def page(database: Database, wanted: Listing) -> Page:
    """Returns one page, and how many assets match, in one query.

    Only a search may need one more before it, and a page that turns out empty one after it. Assets
    have no results, and no derivatives but their renditions if only public ones are wanted.
    """
    content_type = declared_type(without_nul(wanted.content_type))
    if content_type.endswith("/*"):
        if content_type != ALL_TYPES:
            return EMPTY_PAGE
        content_type = ""
    size = rows_of(wanted.page_size)
    place = _place(wanted)
    searched = await searching.search(database, wanted.query)
    values = {
        "rows": size + 1,
        "skip": rows_before(wanted.skip) if place is None else 0,
        "content_type": content_type,
        **(place or {}),
        **searched.values,
    }
    public = asset.c.is_public if wanted.public_only else None
    is_type = _IS_TYPE_UNINDEXED if searched.finds_few else _IS_TYPE
    others = (is_type if content_type else None, public)
    total = _total(searched.counted, *others)
    query = _page_query(
        total, searched.condition, *others, wanted.by_size, wanted.ascending, place is not None
    )
    if wanted.public_only:
        query = _with_renditions(query, database.dialect, wanted.by_size, wanted.ascending)
    rows = await database.rows(query, values)
    counted = rows or await database.rows(select(total.label("total")), values)
    count = counted[0]["total"]
    more = len(rows) > size
    return Page(
        assets=[
            asset_of(row, derivatives_of(row) if wanted.public_only else ()) for row in rows[:size]
        ],
        next_page_token=_token(wanted, rows[size - 1]) if more else "",
        total=min(count, COUNT_CAP),
        total_is_capped=count > COUNT_CAP,
    )


_IS_TYPE = asset.c.content_type == bindparam("content_type")
# What is no bare column is not looked up: SQLite would take many of a type for few.
_IS_TYPE_UNINDEXED = asset.c.content_type.concat("") == bindparam("content_type")


@lru_cache(maxsize=128)
def _page_query(
    total: ScalarSelect[int],
    searched: Condition,
    of_type: Condition,
    public: Condition,
    by_size: bool,
    ascending: bool,
    continued: bool,
) -> Select[Any]:
    """The query for a page. Building one costs more than running it, so each shape is kept."""
    key = _key(asset.c, by_size)
    query = (
        select(*ASSET_COLUMNS, total.label("total"))
        .where(*_given(searched, of_type, public))
        .order_by(*_sorted(asset.c, by_size, ascending))
        .limit(bindparam("rows"))
        .offset(bindparam("skip"))
    )
    if continued:
        here = tuple_(key, asset.c.id)
        there = tuple_(bindparam("last_key", type_=key.type), bindparam("last_id"))
        query = query.where(here > there if ascending else here < there)
    return query


@lru_cache(maxsize=128)
def _with_renditions(
    query: Select[Any], dialect: str, by_size: bool, ascending: bool
) -> Select[Any]:
    """The same page with each asset's renditions."""
    # Around it, so that they are read for the page alone, not for what it passes over or sorts.
    chosen = query.subquery()
    renditions = renditions_column(dialect, chosen.c.id).label("derivatives")
    return select(chosen, renditions).order_by(*_sorted(chosen.c, by_size, ascending))


def _key(columns: Columns, by_size: bool) -> ColumnElement[Any]:
    key: ColumnElement[Any] = columns["size" if by_size else "created_at"]
    return key


def _sorted(columns: Columns, by_size: bool, ascending: bool) -> list[ColumnElement[Any]]:
    keys = (_key(columns, by_size), columns["id"])
    return [each.asc() if ascending else each.desc() for each in keys]


@lru_cache(maxsize=128)
def _total(searched: Condition, of_type: Condition, public: Condition) -> ScalarSelect[int]:
    matching: Select[Any] = (
        select(literal_column("1"))
        .select_from(asset)
        .where(*_given(searched, of_type, public))
        .limit(COUNT_CAP + 1)
    )
    if of_type is _IS_TYPE:
        # In the order in which they lie in the table: SQLite has two indexes to choose from.
        matching = matching.order_by(asset.c.created_at, asset.c.id)
    return select(func.count()).select_from(matching.subquery()).scalar_subquery()


def _given(*conditions: Condition) -> list[ColumnElement[bool]]:
    return [condition for condition in conditions if condition is not None]


def _order(wanted: Listing) -> str:
    return ("s" if wanted.by_size else "c") + ("a" if wanted.ascending else "d")


def _token(wanted: Listing, last: Row) -> str:
    value = last["size"]
    if not wanted.by_size:
        value = (last["created_at"] - _EPOCH) // timedelta(microseconds=1)
    place = orjson.dumps([_order(wanted), value, last["id"]])
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _place(wanted: Listing) -> dict[str, Any] | None:
    """Where the page before this one ended, as values of the page query.

    None for the first page, and for a token that can't be read or was made for another order.
    """
    token = wanted.page_token
    if not token or len(token) > _MAX_TOKEN_CHARACTERS:
        return None
    try:
        place = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        return None
    match place:
        case [str(order), int(key), str(last_id)] if order == _order(wanted):
            return _last(key, last_id, wanted.by_size)
        case _:
            return None


def _last(key: int, last_id: str, by_size: bool) -> dict[str, Any] | None:
    if "\0" in last_id or not -_MAX_KEY <= key <= _MAX_KEY:
        return None
    try:
        last_key = key if by_size else _EPOCH + timedelta(microseconds=key)
    except OverflowError:
        return None
    return {"last_key": last_key, "last_id": last_id}
