"""One decoder process as its parent sees it."""

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from typing import Self

from services.chassis import parent

ANSWER_BYTES = 8 * 1024**2
"""Longest answer a child may give."""
START_SECONDS = 30.0
"""How long a child may take until it reads tasks; a quiet machine needs a tenth of a second."""


class NotAtWork(Exception):
    """A child ended, or never came up, before it had begun a task; the message says how."""


class DiedAtWork(Exception):
    """A child ended in the midst of a task; the message says how, such as "SIGSEGV"."""


class DecoderProcess:
    """A running child; see `services.chassis.pixels.child` for what happens inside."""

    def __init__(self, process: Process) -> None:
        """Takes a process whose stdin and stdout are pipes; use `started`."""
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        self._process = process
        self._tasks = process.stdin
        self._answers = process.stdout
        self._ready = False

    @classmethod
    async def started(cls, address_space_bytes: int) -> Self:
        """Starts a child and does not wait until it is ready."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "services.chassis.pixels.child",
            str(address_space_bytes),
            stdin=PIPE,
            stdout=PIPE,
            limit=ANSWER_BYTES,
            env=_environment(),
        )
        return cls(process)

    @property
    def alive(self) -> bool:
        """Whether it has not ended, as far as is known."""
        return self._process.returncode is None

    async def ready(self) -> None:
        """Waits until it reads tasks. Raises NotAtWork when it does not come to that."""
        if self._ready:
            return
        try:
            async with asyncio.timeout(START_SECONDS):
                self._ready = bool(await self._line())
        except TimeoutError:
            raise NotAtWork(f"not ready within {START_SECONDS:g} s") from None
        if not self._ready:
            raise NotAtWork(await self._ended())

    async def ask(self, task: bytes) -> bytes:
        """Sends one line and gives the line that answers it.

        A child says first that it begins. Raises NotAtWork when it ended before, else DiedAtWork.
        """
        # Of a child that has ended, reading tells.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._tasks.write(task)
            await self._tasks.drain()
        if not await self._line():
            raise NotAtWork(await self._ended())
        answer = await self._line()
        if not answer:
            raise DiedAtWork(await self._ended())
        return answer

    def kill(self) -> None:
        """Kills it at once; a child holds nothing worth saving."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def exit_code(self) -> int:
        """Waits for its end; negative for a signal."""
        return await self._process.wait()

    async def _line(self) -> bytes:
        """The next whole line that it writes; b"" when it has ended."""
        try:
            line = await self._answers.readline()
        except ConnectionResetError:
            return b""
        return line if line.endswith(b"\n") else b""

    async def _ended(self) -> str:
        """Waits for its end and says how it came: "SIGSEGV" or "exit code 1"."""
        self._tasks.close()
        code = await self.exit_code()
        return parent.how_ended(code)


def _environment() -> dict[str, str]:
    """What a child may know: where modules are. Settings and their secrets stay outside."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "PYTHONPATH": parent.modules(),
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        # Each further arena of glibc reserves 64 MiB of the address space a child may use.
        "MALLOC_ARENA_MAX": "1",
        # As does each thread that numpy would start for each core.
        "OPENBLAS_NUM_THREADS": "1",
    }
