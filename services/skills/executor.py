"""What this process executes at the moment: how much at once, and how it comes to an end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass

_CANCEL_SECONDS = 2.0
"""How long what was cancelled may take to clean up after itself."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What an executor calls; it knows neither steps nor assets."""

    run_step: Callable[[str, int], Awaitable[bool]]
    """Runs the step at a position of an execution; repeatable."""
    end: Callable[[str], Awaitable[None]]
    """Notes that all steps of an execution have ended; repeatable."""


class Executor:
    """Bounds the executions at work and drains them."""

    def __init__(self, pipeline: Pipeline, concurrency: int) -> None:
        self.pipeline = pipeline
        self._slots = asyncio.Semaphore(concurrency)
        self._executions: set[asyncio.Task[object]] = set()
        self._waiting: set[asyncio.Task[object]] = set()
        self._draining = False

    @property
    def has_room(self) -> bool:
        """Whether an execution that comes now starts at once."""
        return not self._slots.locked()

    @asynccontextmanager
    async def executing(self) -> AsyncIterator[None]:
        """Surrounds one execution, in a task of its own; waits for a slot."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine
        # Until the task ends, not the block: after it the engine notes the outcome.
        self._executions.add(task)
        task.add_done_callback(self._executions.discard)
        self._waiting.add(task)
        try:
            await self._slots.acquire()
        finally:
            self._waiting.discard(task)
        try:
            yield
        finally:
            self._slots.release()

    async def run_step(self, execution_id: str, position: int) -> bool:
        """Runs one step; while this executor drains, none begins and the execution stops here."""
        if self._draining:
            raise asyncio.CancelledError
        return await self.pipeline.run_step(execution_id, position)

    async def drain(self, seconds: float) -> None:
        """Lets steps under way end, then cancels what is left; none of that counts as ended."""
        self._draining = True
        for task in self._waiting:
            task.cancel()
        await _ended(self._executions, seconds)
        for task in self._executions:
            task.cancel()
        await _ended(self._executions, _CANCEL_SECONDS)


async def _ended(tasks: Set[asyncio.Task[object]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(set(tasks), timeout=seconds)
