"""Writing an S3 object whose length is not known before its end."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from mmap import mmap
from typing import Any

from minio import Minio
from minio.datatypes import Part

from services.chassis.errors import HubError
from services.chassis.uninterrupted import uninterrupted

_log = logging.getLogger(__name__)

PART_BYTES = 5 * 1024 * 1024
"""The shortest part that S3 takes; smaller objects go in one request."""
PARTS_AT_ONCE = 3
"""Most parts of one object under way at once."""
SMALL_BYTES = 64 * 1024
"""Until it has more, an object has a buffer of its own size."""
MOST_BUFFERS = 32
"""Most part buffers at once; an object that needs one more waits."""
_ENOUGH_BUFFERS = 12
"""With so many in use, an object fills none before its last part has arrived."""

Call = Callable[..., Awaitable[Any]]
"""Runs a blocking function in a thread and returns its result."""


class Buffers:
    """Part buffers, reused: giving 5 MiB back to the system and taking them again is dear.

    They are mappings, because what is freed of an ordinary heap often stays with the process.
    """

    def __init__(self) -> None:
        self._spare: list[mmap] = []
        self._taken = 0
        self._places = asyncio.Semaphore(MOST_BUFFERS)

    @property
    def are_plenty(self) -> bool:
        """Whether one object may take several, to fill one while others are sent."""
        return self._taken < _ENOUGH_BUFFERS

    async def take(self) -> mmap:
        """Returns a buffer of PART_BYTES with anything in it, when there is one.

        Whoever waits here may have others under way, but must not hold one: so each comes back.
        """
        await self._places.acquire()
        self._taken += 1
        return self._spare.pop() if self._spare else mmap(-1, PART_BYTES)

    def give(self, buffer: mmap) -> None:
        """Takes back a buffer that nobody looks at any more."""
        self._taken -= 1
        if len(self._spare) < _ENOUGH_BUFFERS:
            self._spare.append(buffer)
        self._places.release()


class S3Sink:
    """Fills a part buffer, and sends it while the next one fills; a small object needs none.

    The multipart requests are those of the client's own `put_object`, which would need a thread for
    as long as the sender takes; they have no public name.
    """

    def __init__(
        self,
        client: Minio,
        bucket: str,
        content_type: str,
        staged_key: str,
        call: Call,
        buffers: Buffers,
    ) -> None:
        self.key: str | None = None
        self._client = client
        self._bucket = bucket
        self._headers = {"Content-Type": content_type}
        self._staged_key = staged_key
        self._call = call
        self._buffers = buffers
        self._small = bytearray()
        self._part: mmap | None = None
        self._filled = 0
        self._target = ""
        self._number = 0
        self._upload_id: str | None = None
        self._sending: deque[asyncio.Task[None]] = deque()
        self._etags: dict[int, str] = {}

    async def write(self, chunk: bytes) -> None:
        """Takes the bytes that follow; waits for a buffer if it has to."""
        if self._part is None and len(self._small) + len(chunk) <= SMALL_BYTES:
            self._small += chunk
            return
        rest = memoryview(chunk)
        while rest:
            part = self._part
            if part is None or self._filled == PART_BYTES:
                part = await self._next_part()
            taken = rest[: PART_BYTES - self._filled]
            part[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            rest = rest[len(taken) :]

    async def commit(self) -> str:
        """Completes the object and returns the key it was written under."""
        if self._upload_id is None:
            target = self.key or self._staged_key
            body = self._small if self._part is None else memoryview(self._part)[: self._filled]
            await self._call(
                self._client._put_object, self._bucket, target, body, dict(self._headers)
            )
            return target
        if self._part is not None:
            await self._send_part(self._part)
        await asyncio.gather(*self._sending)
        await self._call(
            self._client._complete_multipart_upload,
            self._bucket,
            self._target,
            self._upload_id,
            [Part(number, etag) for number, etag in sorted(self._etags.items())],
        )
        self._upload_id = None
        return self._target

    async def abort(self) -> None:
        """Drops the parts that were sent."""
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._upload_id is not None:
            try:
                await self._call(
                    self._client._abort_multipart_upload,
                    self._bucket,
                    self._target,
                    self._upload_id,
                )
            except HubError:
                _log.warning("parts of %s were left behind in the bucket", self._target)

    def release(self) -> None:
        """Gives the buffer back; nothing may be under way."""
        if self._part is not None:
            self._buffers.give(self._part)

    async def _next_part(self) -> mmap:
        """Goes on with another buffer, the first of which begins with what was small."""
        if self._part is not None:
            await self._send_part(self._part)
        while self._sending and (
            len(self._sending) >= PARTS_AT_ONCE or not self._buffers.are_plenty
        ):
            await asyncio.shield(self._sending[0])
            self._sending.popleft()
        self._part, self._filled = await self._buffers.take(), len(self._small)
        self._part[: self._filled] = self._small
        self._small.clear()
        return self._part

    async def _send_part(self, part: mmap) -> None:
        """Begins to send what was filled; the buffer goes back when it has arrived."""
        if self._upload_id is None:
            await uninterrupted(self._begin())
        self._number += 1
        upload = self._upload(self._number, part, self._filled)
        self._sending.append(asyncio.create_task(upload))
        self._part = None

    async def _begin(self) -> None:
        self._target = self.key or self._staged_key
        self._upload_id = await self._call(
            self._client._create_multipart_upload,
            self._bucket,
            self._target,
            dict(self._headers),
        )

    async def _upload(self, number: int, buffer: mmap, filled: int) -> None:
        try:
            self._etags[number] = await self._call(
                self._client._upload_part,
                self._bucket,
                self._target,
                memoryview(buffer)[:filled],
                None,
                self._upload_id,
                number,
            )
        finally:
            self._buffers.give(buffer)
