"""What this process executes at the moment: how much at once, what is stopped, how it ends."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, field

from services.chassis.ids import new_id

WATCH_SECONDS = 1.0
"""How often it is looked up whether what runs here may go on."""
WAITING_PER_SLOT = 16
"""How many executions wait here for each that is at work. They are in the database too: this only
saves them the engine's queue, which is looked at now and then.
"""
_CANCEL_SECONDS = 2.0
"""How long what was cancelled may take to clean up after itself."""


class Draining(Exception):
    """No step begins any more; what is left of the execution runs elsewhere, or later."""


@dataclass(slots=True)
class Run:
    """One execution, for as long as it is executed here."""

    execution_id: str
    claim: str = field(default_factory=new_id)
    """Tells this attempt from any other, here or elsewhere."""
    is_claimed: bool = False
    """Whether the claim has been noted, so that it can be lost."""
    may_begin: Callable[[], bool] = lambda: True
    """Whether further steps may begin."""
    task: "asyncio.Task[None] | None" = None


class Executor:
    """Bounds the executions at work, stops and drains them."""

    def __init__(self, run: Callable[[Run], Awaitable[None]], concurrency: int) -> None:
        """Takes what runs an execution to its end, and how many may be at work at once.

        `run` may raise Draining.
        """
        self._run = run
        self._slots = asyncio.Semaphore(concurrency)
        self._places = concurrency * WAITING_PER_SLOT
        self._executions: set[asyncio.Task[object]] = set()
        self._waiting: set[asyncio.Task[object]] = set()
        self._runs: dict[str, Run] = {}
        self._draining = False

    @property
    def has_room(self) -> bool:
        """Whether an execution that comes now may wait here for its slot."""
        return len(self._waiting) < self._places

    async def execute(self, execution_id: str) -> None:
        """Executes until the end, or until it is stopped; waits for a slot first.

        It is to be the whole of a task, which is cancelled when this executor drains.
        """
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine
        # Until the task ends: after this the engine notes the outcome.
        self._executions.add(task)
        task.add_done_callback(self._executions.discard)
        self._waiting.add(task)
        try:
            await self._slots.acquire()
        finally:
            self._waiting.discard(task)
        try:
            await self._executed(Run(execution_id, may_begin=lambda: not self._draining))
        finally:
            self._slots.release()

    async def _executed(self, run: Run) -> None:
        run.task = asyncio.ensure_future(self._run(run))
        self._runs[run.claim] = run
        try:
            await asyncio.wait({run.task})
        finally:
            del self._runs[run.claim]
            if not run.task.done():
                run.task.cancel()
                await asyncio.wait({run.task})
        if run.task.cancelled():
            # It was stopped: nothing is left to be done.
            return
        try:
            run.task.result()
        except Draining:
            raise asyncio.CancelledError from None

    def stop(self, execution_id: str) -> None:
        """Stops an execution, if it is at work here; it counts as done."""
        for run in self._runs.values():
            if run.execution_id == execution_id:
                self._stop(run)

    async def watch(self, lost: Callable[[Sequence[str]], Awaitable[Set[str]]]) -> None:
        """Stops, without end, what may not go on: `lost` tells which of some claims are lost.

        That is what was cancelled, whose asset was deleted, or what another process has taken over.
        """
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            claims = [claim for claim, run in self._runs.items() if run.is_claimed]
            for claim in await lost(claims) if claims else ():
                if (run := self._runs.get(claim)) is not None:
                    self._stop(run)

    def _stop(self, run: Run) -> None:
        if run.task is not None:
            run.task.cancel()

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
