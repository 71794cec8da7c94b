"""How many calls one profile may have in flight, and when the next one may start."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from services.providers.starts import Starts


class Limits:
    """One profile's limits in this process, shared by all its calls here."""

    def __init__(
        self,
        places: int,
        starts: Starts | None = None,
        *,
        wanted: Callable[[], None] = lambda: None,
    ) -> None:
        """Takes how many calls may be in flight until `allow` says otherwise, what counts the calls
        of a minute, None for no limit, and what is called when a call has to wait or after a pause
        was asked for.
        """
        self.in_flight = 0
        self.idle_since = 0.0
        """When a call last ended, on the clock of `time.monotonic`."""
        self.paused_until = 0.0
        """On the clock of `time.monotonic`."""
        self._places = places
        self._waiting = 0
        self._valid_until = math.inf
        self._starts = starts
        self._wanted = wanted
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    @property
    def demand(self) -> int:
        """How many calls are in flight or wait."""
        return self.in_flight + self._waiting

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits, first come first served, until a call may start, and counts it until it ends."""
        self._waiting += 1
        try:
            async with self._turn:
                await self._begin()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._end()

    def allow(self, places: int, valid_until: float) -> None:
        """Lets so many calls be in flight, and none start after `valid_until`."""
        self._places = places
        self._valid_until = valid_until
        self._changed.set()

    def hold(self) -> None:
        """Lets no more calls be in flight than are now."""
        self._places = min(self._places, self.in_flight)

    def slow_down(self, seconds: float) -> None:
        """Holds back every call of the profile for so long; an endpoint asked for it."""
        self.pause(time.monotonic() + seconds)
        self._wanted()

    def pause(self, until: float) -> None:
        """Lets no call start before `until`."""
        self.paused_until = max(self.paused_until, until)
        self._changed.set()

    async def _begin(self) -> None:
        while True:
            await self._free()
            self.in_flight += 1
            if self._starts is None:
                return
            has_begun = False
            try:
                delay = await self._starts.reserve()
                # There may be a pause by now, or the process was frozen.
                has_begun = delay == 0 and self._is_open()
            finally:
                if not has_begun:
                    self._end()
            if has_begun:
                return
            await asyncio.sleep(delay)

    def _end(self) -> None:
        self.in_flight -= 1
        self.idle_since = time.monotonic()
        self._changed.set()

    async def _free(self) -> None:
        while not (self.in_flight < self._places and self._is_open()):
            self._changed.clear()
            self._wanted()
            pause = self.paused_until - time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(pause if pause > 0 else None):
                    await self._changed.wait()

    def _is_open(self) -> bool:
        # Not the event loop's clock, which stands still while a callback runs: a process that was
        # frozen in one must know.
        return self.paused_until <= time.monotonic() < self._valid_until
