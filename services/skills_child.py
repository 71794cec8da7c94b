"""The skills service of an embedded hub, in a process of its own.

Started by `services.skills_process` as `python -m services.skills_child PID`, with the hub's PID.
It reads one line from stdin, its settings, and answers with one line of JSON: `{"ready": true}`, or
`{"refused": why}`. It ends in order at SIGTERM, or when stdin closes: the hub wants it to, or is
gone.
"""

import asyncio
import fcntl
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TextIO

from services import lifetime, settings
from services.chassis import parent
from services.chassis.errors import ProcessUseless, StartRefused
from services.processes import usable_files
from services.settings import Settings

EXIT_REFUSED = 2
EXIT_USELESS = 1


def main() -> None:
    """Serves until it is told to end."""
    asked, answers = parent.own_pipes()
    parent.tie()
    line = asked.readline()
    # The hub may have ended before that, or before this process was tied to it.
    if not line or os.getppid() != int(sys.argv[1]):
        return
    one = settings.restored(line)
    try:
        with usable_files(one.data_dir):
            lock = (one.data_dir / "skills.lock").open("w")
        with lock:
            # The child of a hub that was killed may need a moment to end.
            fcntl.flock(lock, fcntl.LOCK_EX)
            code = lifetime.until_stopped(
                one, lambda: _running(one, asked, answers), signals=(signal.SIGTERM,)
            )
    except StartRefused as error:
        _answer(answers, refused=str(error))
        code = EXIT_REFUSED
    except ProcessUseless:  # the log has said so
        code = EXIT_USELESS
    sys.exit(code)


@asynccontextmanager
async def _running(one: Settings, asked: TextIO, answers: TextIO) -> AsyncIterator[None]:
    # As the other parts are, when it is run.
    from services.chassis.pixels.pool import PixelPool
    from services.chassis.server import serving
    from services.skills import app

    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(asked)
        os.kill(os.getpid(), signal.SIGTERM)

    loop.add_reader(asked, end)
    token = one.internal_token.get_secret_value()
    async with (
        PixelPool() as pixels,
        app.assembled(one, pixels) as service,
        serving(service, one.skills_address, token=token, reflection=one.grpc_reflection),
    ):
        _answer(answers, ready=True)
        yield


def _answer(answers: TextIO, **line: object) -> None:
    with suppress(BrokenPipeError):  # then there is nobody to tell
        print(json.dumps(line), file=answers, flush=True)


if __name__ == "__main__":
    main()
