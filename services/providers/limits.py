"""How many calls one profile may have in flight, and when the next one may start."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from heapq import heappop, heappush
from itertools import count

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
        self._waits = 0
        """Counts whenever a call has to wait."""
        self._valid_until = math.inf
        self._starts = starts
        self._wanted = wanted
        self._turn = asyncio.Lock()
        self._line: list[tuple[int, asyncio.Future[None]]] = []
        """A heap of who waits for a place, by their numbers; those that have given up are done."""
        self._numbers = count()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def demand(self) -> int:
        """How many calls are in flight or wait."""
        return self.in_flight + self._waiting

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[bool]:
        """Waits, first come first served, until a call may start, and counts it until it ends.

        Says whether it had to wait.
        """
        waits = self._waits
        await self._begin()
        try:
            yield self._waits > waits
        finally:
            self._end()

    def allow(self, places: int, valid_until: float) -> None:
        """Lets so many calls be in flight, and none start after `valid_until`."""
        self._places = places
        self._valid_until = valid_until
        self._hand_out()

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

    async def _begin(self) -> None:
        if self._starts is None:
            await self._place()
            return
        with self._wanting():
            await self._turn.acquire()
        try:
            while not await self._has_begun(self._starts):
                pass
        finally:
            self._turn.release()

    async def _has_begun(self, starts: Starts) -> bool:
        await self._place()
        has_begun = False
        try:
            delay = await starts.reserve()
            # There may be a pause by now, or the process was frozen.
            has_begun = delay == 0 and self._is_open(time.monotonic())
        finally:
            if not has_begun:
                self._end()
        if not has_begun:
            with self._wanting():
                await asyncio.sleep(delay)
        return has_begun

    @contextmanager
    def _wanting(self) -> Iterator[None]:
        self._waits += 1
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def _place(self) -> None:
        """Takes a place. A place that becomes free is handed to the first in line at once."""
        number = next(self._numbers)
        while True:
            place = asyncio.get_running_loop().create_future()
            heappush(self._line, (number, place))
            self._waiting += 1
            self._hand_out()
            if not place.done():
                self._waits += 1
            try:
                await place
            except asyncio.CancelledError:
                if place.cancelled():
                    self._waiting -= 1
                else:
                    self._end()
                raise
            if self._is_open(time.monotonic()):
                return
            # There was a pause since, or the process was frozen.
            self._end()

    def _end(self) -> None:
        self.in_flight -= 1
        self.idle_since = time.monotonic()
        self._hand_out()

    def _hand_out(self) -> None:
        while self._line:
            # One moment for all that is asked here: between two a pause might end unnoticed.
            moment = time.monotonic()
            if self._line[0][1].done():
                heappop(self._line)
            elif self.in_flight < self._places and self._is_open(moment):
                _, place = heappop(self._line)
                self._waiting -= 1
                self.in_flight += 1
                place.set_result(None)
            else:
                self._wanted()
                self._set_alarm(moment)
                return

    def _set_alarm(self, moment: float) -> None:
        pause = self.paused_until - moment
        if pause > 0 and self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(pause, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self._hand_out()

    def _is_open(self, moment: float) -> bool:
        # Not the event loop's clock, which stands still while a callback runs: a process that was
        # frozen in one must know.
        return self.paused_until <= moment < self._valid_until
