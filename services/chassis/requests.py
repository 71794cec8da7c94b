"""Requests that have their effect once, however often they are sent: kept for 24 hours.

A request that may be repeated has an id of its caller's choosing. The service that owns the effect
notes the id in the transaction of the effect, so that both are there or neither, and of two equal
requests that come at once the second waits for the first.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.clock import now
from services.chassis.database import Database, UtcDateTime
from services.chassis.errors import AlreadyExists

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
    connection.execute(
        table.delete().where(table.c.id == claim.id, table.c.created_at < moment - KEPT)
    )
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {
        "id": claim.id,
        "fingerprint": claim.fingerprint,
        "resource_id": resource_id,
        "created_at": moment,
    }
    note = insert(table).values(row).on_conflict_do_nothing()
    # Of an INSERT, SQLAlchemy keeps the count only when told to.
    noted = connection.execute(note.execution_options(preserve_rowcount=True))
    if noted.rowcount == 1:
        return None
    earlier = connection.execute(sa.select(table).where(table.c.id == claim.id)).mappings().one()
    if earlier["fingerprint"] != claim.fingerprint:
        raise RequestReused
    return str(earlier["resource_id"])


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
