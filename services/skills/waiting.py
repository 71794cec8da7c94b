"""Waiting for executions to end."""

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress

from services.chassis.database import AWAY, why_away
from services.skills.model import Execution
from services.skills.store import ExecutionStore

POLL_SECONDS = 0.5
"""How often the database is asked, for runs that end in another process."""
_log = logging.getLogger(__name__)


class Waiting:
    """Lets callers wait; those that end in this process are told at once."""

    def __init__(self, store: ExecutionStore) -> None:
        self._store = store
        self._waiters: dict[str, set[asyncio.Event]] = defaultdict(set)

    def ended(self, execution_id: str) -> None:
        """Says that an execution has ended."""
        for event in self._waiters.get(execution_id, ()):
            event.set()

    async def until_ended(self, execution_id: str) -> Execution | None:
        """The ended execution; None when there is none of that id, or no longer."""
        event = asyncio.Event()
        self._waiters[execution_id].add(event)
        try:
            while True:
                try:
                    found = await self._store.get(execution_id)
                    if found is None or found.status.ended:
                        return found
                except AWAY as error:
                    _log.warning("who waits, waits for the database too: %s", why_away(error))
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await event.wait()
                event.clear()
        finally:
            self._waiters[execution_id].discard(event)
            if not self._waiters[execution_id]:
                del self._waiters[execution_id]
