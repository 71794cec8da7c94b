"""Keeps background work going."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.chassis.database import AWAY, why_away

RESTART_SECONDS = 1.0
END_SECONDS = 1.0
"""How long work may take to end when it is cancelled; what it waits for may never come."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def supervised(name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs something without end inside the block, and again a second after it has failed."""
    over = asyncio.Event()
    task = asyncio.create_task(_until(over, name, run), name=name)
    try:
        yield
    finally:
        over.set()
        task.cancel()
        await asyncio.wait({task}, timeout=END_SECONDS)
        if not task.done():
            _log.warning("the %s does not end, and is not waited for", name)


async def _until(over: asyncio.Event, name: str, run: Callable[[], Awaitable[None]]) -> None:
    # A failure on the way out may take the place of the cancellation; and a task group that failed
    # leaves its task marked as cancelled, in Python before 3.13.
    while not over.is_set():
        try:
            await run()
        except AWAY as error:
            _log.warning("the %s waits, the database does not answer: %s", name, why_away(error))
        except Exception:  # noqa: BLE001 - whatever it was, the work must go on
            _log.exception("the %s failed and is started again", name)
        await asyncio.sleep(RESTART_SECONDS)
