"""How long some work may take, without the time in which it can do nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self


class TimeLimit:
    """A timeout around a block; `paused` stops its clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._timeout = asyncio.Timeout(None)
        self._left = seconds
        self._is_open = False
        self._pauses = 0

    async def __aenter__(self) -> Self:
        """Starts the clock."""
        await self._timeout.__aenter__()
        self._is_open = True
        self._go_on()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raises TimeoutError when the time ran out."""
        self._is_open = False
        await self._timeout.__aexit__(kind, error, trace)

    @property
    def is_over(self) -> bool:
        """Whether the time ran out."""
        return self._timeout.expired()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stops the clock, if it runs. Pauses that overlap count once."""
        until = self._timeout.when()
        if self._is_open and until is not None and not self.is_over:
            self._left = until - _now()
            self._timeout.reschedule(None)
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            self._go_on()

    def _go_on(self) -> None:
        if self._is_open and self._pauses == 0 and not self.is_over:
            self._timeout.reschedule(_now() + self._left)


def _now() -> float:
    return asyncio.get_running_loop().time()
