"""Processes that are started again whenever they end, as a supervisor would."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from tests.e2e.hub_process import running

RESTART_SECONDS = 0.2
START_SECONDS = 30.0
END_SECONDS = 20.0


class Kept:
    """One process of a hub."""

    def __init__(self, name: str, spawn: Callable[[], Awaitable[Process]]) -> None:
        self.name = name
        self.codes: list[int] = []
        """How each of its lives has ended; negative for a signal."""
        self._spawn = spawn
        self._process: Process | None = None
        self._ready = asyncio.Event()
        self._down = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()

    async def keep(self) -> None:
        """Starts it again and again."""
        while True:
            await self._free.wait()
            self._process = await self._spawn()
            self._down.clear()
            assert self._process.stdout is not None
            async for line in self._process.stdout:
                if b" is ready" in line:
                    self._ready.set()
            self.codes.append(await self._process.wait())
            self._ready.clear()
            self._down.set()
            await asyncio.sleep(RESTART_SECONDS)

    async def ready(self) -> None:
        """Waits until it has said that it is."""
        async with asyncio.timeout(START_SECONDS):
            await self._ready.wait()

    @property
    def pid(self) -> int:
        """The process; 0 before the first."""
        return self._process.pid if self._process is not None else 0

    def strike(self, number: int) -> None:
        """Sends a signal, if there is a process. One that ends it makes it unready at once."""
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self._ready.clear()
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    def hold(self) -> None:
        """Has it not started again."""
        self._free.clear()

    def release(self) -> None:
        """Has it started again."""
        self._free.set()

    async def end(self, number: int) -> int:
        """Ends it for good, and gives the exit code."""
        self.hold()
        self.strike(number)
        async with asyncio.timeout(END_SECONDS):
            await self._down.wait()
        return self.codes[-1]

    def kill(self) -> None:
        """Leaves nothing behind, whatever has gone wrong."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


class Child:
    """A process that a kept one starts, and starts again."""

    def __init__(self, parent: Kept, module: str, serves: Callable[[], Awaitable[bool]]) -> None:
        self._parent = parent
        self._module = module
        self._serves = serves

    async def ready(self) -> None:
        """Waits until it serves."""
        async with asyncio.timeout(START_SECONDS):
            while not await self._serves():
                await asyncio.sleep(RESTART_SECONDS)

    def strike(self, number: int) -> None:
        """Sends a signal, if there is a process."""
        for pid in running(self._parent.pid, self._module):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@asynccontextmanager
async def kept(processes: Iterable[Kept]) -> AsyncIterator[dict[str, Kept]]:
    """Keeps them until the end of the block, by their names."""
    by_name = {each.name: each for each in processes}
    keeping = [asyncio.create_task(each.keep()) for each in by_name.values()]
    try:
        yield by_name
    finally:
        for task in keeping:
            task.cancel()
        await asyncio.gather(*keeping, return_exceptions=True)
        for each in by_name.values():
            each.kill()
