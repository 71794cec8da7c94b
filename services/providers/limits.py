"""How many calls one profile may have in flight and how many a minute."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WINDOW_SECONDS = 60.0


class Pace:
    """When the next call may start. Times are seconds on any steady clock."""

    def __init__(self, per_minute: int | None) -> None:
        """Takes how many calls may start within any minute; None for no limit."""
        self._starts: deque[float] = deque(maxlen=per_minute)
        self._paused_until = 0.0

    def delay(self, now: float) -> float:
        """How long a call must wait at `now`; 0 when it may start."""
        next_start = self._paused_until
        if self._starts.maxlen is not None and len(self._starts) == self._starts.maxlen:
            next_start = max(next_start, self._starts[0] + WINDOW_SECONDS)
        return max(0.0, next_start - now)

    def started(self, now: float) -> None:
        """Counts a call."""
        if self._starts.maxlen is not None:
            self._starts.append(now)

    def pause(self, until: float) -> None:
        """Lets no call start before `until`."""
        self._paused_until = max(self._paused_until, until)


class Limits:
    """One profile's limits, shared by all its calls in this process."""

    def __init__(self, concurrency: int, per_minute: int | None) -> None:
        self._free = asyncio.Semaphore(concurrency)
        self._pace = Pace(per_minute)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Waits, first come first served, until a call may start, and counts it until it ends."""
        async with self._free:
            clock = asyncio.get_running_loop().time
            # A call that starts or a 429 meanwhile may make it longer: looked up anew each time.
            while (delay := self._pace.delay(clock())) > 0:  # noqa: ASYNC110
                await asyncio.sleep(delay)
            self._pace.started(clock())
            yield

    def slow_down(self, seconds: float) -> None:
        """Holds back every call of the profile for so long; an endpoint asked for it."""
        self._pace.pause(asyncio.get_running_loop().time() + seconds)
