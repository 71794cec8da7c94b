"""Waiting for executions to change or to end."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import suppress

from services.chassis.database import AWAY, why_away
from services.skills.model import Execution
from services.skills.store import ExecutionStore

POLL_SECONDS = 0.5
"""How often the database is asked, for what happens in another process."""
_log = logging.getLogger(__name__)


class Waiting:
    """Lets callers wait; of what happens in this process they are told at once."""

    def __init__(self, store: ExecutionStore) -> None:
        self._store = store
        self._waiters: dict[str, set[asyncio.Event]] = defaultdict(set)

    def changed(self, execution_id: str) -> None:
        """Says that something has happened to an execution."""
        for event in self._waiters.get(execution_id, ()):
            event.set()

    async def states(self, execution_id: str) -> AsyncGenerator[Execution | None, None]:
        """The execution as it is now, and again whenever it may have changed, up to its end.

        None at the end when there is none of that id, or no longer.
        """
        event = asyncio.Event()
        self._waiters[execution_id].add(event)
        try:
            while True:
                event.clear()
                try:
                    found = await self._store.get(execution_id)
                    yield found
                    if found is None or found.status.ended:
                        return
                except AWAY as error:
                    _log.warning("who waits, waits for the database too: %s", why_away(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await event.wait()
        finally:
            self._waiters[execution_id].discard(event)
            if not self._waiters[execution_id]:
                del self._waiters[execution_id]

    async def until_ended(self, execution_id: str) -> Execution | None:
        """The ended execution; None when there is none of that id, or no longer."""
        last = None
        async for state in self.states(execution_id):
            last = state
        return last
