"""What is kept for a while only: the engine's records, and the names of assets that are gone."""

import asyncio
import logging
from datetime import timedelta

from services.chassis.clock import now
from services.skills.engine import Engine
from services.skills.store import ExecutionStore

FIRST_SECONDS = 90.0
"""How long after a start the first look waits, not to be in the way."""
INTERVAL_SECONDS = 3600.0
_log = logging.getLogger(__name__)


async def retain(store: ExecutionStore, engine: Engine, days: int) -> None:
    """Removes, once an hour until it is cancelled, what is kept no longer.

    Of runs that ended more than `days` days ago the engine's records go; the executions stay, as
    long as their assets.
    """
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        count = await engine.forget_ended(now() - timedelta(days=days))
        if count:
            _log.info("the engine's records of %d runs have been removed", count)
        await store.forget_deleted_assets()
        await asyncio.sleep(INTERVAL_SECONDS)
