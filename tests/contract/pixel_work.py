"""Functions that decoder processes run in the tests of the pixel pool, well-behaved and not."""

import os
import signal
import sys
import time
from pathlib import Path

from services.chassis.pixels.errors import PictureUnreadable


def echo(path: str, text: str = "") -> dict[str, str]:
    """Gives back what came."""
    return {"path": path, "text": text}


def process_id(path: str) -> int:
    """Which process this is."""
    return os.getpid()


def kill_yourself(path: str) -> None:
    """Dies as if the kernel had run out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def crash(path: str) -> None:
    """Dies as decoders in C do, and notes that in the file `path`."""
    with Path(path).open("a", encoding="ascii") as notes:
        notes.write("died\n")
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(path: str) -> int:
    """Dies the first time only; then tells which process it is."""
    if not Path(path).exists():
        crash(path)
    return os.getpid()


def leave(path: str) -> None:
    """Ends without an answer."""
    os._exit(3)


def eat_memory(path: str, size: int) -> int:
    """Wants more than there is."""
    return len(bytearray(size))


def hang(path: str) -> None:
    """Never ends."""
    while True:
        signal.pause()


def tell_and_hang(path: str) -> None:
    """Writes its process id into the named pipe `path` and never ends."""
    Path(path).write_text(str(os.getpid()))
    hang(path)


def meet(path: str, other: str) -> bool:
    """Ends only when another task, called with the paths swapped, runs at the same time."""
    Path(path).touch()
    while not Path(other).exists():
        time.sleep(0.001)
    return True


def chatter(path: str) -> str:
    """Prints, and reads what it should not."""
    print("not JSON")  # noqa: T201
    os.write(1, b"not JSON either\n")
    return sys.stdin.read()


def environment(path: str) -> list[str]:
    """The names of the environment's variables."""
    return list(os.environ)


def refuse(path: str) -> None:
    """Says that it cannot read the picture."""
    raise PictureUnreadable("the picture is a poem")


def stumble(path: str) -> None:
    """Has a bug."""
    raise KeyError("no such thing")


def miss(path: str) -> str:
    """Reads a file that is not there."""
    return Path("/nowhere/secret-name").read_text()
