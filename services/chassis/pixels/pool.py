"""A pool of decoder processes.

Pictures come from strangers and their decoders are C code: the work is done where it may die. Each
child works on one picture at a time under a memory limit and a deadline; a child that dies or
overstays is replaced, and disturbs no other task. A picture whose child dies is given to one more,
because somebody else may have killed the first; one that kills two is given up.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar, cast

from services.chassis.pixels.errors import (
    BY_NAME,
    DecoderDied,
    NoDecoder,
    PictureError,
    PictureTooDemanding,
)
from services.chassis.pixels.process import DecoderProcess, DiedAtWork, NotAtWork

P = ParamSpec("P")
R = TypeVar("R")

ADDRESS_SPACE_BYTES = 2 * 1024**3
"""Default limit of one child: room for several copies of a 50-megapixel picture."""
DEADLINE_SECONDS = 60.0
"""Default limit of one task's time."""

MOST_DEATHS = 2
"""So many children may die of one picture."""
_WAITS = (0.0, 0.1, 0.2, 0.4, 0.8)
"""Seconds before the next child, after each that ended before it had begun the task."""


def cores() -> int:
    """How many cores this process may use: more children than that gain nothing."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class PixelPool:
    """Runs functions on pictures in child processes.

        async with PixelPool() as pool:
            facts = await pool.run(presets.thumbnail_256, path, target=…, max_pixels=…)

    Children start when they are first needed and are kept for the next task.
    """

    def __init__(
        self,
        *,
        size: int | None = None,
        address_space_bytes: int = ADDRESS_SPACE_BYTES,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        """Takes how many children work at once (default: one a core) and the limits of each."""
        self._slots = asyncio.Semaphore(size or cores())
        self._address_space_bytes = address_space_bytes
        self._deadline_seconds = deadline_seconds
        self._idle: list[DecoderProcess] = []
        self._ending: set[asyncio.Task[int]] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Ends all children. Tasks that still run are expected to be cancelled by their owners."""
        self._closed = True
        while self._idle:
            self._end(self._idle.pop())
        if self._ending:
            await asyncio.wait(self._ending)

    async def warm(self) -> None:
        """Starts one child and does not wait until it is ready; a busy pool is warm already."""
        if self._idle or self._slots.locked():
            return
        async with self._slots:
            self._idle.append(await DecoderProcess.started(self._address_space_bytes))

    async def run(
        self,
        function: Callable[Concatenate[str, P], R],
        path: str | Path,
        *positional: P.args,
        **named: P.kwargs,
    ) -> R:
        """Calls `function(path, …)` in a child and gives its result.

        The function must be importable by its module's name; arguments and result travel as JSON.
        Cancelling kills the child that works on it.

        Raises a PictureError: PictureUnreadable, PictureTooDemanding, DecoderDied, PixelWorkFailed;
        or NoDecoder when no child could be had, which may pass.
        """
        task = {
            "function": f"{function.__module__}:{function.__qualname__}",
            "path": str(path),
            "positional": positional,
            "named": named,
        }
        answer = await self._answered(json.dumps(task).encode() + b"\n")
        if "error" in answer:
            raise BY_NAME.get(answer["error"], PictureError)(answer["message"])
        return cast("R", answer["result"])

    async def _answered(self, task: bytes) -> dict[str, Any]:
        deaths, waits, fresh = 0, iter(_WAITS), False
        async with self._slots:
            while True:
                try:
                    return await self._tried(task, fresh=fresh)
                except DiedAtWork as death:
                    deaths += 1
                    if deaths == MOST_DEATHS:
                        raise DecoderDied(
                            f"the picture killed its decoder twice ({death}) and was given up; the "
                            "file is damaged or hostile"
                        ) from None
                except (NotAtWork, OSError) as failure:
                    wait = next(waits, None)
                    if wait is None:
                        # What the system says of itself would name a file.
                        how = failure.strerror if isinstance(failure, OSError) else failure
                        raise NoDecoder(str(how)) from failure
                    await asyncio.sleep(wait)
                # Others that were idle may be as dead.
                fresh = True

    async def _tried(self, task: bytes, *, fresh: bool) -> dict[str, Any]:
        child = await self._child(fresh=fresh)
        try:
            answer = await self._asked(child, task)
        except BaseException:
            # Whatever went wrong, nobody knows what state the child is in.
            self._end(child)
            raise
        if self._closed:
            self._end(child)
        else:
            self._idle.append(child)
        return answer

    async def _child(self, *, fresh: bool) -> DecoderProcess:
        if self._closed:
            raise RuntimeError("the pixel pool is closed")
        while self._idle and not fresh:
            child = self._idle.pop()
            if child.alive:
                return child
        return await DecoderProcess.started(self._address_space_bytes)

    async def _asked(self, child: DecoderProcess, task: bytes) -> dict[str, Any]:
        await child.ready()
        try:
            async with asyncio.timeout(self._deadline_seconds):
                line = await child.ask(task)
        except TimeoutError:
            raise PictureTooDemanding(
                f"the picture took longer than the {self._deadline_seconds:g} s one may take"
            ) from None
        return cast("dict[str, Any]", json.loads(line))

    def _end(self, child: DecoderProcess) -> None:
        child.kill()
        task = asyncio.create_task(child.exit_code())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
