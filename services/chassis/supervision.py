"""Keeps background work going."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.chassis.database import AWAY, why_away

RESTART_SECONDS = 1.0
_log = logging.getLogger(__name__)


@asynccontextmanager
async def supervised(name: str, run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Runs something without end inside the block, and again a second after it has failed."""
    task = asyncio.create_task(_forever(name, run), name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _forever(name: str, run: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.current_task()
    # A failure on the way out may take the place of the cancellation.
    while task is not None and not task.cancelling():
        try:
            await run()
        except AWAY as error:
            _log.warning("the %s waits, the database does not answer: %s", name, why_away(error))
        except Exception:  # noqa: BLE001 - whatever it was, the work must go on
            _log.exception("the %s failed and is started again", name)
        await asyncio.sleep(RESTART_SECONDS)
