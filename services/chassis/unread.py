"""Standard streams that nobody reads, or that take nothing."""

import os
import sys
from pathlib import Path
from typing import TextIO


def fill_closed() -> None:
    """Opens those that were closed, to nowhere: what is opened later must not be taken for one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # Where the lowest is free; it stays open as long as the process.
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def let_go(stream: TextIO) -> None:
    """Lets what is still to be written go nowhere, for the interpreter tries again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
