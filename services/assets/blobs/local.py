"""Objects as files under one folder."""

import asyncio
import errno
import os
import sys
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from services.assets.blobs.store import (
    CHUNK_BYTES,
    UNFINISHED,
    Blob,
    BlobMissing,
    checked_key,
    is_key,
)
from services.chassis.errors import Unavailable
from services.chassis.uninterrupted import uninterrupted

_BUFFER_BYTES = 1024 * 1024
"""Of one object, read or written at once."""


class LocalBlobs:
    """A BlobStore in a folder of this machine; see there for what the methods promise."""

    provider = "local"

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    async def check(self) -> None:
        """Raises OSError when the folder cannot be written to."""
        await asyncio.to_thread(self._check)

    def _check(self) -> None:
        unfinished = self._root / UNFINISHED
        unfinished.mkdir(parents=True, exist_ok=True)
        if not os.access(unfinished, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(unfinished))

    @asynccontextmanager
    async def writing(self, content_type: str) -> AsyncIterator["_LocalSink"]:
        """Writes under a temporary name and renames; a file has no place for its content type."""
        sink = _LocalSink(self._root / UNFINISHED / uuid.uuid4().hex)
        try:
            yield sink
            with _writable():
                await uninterrupted(asyncio.to_thread(self._commit, sink))
        finally:
            if sink.is_open:
                await uninterrupted(asyncio.to_thread(sink.discard))

    async def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yields the bytes of a file, and changes threads once for some chunks."""
        left = sys.maxsize if length is None else length
        file, chunks = await asyncio.to_thread(self._opened, key, offset, left)
        try:
            while True:
                for chunk in chunks:
                    left -= len(chunk)
                    yield chunk
                if sum(map(len, chunks)) < _BUFFER_BYTES:
                    return
                chunks = await asyncio.to_thread(_next_chunks, file, left)
        finally:
            file.close()

    @asynccontextmanager
    async def file(self, key: str) -> AsyncIterator[Path]:
        """Gives the file itself."""
        if not await self.exists(key):
            raise BlobMissing(key)
        yield self._root / key

    async def delete(self, key: str) -> None:
        """Removes a file, and the folders that are empty without it."""
        await asyncio.to_thread(self._delete, key)

    async def exists(self, key: str) -> bool:
        """Whether there is a file."""
        return await asyncio.to_thread(lambda: self._inside(key) and self._path(key).is_file())

    async def objects(self) -> AsyncIterator[Blob]:
        """Yields every file, folder by folder."""
        folders = [self._root]
        while folders:
            found, blobs = await asyncio.to_thread(self._listed, folders.pop())
            folders += found
            for blob in blobs:
                yield blob

    async def now(self) -> datetime:
        """The time by the clock of the file system, which may be another machine's."""
        return await asyncio.to_thread(self._now)

    async def unfinished(self, begun_before: datetime) -> int:
        """Nothing: the listing shows all files."""
        return 0

    async def drop_unfinished(self, begun_before: datetime) -> int:
        """Drops nothing: the listing shows all files."""
        return 0

    def _now(self) -> datetime:
        probe = self._root / UNFINISHED / uuid.uuid4().hex
        with _writable():
            probe.parent.mkdir(parents=True, exist_ok=True)
            probe.touch()
            modified = probe.stat().st_mtime
            probe.unlink(missing_ok=True)
        return datetime.fromtimestamp(modified, UTC)

    def _commit(self, sink: "_LocalSink") -> None:
        sink.commit(self._path(checked_key(sink.key)))

    def _path(self, key: str) -> Path:
        if not self._inside(key):
            raise ValueError(f"{key!r} is no storage key")
        return self._root / key

    def _inside(self, key: str) -> bool:
        """Whether a key stays under the root, also when links are followed."""
        if not is_key(key):
            return False
        return os.path.realpath(f"{self._root}/{key}").startswith(f"{self._root}/")

    def _opened(self, key: str, offset: int, wanted: int) -> tuple[BinaryIO, list[bytes]]:
        """A file, and the first chunks of what is wanted of it."""
        try:
            file = self._path(key).open("rb")
        except (ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise BlobMissing(key) from error
        file.seek(offset)
        return file, _next_chunks(file, wanted)

    def _delete(self, key: str) -> None:
        if not self._inside(key):
            return
        path = self._path(key)
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
        with suppress(OSError):
            for folder in path.parents:
                # Whoever writes has just made sure that the second is there.
                if folder in (self._root, self._root / UNFINISHED):
                    break
                folder.rmdir()

    def _listed(self, folder: Path) -> tuple[list[Path], list[Blob]]:
        folders, blobs = [], []
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    continue
                with suppress(FileNotFoundError):
                    modified = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                    blobs.append(Blob(path.relative_to(self._root).as_posix(), modified))
        return folders, blobs


class _LocalSink:
    """A file under a temporary name. Bytes are gathered, so that a thread is asked less often."""

    def __init__(self, temporary: Path) -> None:
        self.key: str | None = None
        self._temporary = temporary
        self._file: BinaryIO | None = None
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    async def write(self, chunk: bytes) -> None:
        """Takes the bytes that follow."""
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        if self._pending_bytes >= _BUFFER_BYTES:
            with _writable():
                await uninterrupted(asyncio.to_thread(self._flush))

    @property
    def is_open(self) -> bool:
        """Whether there is something to discard."""
        return self._file is not None

    def commit(self, path: Path) -> None:
        """Puts the whole file in its place, on the disk."""
        file = self._flush()
        file.flush()
        os.fsync(file.fileno())
        file.close()
        _rename(self._temporary, path)
        self._file = None

    def discard(self) -> None:
        """Removes what is left under the temporary name."""
        if self._file is not None:
            self._file.close()
            self._temporary.unlink(missing_ok=True)

    def _flush(self) -> BinaryIO:
        if self._file is None:
            self._temporary.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._temporary.open("xb")
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        self._file.writelines(pending)
        return self._file


def _next_chunks(file: BinaryIO, wanted: int) -> list[bytes]:
    """Chunks of `_BUFFER_BYTES` in all; less only at the end of the file or of what is wanted."""
    chunks = []
    for _ in range(_BUFFER_BYTES // CHUNK_BYTES):
        chunk = file.read(min(CHUNK_BYTES, wanted))
        if chunk:
            chunks.append(chunk)
        if len(chunk) < CHUNK_BYTES:
            break
        wanted -= len(chunk)
    return chunks


@contextmanager
def _writable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            "SERVICE_UNAVAILABLE", f"the folder of objects cannot be written to: {error.strerror}"
        ) from error


def _rename(temporary: Path, path: Path) -> None:
    for attempts_left in (2, 1, 0):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.rename(path)
            break
        except (FileNotFoundError, FileExistsError):
            # A delete has just removed the folder because it was empty; in the midst of `mkdir`,
            # what was there a moment ago is no folder any more.
            if not attempts_left:
                raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
