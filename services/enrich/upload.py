"""One file on its way to a hub, in pieces, once however often it is sent."""

import asyncio
import hashlib
import json
import os
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from services.enrich.hub import Hub
from services.enrich.plan import SUFFIXES

PIECE_BYTES = 256 * 1024
_START_BYTES = 16
_UNKNOWN = "application/octet-stream"


class FileRefused(Exception):
    """A file that need not be sent: the hub would not take it, or it cannot be read."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of it."""

    asset_id: str
    replayed: bool
    """Whether an equal upload has stored it before."""


@dataclass(frozen=True, slots=True)
class _Content:
    size: int
    sha256: str
    content_type: str


async def uploaded(hub: Hub, path: Path, skill: str, most_bytes: int) -> Uploaded:
    """Stores a file and has a skill run on it.

    Holds a piece of it at a time. Raises FileRefused, and what the hub's methods raise.
    """
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except OSError as error:
        raise FileRefused(f"cannot be read: {error.strerror}") from None
    try:
        content = await _content(file, path, most_bytes)
        return await _sent(hub, file, _sent_name(path), content, skill)
    except OSError as error:
        raise FileRefused(f"cannot be read: {error.strerror}") from None
    finally:
        await asyncio.to_thread(file.close)


def request_key(sha256: str, name: str, skill: str) -> str:
    """The Idempotency-Key of these bytes under this name for this skill."""
    # As JSON, so that no two different lists are the same bytes.
    parts = json.dumps([sha256, name, skill]).encode()
    return f"enrich-{hashlib.sha256(parts).hexdigest()}"


def content_type(start: bytes, path: Path) -> str:
    """The type of a file by its first bytes, which decide for the hub too; else by its suffix."""
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG"):
        return "image/png"
    if start.startswith(b"GIF8"):
        return "image/gif"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:12] in (b"ftypavif", b"ftypavis"):
        return "image/avif"
    suffix = path.suffix.lower()
    return next((name for name, ends in SUFFIXES.items() if suffix in ends), _UNKNOWN)


async def _content(file: BinaryIO, path: Path, most_bytes: int) -> _Content:
    size = await asyncio.to_thread(lambda: os.fstat(file.fileno()).st_size)
    if size > most_bytes:
        raise FileRefused(f"it has {size} bytes; the hub takes at most {most_bytes}")
    digest, start, size = hashlib.sha256(), b"", 0
    # In steps, so that a command that is interrupted waits for one of them only.
    while piece := await asyncio.to_thread(_hashed, file, digest):
        start = start or piece[:_START_BYTES]
        size += len(piece)
    return _Content(size, digest.hexdigest(), content_type(start, path))


def _hashed(file: BinaryIO, digest: "hashlib._Hash") -> bytes:
    piece = file.read(PIECE_BYTES)
    digest.update(piece)
    return piece


async def _sent(hub: Hub, file: BinaryIO, name: str, content: _Content, skill: str) -> Uploaded:
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="skill"\r\n\r\n{skill}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f"filename*=UTF-8''{quote(name, safe='')}\r\n"
        f"Content-Type: {content.content_type}\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + content.size + len(tail)),
        "Idempotency-Key": request_key(content.sha256, name, skill),
    }

    async def form() -> AsyncIterator[bytes]:
        yield head
        await asyncio.to_thread(file.seek, 0)
        ahead = content.size
        while ahead:
            piece = await asyncio.to_thread(file.read, min(ahead, PIECE_BYTES))
            if not piece:
                raise FileRefused("it has become shorter while it was read")
            ahead -= len(piece)
            yield piece
        yield tail

    asset, replayed = await hub.posted("/assets", headers, form)
    return Uploaded(asset["id"], replayed)


def _sent_name(path: Path) -> str:
    """The name as text; what is no UTF-8 in it is replaced."""
    return os.fsencode(path.name).decode(errors="replace")
