"""Requests that have their effect once, however often they are sent: kept for 24 hours.

A request that may be repeated has an id of its caller's choosing. The service that owns the effect
notes the id in the transaction of the effect, so that both are there or neither, and of two equal
requests that come at once the second waits for the first.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.clock import now
from services.chassis.database import Database, UtcDateTime
from services.chassis.errors import AlreadyExists, InvalidArgument

KEPT = timedelta(hours=24)
ID_CHARACTERS = 64
FORGET_SECONDS = 3600.0
"""How often old requests are forgotten."""


class RequestReused(AlreadyExists):
    """Another request with other content has this id."""

    def __init__(self) -> None:
        super().__init__(
            "IDEMPOTENCY_KEY_REUSED",
            "another request with this Idempotency-Key had other content; choose a new key",
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """One request."""

    id: str
    """1 to 64 characters, chosen by the caller."""
    fingerprint: str
    """Of the request's content, 64 characters at most: equal for equal ones."""
    former: Collection[str] = ()
    """What an equal one may have been noted with under an earlier secret."""

    def is_of(self, fingerprint: str) -> bool:
        """Whether a request that was noted with this is equal."""
        return fingerprint == self.fingerprint or fingerprint in self.former


def request_table(metadata: sa.MetaData) -> sa.Table:
    """A service's table of requests."""
    return sa.Table(
        "request",
        metadata,
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("resource_id", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Index("request_created", "created_at"),
    )


def claimed(
    connection: sa.Connection, table: sa.Table, claim: Claim, resource_id: str
) -> str | None:
    """Notes what a request makes; gives what an equal one has made before, None if there is none.

    Raises RequestReused.
    """
    moment = now()
    statements = _statements(table, connection.dialect.name)
    connection.execute(statements.drop_old, {"request_id": claim.id, "oldest": moment - KEPT})
    row = {
        "id": claim.id,
        "fingerprint": claim.fingerprint,
        "resource_id": resource_id,
        "created_at": moment,
    }
    if connection.execute(statements.note, row).rowcount == 1:
        return None
    found = connection.execute(statements.look_up, {"request_id": claim.id})
    earlier = found.mappings().one()
    if not claim.is_of(earlier["fingerprint"]):
        raise RequestReused
    return str(earlier["resource_id"])


async def known(database: Database, table: sa.Table, claim: Claim) -> str | None:
    """What an equal request has made before, None if there is none, without noting anything.

    Raises RequestReused.
    """
    look_up = _statements(table, database.dialect).look_up
    rows = await database.rows(look_up, {"request_id": claim.id})
    if not rows or rows[0]["created_at"] < now() - KEPT:
        return None
    if not claim.is_of(rows[0]["fingerprint"]):
        raise RequestReused
    return str(rows[0]["resource_id"])


def keep(connection: sa.Connection, table: sa.Table, claim: Claim, outcome: str) -> None:
    """Notes what came of a request that was claimed before that was known, in its transaction."""
    keep_it = _statements(table, connection.dialect.name).keep
    connection.execute(keep_it, {"request_id": claim.id, "outcome": outcome})


def checked_id(request_id: str, *, required: bool = False) -> str:
    """A request's id; "" stands for none. Raises REQUEST_INVALID for what cannot be one."""
    least = 1 if required else 0
    if not least <= len(request_id) <= ID_CHARACTERS or "\0" in request_id:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"request_id must have {least} to {ID_CHARACTERS} characters, none of them NUL",
        )
    return request_id


@dataclass(frozen=True, slots=True)
class _Statements:
    drop_old: sa.Delete
    note: sa.Insert
    look_up: sa.Select[Any]
    keep: sa.Update


@cache
def _statements(table: sa.Table, dialect: str) -> _Statements:
    """Built once: building them costs more than running them."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    known = table.c.id == sa.bindparam("request_id")
    oldest = sa.bindparam("oldest", type_=UtcDateTime())
    # Of an INSERT, SQLAlchemy keeps the count only when told to.
    note = insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return _Statements(
        drop_old=table.delete().where(known, table.c.created_at < oldest),
        note=note,
        look_up=sa.select(table).where(known),
        keep=table.update().where(known).values(resource_id=sa.bindparam("outcome")),
    )


def forget_old(connection: sa.Connection, table: sa.Table) -> int:
    """Removes requests that are kept no longer; says how many."""
    old = table.delete().where(table.c.created_at < now() - KEPT)
    return connection.execute(old).rowcount


async def forget_forever(database: Database, table: sa.Table) -> None:
    """Removes requests that are kept no longer, at once and then hourly, until it is cancelled.

    Raises what the database raises: it is to be `supervised`.
    """
    while True:
        await database.write(lambda connection: forget_old(connection, table))
        await asyncio.sleep(FORGET_SECONDS)
