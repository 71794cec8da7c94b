"""The life of a process: of one that serves, from its start to the signal that ends it, and of
one that ends by itself.
"""

import asyncio
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, TypeVar

import uvloop

from services.chassis import logs
from services.settings import Settings

T = TypeVar("T")
EXIT_NOT_STARTED = 1
END_SECONDS = 9.0
"""How long a process may take to end when it is told to."""
_log = logging.getLogger(__name__)


def until_stopped(
    one: Settings,
    running: Callable[[], AbstractAsyncContextManager[object]],
    *,
    once: bool = False,
    signals: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT),
) -> int:
    """Runs until one of the signals; one while it starts or stops ends it in order too.

    With `once`, ends as soon as it has started. What does not end in time, because it waits for
    something that does not answer, is left as it is, as it would be by SIGKILL. Gives the exit
    code.
    """
    logs.configure(one.log_level, one.log_format)
    end = _End()

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def stop_soon(_number: int, _frame: object) -> None:
            end.begin()
            loop.call_soon_threadsafe(stop.set)

        # Unlike handlers of the loop, these also come when something blocks it.
        for number in signals:
            signal.signal(number, stop_soon)
        # What a start makes stays: to look through it again and again would take a seventh of the
        # start, and would stop all work later.
        gc.disable()
        async with running():
            end.started = True
            gc.freeze()
            gc.enable()
            if not once:
                await stop.wait()
                _log.info("stopping")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
    return 0


def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs what ends by itself, once its modules are loaded, and gives what it gives."""
    gc.freeze()
    gc.enable()
    return asyncio.run(work)


class _End:
    """The last resort: ends the process a while after it was told to, if it still runs then."""

    def __init__(self) -> None:
        self.started = False
        """Whether there was anything to stop."""
        self._timer = threading.Timer(END_SECONDS, self._end)
        # The interpreter would wait for it.
        self._timer.daemon = True

    def begin(self) -> None:
        """Notes that the process was told to end; the first time counts."""
        with suppress(RuntimeError):
            self._timer.start()

    def _end(self) -> None:
        _log.warning("not everything has ended within %g s; this process ends", END_SECONDS)
        os._exit(0 if self.started else EXIT_NOT_STARTED)
