"""The AI endpoint of the bench: the scripted one of the tests, slowed down, in its own process.

Run as `python -m bench.ai SECONDS`; prints its base URL and serves until stdin closes.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import uvloop

from tests.fakes import fake_openai

START_SECONDS = 30.0


class Pause(asyncio.Event):
    """A gate that opens for everybody a fixed time after they came."""

    def __init__(self, seconds: float) -> None:
        """Takes how long everybody is held."""
        super().__init__()
        self.seconds = seconds

    async def wait(self) -> Literal[True]:
        """Waits for that time."""
        await asyncio.sleep(self.seconds)
        return True


async def serve(call_seconds: float) -> None:
    """Serves until stdin closes."""
    async with fake_openai() as fake:
        fake.gate = Pause(call_seconds)
        print(fake.base_url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def running(call_seconds: float) -> AsyncIterator[str]:
    """An endpoint that takes so long for each call; gives its base URL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ai", str(call_seconds), stdin=PIPE, stdout=PIPE
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        async with asyncio.timeout(START_SECONDS):
            url = (await process.stdout.readline()).decode().strip()
        yield url
        process.stdin.close()
    except BaseException:
        process.kill()
        raise
    finally:
        await process.wait()


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1])))
