"""How much there is: counters that are kept in the transaction of each change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Insert,
    Select,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite

from services.assets.tables import asset, derivative, usage
from services.chassis.database import Database


@dataclass(frozen=True, slots=True)
class Amount:
    """So much of one content type, which is that of the originals."""

    content_type: str
    assets: int = 0
    size: int = 0
    """Bytes of the originals."""
    derivatives: int = 0


def count(connection: Connection, amounts: Iterable[Amount]) -> None:
    """Adds to the counters, or takes away from them what is below 0.

    To be called last in a transaction: on Postgres it keeps all others of the content type waiting
    until its end. They are counted by name, so that no two wait for each other.
    """
    rows = [
        {
            "content_type": each.content_type,
            "assets": each.assets,
            "size": each.size,
            "derivatives": each.derivatives,
        }
        for each in sorted(amounts, key=lambda amount: amount.content_type)
    ]
    if rows:
        connection.execute(_COUNT[connection.dialect.name], rows)


async def read(database: Database) -> list[Amount]:
    """Returns what the counters say of each content type there is, the largest count first."""
    return [Amount(**row) for row in await database.rows(_READ)]


async def drift(database: Database) -> list[Amount]:
    """Returns what the counters lack of what is there, or have too much of; nothing if it is right.

    Reads every row, all of them as of one moment.
    """
    return [Amount(**row) for row in await database.rows(_DRIFT)]


async def mend(database: Database) -> int:
    """Makes the counters right; says how many content types they were wrong about."""

    def work(connection: Connection) -> int:
        if connection.dialect.name == "postgresql":
            # What was counted by then is committed; who counts later is not seen yet.
            connection.execute(_LOCK)
        lacking = [Amount(**row) for row in connection.execute(_DRIFT).mappings()]
        count(connection, lacking)
        return len(lacking)

    return await database.write(work)


def _count(insert: Any) -> Insert:
    add = insert(usage)
    numbers = ("assets", "size", "derivatives")
    put: Insert = add.on_conflict_do_update(
        index_elements=[usage.c.content_type],
        set_={name: usage.c[name] + add.excluded[name] for name in numbers},
    )
    return put


def _difference() -> Select[Any]:
    """What is there, less what the counters say, by content type."""
    there = union_all(
        select(
            asset.c.content_type,
            literal(1).label("assets"),
            asset.c.size,
            literal(0).label("derivatives"),
        ),
        select(asset.c.content_type, literal(0), literal(0), literal(1)).join_from(
            derivative, asset
        ),
        select(usage.c.content_type, -usage.c.assets, -usage.c.size, -usage.c.derivatives),
    ).subquery()
    lacking = [
        cast(func.sum(there.c[name]), BigInteger).label(name)
        for name in ("assets", "size", "derivatives")
    ]
    return (
        select(there.c.content_type, *lacking)
        .group_by(there.c.content_type)
        .having(or_(*(func.sum(there.c[each.name]) != 0 for each in lacking)))
    )


_COUNT = {"sqlite": _count(sqlite.insert), "postgresql": _count(postgresql.insert)}
_READ = (
    select(usage).where(usage.c.assets > 0).order_by(usage.c.assets.desc(), usage.c.content_type)
)
_DRIFT = _difference()
_LOCK = text("LOCK TABLE usage_by_type IN EXCLUSIVE MODE")
