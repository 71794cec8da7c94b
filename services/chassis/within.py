"""Work that is not waited for any longer than one has time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_given_up: set[asyncio.Task[Any]] = set()
"""Nobody else may refer to them, and a task that nobody refers to may vanish."""


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Runs `work`, and raises TimeoutError if it has not ended in time.

    It is cancelled then, or with the caller, but not waited for: what it waits for may never come.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait((task,), timeout=seconds)
    finally:
        if not task.done():
            _give_up(task)
    if not task.done():
        raise TimeoutError(f"no end within {seconds:g} s")
    return task.result()


def _give_up(task: asyncio.Task[Any]) -> None:
    _given_up.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled():
        # Looked at, so that nobody is told that nobody has.
        task.exception()
