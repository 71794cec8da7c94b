"""Finding assets by what is written about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    table,
)

from services.assets.model import folded
from services.assets.tables import asset
from services.chassis.database import Database

SHORT_QUERY = 2
"""Characters; a query of so many is compared with the start of the file name only."""
LONG_QUERY = 200
"""Characters of a query that an index looks up, each three of them; of the rows that it finds, the
text is compared with the whole query."""
FEW = 10_000
"""So many matches can be looked up one by one before they are sorted."""

# SQLite's trigram index, kept by triggers: see the migration.
_index_row: ColumnElement[int] = literal_column("asset_search.rowid")
_index_match: ColumnElement[str] = literal_column("asset_search")
_asset_row: ColumnElement[int] = literal_column("asset.rowid")
_found = (
    select(_index_row)
    .select_from(table("asset_search"))
    .where(_index_match.op("MATCH")(bindparam("phrase")))
)
_count_found = select(func.count().label("found")).select_from(_found.limit(FEW + 1).subquery())

_name: ColumnElement[str] = asset.c.folded_name
_NAME_PREFIX = and_(_name >= bindparam("name_from"), _name < bindparam("name_to"))
_count_named = select(func.count().label("found")).select_from(
    select(literal_column("1")).select_from(asset).where(_NAME_PREFIX).limit(FEW + 1).subquery()
)
# What is no bare column is not looked up.
_unindexed = _name.concat("")
_NAME_PREFIX_UNINDEXED = and_(
    _unindexed >= bindparam("name_from"), _unindexed < bindparam("name_to")
)
_SUBSTRING = asset.c.search_text.like(bindparam("pattern"), escape="/")
_INDEXED = _asset_row.in_(_found)
_whole = bindparam("whole", type_=Text)
_HOLDS_WHOLE = {
    "sqlite": func.instr(asset.c.search_text, _whole) > 0,
    "postgresql": func.strpos(asset.c.search_text, _whole) > 0,
}
# Made once, since the queries that hold them are kept.
_LONG_INDEXED = and_(_INDEXED, _HOLDS_WHOLE["sqlite"])
_LONG_SUBSTRING = {name: and_(_SUBSTRING, holds) for name, holds in _HOLDS_WHOLE.items()}


@dataclass(frozen=True, slots=True)
class Search:
    """What a row must meet to match, and the values in that condition."""

    condition: ColumnElement[bool] | None = None
    """None if every row matches."""
    values: Mapping[str, str] = field(default_factory=dict)
    elsewise: ColumnElement[bool] | None = None
    """The same said so that an index finds all that match, where `condition` leaves those in the
    order in which they are wanted.
    """

    finds_few: bool = False
    """Whether its own index is to be used, and none of what else is asked for."""

    @property
    def counted(self) -> ColumnElement[bool] | None:
        """The condition for who only counts."""
        return self.condition if self.elsewise is None else self.elsewise


async def search(database: Database, query: str) -> Search:
    """Returns the search for a query, which counts in any case.

    Postgres plans by itself when to use an index of what is searched. For SQLite we choose: that
    index where few match, and else the order's own, on which some will soon be met.
    """
    wanted = folded(query).strip()
    if not wanted:
        return Search()
    if len(wanted) <= SHORT_QUERY:
        range_ = {"name_from": wanted, "name_to": wanted + "\U0010ffff"}
        if database.dialect == "sqlite" and await _are_many(database, _count_named, range_):
            return Search(_NAME_PREFIX_UNINDEXED, range_, _NAME_PREFIX)
        return Search(_NAME_PREFIX, range_, finds_few=database.dialect == "sqlite")
    begin, whole = wanted[:LONG_QUERY], {"whole": wanted} if len(wanted) > LONG_QUERY else {}
    if database.dialect == "sqlite":
        phrase = {"phrase": '"' + begin.replace('"', '""') + '"'}
        if not await _are_many(database, _count_found, phrase):
            return Search(_LONG_INDEXED if whole else _INDEXED, phrase | whole, finds_few=True)
    substring = _LONG_SUBSTRING[database.dialect] if whole else _SUBSTRING
    return Search(substring, {"pattern": f"%{_escaped(begin)}%"} | whole)


async def _are_many(database: Database, count: Select[Any], values: Mapping[str, str]) -> bool:
    found: int = (await database.rows(count, values))[0]["found"]
    return found > FEW


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")
