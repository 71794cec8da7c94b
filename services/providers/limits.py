"""How many calls one profile may have in flight, and when the next one may start."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from services.providers.starts import Starts


@dataclass(slots=True)
class _Line:
    """Calls to one target: an endpoint may ask them to wait, and none of another target."""

    paused_until: float = 0.0
    """On the clock of `time.monotonic`."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Whose call is counted next, if the calls of a minute are."""
    is_left: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether the profile has another target now."""
    users: int = 0
    """Those that have the turn, or wait for it, or rest."""
    waiting: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)
    """A heap of who waits for a place, by their numbers; those that have given up are done."""
    alarm: asyncio.TimerHandle | None = None

    def is_over(self, moment: float) -> bool:
        """Whether nothing needs it any more."""
        return self.paused_until <= moment and not self.waiting and not self.users


class Limits:
    """One profile's limits in this process, shared by all its calls here.

    A profile that is changed may have another target, such as another key. It shares the places
    with what is still under way to the former, but no pause that the former's endpoint asked for.
    """

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
        self._places = places
        self._waiting = 0
        self._waits = 0
        """Counts whenever a call has to wait."""
        self._valid_until = math.inf
        self._starts = starts
        self._wanted = wanted
        self._lines: dict[str, _Line] = {}
        """By their targets."""
        self._numbers = count()

    @property
    def demand(self) -> int:
        """How many calls are in flight or wait."""
        return self.in_flight + self._waiting

    @asynccontextmanager
    async def slot(self, target: str = "") -> AsyncIterator[bool]:
        """Waits, first come first served, until a call may start, and counts it until it ends.

        Only calls to targets that asked to wait let others go first.

        Says whether it had to wait.
        """
        waits = self._waits
        await self._begin(target)
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

    def aim(self, target: str) -> None:
        """Lets nobody wait any more for what another target than this asked for."""
        self._line(target).is_left.clear()
        for name, line in self._lines.items():
            if name != target:
                line.paused_until = 0.0
                line.is_left.set()
        self._hand_out()

    async def rest(self, seconds: float, target: str) -> None:
        """Sleeps for so long, or until the profile has another target."""
        line = self._line(target)
        line.users += 1
        try:
            async with asyncio.timeout(seconds):
                await line.is_left.wait()
        except TimeoutError:
            pass
        finally:
            line.users -= 1

    @property
    def pauses(self) -> dict[str, float]:
        """Until when no call to which targets may start, on the clock of `time.monotonic`."""
        moment = time.monotonic()
        return {
            target: line.paused_until
            for target, line in self._lines.items()
            if line.paused_until > moment
        }

    def slow_down(self, seconds: float, target: str = "") -> None:
        """Holds back every call to the target for so long; an endpoint asked for it."""
        self.pause(time.monotonic() + seconds, target)
        self._wanted()

    def pause(self, until: float, target: str = "") -> None:
        """Lets no call to the target start before `until`."""
        line = self._line(target)
        line.paused_until = max(line.paused_until, until)

    def _line(self, target: str) -> _Line:
        line = self._lines.get(target)
        if line is None:
            moment = time.monotonic()
            for former in [name for name, each in self._lines.items() if each.is_over(moment)]:
                del self._lines[former]
            line = self._lines[target] = _Line()
        return line

    async def _begin(self, target: str) -> None:
        if self._starts is None:
            await self._place(target)
            return
        line = self._line(target)
        line.users += 1
        try:
            with self._wanting():
                await line.turn.acquire()
            try:
                while not await self._has_begun(target, self._starts):
                    pass
            finally:
                line.turn.release()
        finally:
            line.users -= 1

    async def _has_begun(self, target: str, starts: Starts) -> bool:
        await self._place(target)
        has_begun = False
        try:
            delay = await starts.reserve()
            # There may be a pause by now, or the process was frozen.
            has_begun = delay == 0 and self._is_open(self._line(target), time.monotonic())
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

    async def _place(self, target: str) -> None:
        """Takes a place. A place that becomes free is handed to the first in line at once."""
        number = next(self._numbers)
        while True:
            place = asyncio.get_running_loop().create_future()
            heappush(self._line(target).waiting, (number, place))
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
            if self._is_open(self._line(target), time.monotonic()):
                return
            # There was a pause since, or the process was frozen.
            self._end()

    def _end(self) -> None:
        self.in_flight -= 1
        self.idle_since = time.monotonic()
        self._hand_out()

    def _hand_out(self) -> None:
        while True:
            # One moment for all that is asked here: between two a pause might end unnoticed.
            moment = time.monotonic()
            lines = [line for line in self._lines.values() if _is_wanted(line)]
            ready = [line for line in lines if self._is_open(line, moment)]
            if not ready or self.in_flight >= self._places:
                break
            _, place = heappop(min(ready, key=lambda line: line.waiting[0][0]).waiting)
            self._waiting -= 1
            self.in_flight += 1
            place.set_result(None)
        if lines:
            self._wanted()
        for line in lines:
            self._set_alarm(line, moment)

    def _set_alarm(self, line: _Line, moment: float) -> None:
        pause = line.paused_until - moment
        if pause > 0 and line.alarm is None:
            line.alarm = asyncio.get_running_loop().call_later(pause, self._ring, line)

    def _ring(self, line: _Line) -> None:
        line.alarm = None
        self._hand_out()

    def _is_open(self, line: _Line, moment: float) -> bool:
        # Not the event loop's clock, which stands still while a callback runs: a process that was
        # frozen in one must know.
        return line.paused_until <= moment < self._valid_until


def _is_wanted(line: _Line) -> bool:
    """Whether somebody waits in it."""
    while line.waiting and line.waiting[0][1].done():
        heappop(line.waiting)
    return bool(line.waiting)
