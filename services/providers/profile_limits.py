"""The limits of every profile, which hold over all processes that serve providers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import TypeAlias

from services.chassis.database import Database
from services.chassis.supervision import supervised
from services.providers.limits import Limits
from services.providers.replica import Replica
from services.providers.starts import Starts

LimitsOf: TypeAlias = Callable[[str], Limits]
"""Gives a profile's limits by its id, the same ones each time."""


@asynccontextmanager
async def profile_limits(
    database: Database, concurrency: int, per_minute: int | None
) -> AsyncIterator[LimitsOf]:
    """Keeps them: how many calls a profile may have in flight, and may start in any minute.

    On SQLite there is one providers service, which need not share what may be in flight.
    """

    def starts(profile_id: str) -> Starts | None:
        return None if per_minute is None else Starts(database, profile_id, per_minute)

    if database.dialect == "sqlite":
        yield cache(lambda profile_id: Limits(concurrency, starts(profile_id)))
        return
    replica = Replica(database, concurrency)
    try:
        async with supervised("renewal of AI limits", replica.run):
            yield cache(lambda profile_id: replica.limits(profile_id, starts(profile_id)))
    finally:
        await replica.end()
