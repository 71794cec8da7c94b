"""Keeps renditions: their objects first, their rows second."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from nekohub.assets.v1 import assets_pb2

from services.assets import convert
from services.assets.blobs.store import BlobStore
from services.assets.model import Derivative, is_content_type, is_kind, label, rendition_key
from services.assets.renditions import RenditionStore
from services.assets.store import AssetStore, Content
from services.assets.sweep import discard
from services.chassis.clock import now
from services.chassis.errors import HubError, InvalidArgument
from services.chassis.uninterrupted import uninterrupted

LARGEST_BYTES = 64 * 1024 * 1024
"""Of one derivative that a step puts."""
LONGEST_SIDE = 30_000
"""Pixels; that of an original, too."""

Chunks = AsyncIterator[bytes]
Requests = AsyncIterator[assets_pb2.PutDerivativeRequest]


@dataclass(frozen=True, slots=True)
class Rendition:
    """What somebody made from an original."""

    kind: str
    content_type: str
    width: int
    height: int
    execution_id: str = ""
    """"" if no execution made it."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that was written."""

    key: str
    size: int
    checksum_sha256: str


class Derivatives:
    """Stores derivatives, one at a time for each asset and kind."""

    def __init__(self, store: AssetStore, rows: RenditionStore, blobs: BlobStore) -> None:
        self._store = store
        self._rows = rows
        self._blobs = blobs
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, asset_id: str, kind: str) -> AsyncIterator[None]:
        """Keeps everybody else in this process from making the same thing."""
        lock = self._locks.setdefault((asset_id, kind), asyncio.Lock())
        async with lock:
            yield

    async def receive(self, requests: Requests) -> Derivative:
        """Takes one PutDerivative; raises AssetGone, InvalidArgument for what is no rendition."""
        start = await self._start(requests)
        rendition = Rendition(
            start.kind,
            start.content_type,
            start.width,
            start.height,
            label(start.execution_id),
        )
        async with self.alone(start.asset_id, start.kind):
            owner = await self._store.original(start.asset_id)
            return await self.keep(owner, rendition, _chunks(requests))

    async def keep(self, owner: Content, rendition: Rendition, chunks: Chunks) -> Derivative:
        """Stores a derivative of an original; to be called inside `alone`.

        Raises AssetGone if the asset was deleted meanwhile; nothing is left behind then.
        """
        begun_at = now()
        stored = await self.store_object(owner, rendition.kind, rendition.content_type, chunks)
        item = Derivative(
            kind=rendition.kind,
            content_type=rendition.content_type,
            size=stored.size,
            width=rendition.width,
            height=rendition.height,
            storage_key=stored.key,
            checksum_sha256=stored.checksum_sha256,
            created_at=now(),
        )
        equal_key = await self._equal_key(owner.asset_id, item)
        try:
            superfluous = await uninterrupted(
                self._rows.put_derivative(
                    owner.asset_id,
                    item,
                    rendition.execution_id,
                    begun_at=begun_at,
                    equal_key=equal_key,
                )
            )
        except HubError:
            await uninterrupted(discard(self._store, self._blobs, [stored.key]))
            raise
        # What else it may raise is left to the sweep: the row may have been written all the same.
        if superfluous is not None:
            await discard(self._store, self._blobs, [superfluous])
        if equal_key is not None and superfluous == stored.key:
            return replace(item, storage_key=equal_key)
        return item

    async def _equal_key(self, asset_id: str, item: Derivative) -> str | None:
        """The key of the present derivative, if it is the same and its object is there."""
        there = await self._store.rendition(asset_id, item.kind)
        if there is None or there.checksum_sha256 != item.checksum_sha256:
            return None
        if there.content_type != item.content_type:
            return None
        return there.storage_key if await self._blobs.exists(there.storage_key) else None

    async def store_object(
        self, owner: Content, name: str, content_type: str, chunks: Chunks
    ) -> StoredObject:
        """Writes an object under a key of its own, beside the original."""
        digest = hashlib.sha256()
        size = 0
        async with self._blobs.writing(content_type) as sink:
            async for chunk in chunks:
                size += len(chunk)
                digest.update(chunk)
                await sink.write(chunk)
            if size == 0:
                raise InvalidArgument("RESULT_INVALID", f"the derivative {name!r} has no bytes")
            checksum = digest.hexdigest()
            unique = secrets.token_hex(6)
            sink.key = rendition_key(owner.storage_key, name, checksum, unique, content_type)
        return StoredObject(sink.key, size, checksum)

    async def _start(self, requests: Requests) -> assets_pb2.DerivativeStart:
        async for request in requests:
            start = request.start
            if request.WhichOneof("part") != "start":
                break
            _check(start)
            return start
        raise InvalidArgument("RESULT_INVALID", "the derivative does not begin with its start")


def _check(start: assets_pb2.DerivativeStart) -> None:
    sides = (start.width, start.height)
    faults = (
        (not is_kind(start.kind), f"{start.kind[:100]!r} is no name for a derivative"),
        (
            not is_content_type(start.content_type),
            f"{start.content_type[:100]!r} is no content type",
        ),
        (
            min(sides) < 1 or max(sides) > LONGEST_SIDE,
            f"{start.width}×{start.height} is no size; a side may have 1 to {LONGEST_SIDE} pixels",
        ),
    )
    for is_fault, message in faults:
        if is_fault:
            raise InvalidArgument("RESULT_INVALID", message)


async def _chunks(requests: Requests) -> Chunks:
    size = 0
    async for request in requests:
        if request.WhichOneof("part") != "chunk":
            raise InvalidArgument("RESULT_INVALID", "the derivative has more than one start")
        chunk = convert.chunk(request)
        size += len(chunk)
        if size > LARGEST_BYTES:
            raise InvalidArgument(
                "RESULT_INVALID", f"the derivative is larger than {LARGEST_BYTES} bytes"
            )
        yield chunk
