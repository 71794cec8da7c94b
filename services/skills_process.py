"""The skills service of an embedded hub as the hub sees it: a child that is kept alive.

Executing runs takes as much of a core as all the rest of a hub, and two threads of one interpreter
share a core.
"""

import asyncio
import json
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Self

from services import settings
from services.chassis import parent
from services.chassis.errors import ProcessUseless, StartRefused
from services.chassis.supervision import supervised
from services.settings import Settings

CHILD = "services.skills_child"
END_SECONDS = 5.0
"""How long the child may take to end: what its steps get, and some. The gateway has had three
seconds before, and the hub has nine altogether.
"""
AGAIN_SECONDS = 60.0
"""How long one that is started again may take to be ready."""
APART_SECONDS = 1.0
"""Starts are at least so long apart, so that one that dies at once does not take a core."""
LONGEST_APART_SECONDS = 30.0
"""The wait doubles up to this while none comes to be ready."""
TOLD_SECONDS = 4.0
"""Whoever told the child to end may have told the hub as well, which then needs no other. The
gateway, which ends first, takes three seconds at most.
"""
_log = logging.getLogger(__name__)


class SkillsProcess:
    """A child that loads its modules, and serves once `serving` is entered."""

    def __init__(self, process: Process) -> None:
        """Takes a process whose stdin and stdout are pipes; use `started`."""
        self._process = process

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator[Self]:
        """Starts a child and does not wait for it; whatever is left at the end is killed."""
        child = cls(await _spawned())
        try:
            yield child
        finally:
            await child._kill()

    @asynccontextmanager
    async def serving(self, one: Settings) -> AsyncIterator[None]:
        """Serves on `one.skills_address` while the block runs; another takes a dead one's place.

        At the end, steps under way get their time. Raises StartRefused, and ProcessUseless if the
        child dies before it is ready.
        """
        await self._begin(one)
        try:
            async with supervised("skills process", partial(self._keep, one)):
                yield
        finally:
            await self._end()

    async def _begin(self, one: Settings) -> None:
        """Gives the child its settings and waits until it serves."""
        process = self._process
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        # Of a child that has ended, reading tells.
        with suppress(BrokenPipeError, ConnectionResetError):
            if not process.stdin.is_closing():
                process.stdin.write(settings.dumped(one).encode() + b"\n")
                await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            how = parent.how_ended(await process.wait())
            raise ProcessUseless(
                f"the skills service has ended ({how}) before it was ready; what it logged says why"
            )
        refused = json.loads(line).get("refused")
        if refused is not None:
            raise StartRefused(refused)

    async def _keep(self, one: Settings) -> None:
        while True:
            began = time.monotonic()
            code = await self._process.wait()
            how = parent.how_ended(code)
            _log.warning("the skills service has died (%s) and is started again", how)
            lived = time.monotonic() - began
            await asyncio.sleep(TOLD_SECONDS if code == 0 else APART_SECONDS - lived)
            await self._start_again(one)

    async def _start_again(self, one: Settings) -> None:
        wait = APART_SECONDS
        while True:
            self._process = await _spawned()
            try:
                async with asyncio.timeout(AGAIN_SECONDS):
                    await self._begin(one)
            except (StartRefused, ProcessUseless, TimeoutError) as error:
                why = str(error) or f"not ready within {AGAIN_SECONDS:g} s"
                _log.error("no skills service, and another try in %g s: %s", wait, why)
            else:
                return
            await self._kill()
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_APART_SECONDS)

    async def _end(self) -> None:
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._process.wait()

    async def _kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


async def _spawned() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        CHILD,
        str(os.getpid()),
        stdin=PIPE,
        stdout=PIPE,
        env=os.environ | {"PYTHONPATH": parent.modules()},
        # A terminal sends SIGINT to a whole group, and the hub is the one to act. Not a session,
        # which Linux would give a share of the cores as large as all the rest of the hub's.
        preexec_fn=os.setpgrp,
    )
