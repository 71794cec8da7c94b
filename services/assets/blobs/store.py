"""What an object store can do, whichever it is."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

CHUNK_BYTES = 256 * 1024
"""Most bytes in one piece of what is read."""
UNFINISHED = "incoming/"
"""How the keys of objects begin that are still being written, or were left behind by a crash."""
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_KEY_CHARACTERS = 512


def is_key(key: str) -> bool:
    """Whether a key is one that we could have made; others are in no store."""
    return len(key) <= _KEY_CHARACTERS and _KEY.fullmatch(key) is not None


def checked_key(key: str | None) -> str:
    """Returns a key that an object can be written under; raises ValueError for any other."""
    if key is None or not is_key(key):
        raise ValueError(f"{key!r} is no storage key")
    return key


class BlobMissing(Exception):
    """The store has no object with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no object {key!r}")
        self.key = key


@dataclass(frozen=True, slots=True)
class Blob:
    """An object in a listing."""

    key: str
    modified_at: datetime


class Sink(Protocol):
    """An object that is being written."""

    key: str | None
    """Where it goes. To be set before the end; set early, it saves some stores a copy."""

    async def write(self, chunk: bytes) -> None:
        """Takes the bytes that follow."""


class BlobStore(Protocol):
    """Keeps objects of any size under keys of our own making, such as "2026/04/08/<id>.png".

    Memory does not grow with the size of objects. A store that can't be reached, or that refuses
    us, raises Unavailable.
    """

    provider: str
    """"local" or "s3"."""

    async def check(self) -> None:
        """Raises when objects cannot be stored now."""

    def writing(self, content_type: str) -> AbstractAsyncContextManager[Sink]:
        """Stores one object: wholly, when the block ends; not at all, when it raises."""

    def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yields an object's bytes from an offset on, in chunks; raises BlobMissing."""

    def file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """Gives an object as a file, to be read only inside the block; raises BlobMissing."""

    async def delete(self, key: str) -> None:
        """Removes an object; one that is missing is removed already."""

    async def exists(self, key: str) -> bool:
        """Whether there is an object with this key."""

    def objects(self) -> AsyncIterator[Blob]:
        """Yields every object, unfinished ones too, in no particular order."""

    async def now(self) -> datetime:
        """The time by the clock that `modified_at` is told by, which need not agree with ours."""

    async def unfinished(self, begun_before: datetime) -> int:
        """Says how much there is for `drop_unfinished`."""

    async def drop_unfinished(self, begun_before: datetime) -> int:
        """Drops what a crash has left of objects that no listing shows; returns how many."""
