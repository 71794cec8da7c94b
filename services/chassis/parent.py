"""A process of ours that another one of ours has started: what both ends have to do."""

import ctypes
import io
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def modules() -> str:
    """A PYTHONPATH with which a child finds the modules that this process finds."""
    return os.pathsep.join(entry or str(Path.cwd()) for entry in sys.path)


def how_ended(code: int) -> str:
    """Says how a child with this return code came to its end: "SIGSEGV" or "exit code 1"."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:  # real-time signals have no names
        return f"signal {-code}"


def tie() -> None:
    """Ties the life of this process, a child, to its parent's.

    It leaves SIGINT, which a terminal sends to both, to the parent. It is killed when the thread
    that started it ends, on Linux; elsewhere it has to see that stdin closes.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def own_pipes() -> tuple[io.TextIOWrapper, io.TextIOWrapper]:
    """Takes stdin and stdout for the parent alone: no stray print or input can disturb it."""
    asked = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return asked, answers
