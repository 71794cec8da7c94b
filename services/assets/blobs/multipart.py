"""Writing an S3 object whose length is not known before its end."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
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
_ENOUGH_BUFFERS = 12

Call = Callable[..., Awaitable[Any]]
"""Runs a blocking function in a thread and returns its result."""


class Buffers:
    """Part buffers, reused: giving 5 MiB back to the system and taking them again is dear."""

    def __init__(self) -> None:
        self._spare: list[bytearray] = []
        self._taken = 0

    def take(self) -> bytearray:
        """Returns a buffer of PART_BYTES with anything in it."""
        self._taken += 1
        return self._spare.pop() if self._spare else bytearray(PART_BYTES)

    def take_another(self) -> bytearray | None:
        """Returns one to fill while others are sent, or None when many are in use already."""
        return self.take() if self._taken < _ENOUGH_BUFFERS else None

    def give(self, buffer: bytearray) -> None:
        """Takes back a buffer that nobody looks at any more."""
        self._taken -= 1
        if len(self._spare) < _ENOUGH_BUFFERS:
            self._spare.append(buffer)


class S3Sink:
    """Fills a buffer, and sends it as a part while the next one fills.

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
        self._buffer = buffers.take()
        self._filled = 0
        self._target = ""
        self._number = 0
        self._upload_id: str | None = None
        self._sending: deque[tuple[asyncio.Task[None], bytearray]] = deque()
        self._etags: dict[int, str] = {}

    async def write(self, chunk: bytes) -> None:
        """Takes the bytes that follow."""
        rest = memoryview(chunk)
        while rest:
            taken = rest[: PART_BYTES - self._filled]
            self._buffer[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            rest = rest[len(taken) :]
            if rest and self._filled == PART_BYTES:
                await self._send_part()
                await self._next_buffer()

    async def commit(self) -> str:
        """Completes the object and returns the key it was written under."""
        if self._upload_id is None:
            target = self.key or self._staged_key
            body = memoryview(self._buffer)[: self._filled]
            await self._call(
                self._client._put_object, self._bucket, target, body, dict(self._headers)
            )
            return target
        await self._send_part()
        await asyncio.gather(*(task for task, _ in self._sending))
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
        await asyncio.gather(*(task for task, _ in self._sending), return_exceptions=True)
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
        """Gives the buffers back; nothing may be under way."""
        buffers = [self._buffer, *(buffer for _, buffer in self._sending)]
        for buffer in {id(buffer): buffer for buffer in buffers}.values():
            self._buffers.give(buffer)

    async def _send_part(self) -> None:
        """Begins to send what was filled."""
        if self._upload_id is None:
            await uninterrupted(self._begin())
        self._number += 1
        upload = self._upload(self._number, memoryview(self._buffer)[: self._filled])
        self._sending.append((asyncio.create_task(upload), self._buffer))

    async def _next_buffer(self) -> None:
        """Goes on with a new buffer, or with that of the oldest part once it has arrived."""
        spare = None
        if len(self._sending) < PARTS_AT_ONCE:
            spare = self._buffers.take_another()
        if spare is None:
            task, spare = self._sending[0]
            await asyncio.shield(task)
            self._sending.popleft()
        self._buffer, self._filled = spare, 0

    async def _begin(self) -> None:
        self._target = self.key or self._staged_key
        self._upload_id = await self._call(
            self._client._create_multipart_upload,
            self._bucket,
            self._target,
            dict(self._headers),
        )

    async def _upload(self, number: int, body: memoryview) -> None:
        self._etags[number] = await self._call(
            self._client._upload_part,
            self._bucket,
            self._target,
            body,
            None,
            self._upload_id,
            number,
        )
