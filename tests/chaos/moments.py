"""The moments at which a kill hurts most."""

import asyncio
from enum import StrEnum


class Moment(StrEnum):
    """What has just happened."""

    ARRIVAL = "a call arrives"
    ANSWER = "a call was answered"
    UPLOADING = "an upload begins"
    UPLOADED = "an upload was answered"


class Moments:
    """Tells whoever waits for one that it is there."""

    def __init__(self) -> None:
        self._next = {moment: asyncio.Event() for moment in Moment}

    def tell(self, moment: Moment) -> None:
        """Wakes those that wait for it now."""
        self._next[moment].set()
        self._next[moment] = asyncio.Event()

    async def next(self, moment: Moment, seconds: float) -> None:
        """Waits until it comes, or for so long."""
        waiting = asyncio.create_task(self._next[moment].wait())
        await asyncio.wait({waiting}, timeout=seconds)
        waiting.cancel()
