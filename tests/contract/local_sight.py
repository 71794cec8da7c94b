"""What the tests have a process with models do, where nothing may reach for a network."""

import socket
import sys
from typing import Any

from PIL import Image

from services.providers.local_engine.sight import seen

THREADS = 1


class Reached(RuntimeError):
    """Something reached for a network."""


def offline(path: str, *, is_read: bool) -> dict[str, Any]:
    """What is seen where every look at a network fails."""
    _cut_off()
    return seen(path, is_read=is_read, threads=THREADS)


def is_cut_off(path: str) -> bool:
    """Whether a look at a network fails there indeed."""
    _cut_off()
    try:
        socket.create_connection(("127.0.0.1", 9)).close()
    except Reached:
        return True
    return False


def read_in_part(path: str, *, most: float) -> str:
    """The text, up to some length."""
    from services.providers.local_engine.reader import text_in

    with Image.open(path) as picture:
        return text_in(picture.convert("RGB"), THREADS, most)


def _cut_off() -> None:
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise Reached(event)
