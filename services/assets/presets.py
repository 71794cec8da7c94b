"""The public thumbnail and the private preview: made when first asked for, then kept."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.assets.blobs.store import BlobMissing, BlobStore
from services.assets.derivatives import Derivatives, Rendition
from services.assets.model import THUMBNAIL
from services.assets.renditions import Preview, RenditionStore
from services.assets.store import AssetStore, Content
from services.assets.sweep import discard
from services.chassis.errors import FailedPrecondition, HubError, NotFound
from services.chassis.pixels import presets
from services.chassis.pixels.errors import (
    DecoderDied,
    PictureError,
    PictureTooDemanding,
    PictureUnreadable,
)
from services.chassis.pixels.pool import PixelPool
from services.chassis.recent import Recent
from services.chassis.uninterrupted import uninterrupted
from services.chassis.workspace import temporary_folder

UNREADABLE_SECONDS = 600.0
"""How long it is known that an original's bytes cannot be decoded, which may cost a minute."""
DEMANDING_SECONDS = 60.0
"""How long it is known that one took too much, of which a machine in need may have been the cause.
"""
_MOST_REFUSED = 10_000
# No derivative can have this name, so no key is ever shared with one.
_PREVIEW = "private.preview"


@dataclass(frozen=True, slots=True)
class ReadPreview:
    """A preview with its bytes."""

    jpeg: bytes
    facts: dict[str, Any]


class Presets:
    """Makes each preset of an asset once, however many ask for it at the same time.

    Methods raise AssetGone, CONTENT_NOT_FOUND if the original's bytes are gone, and
    PICTURE_UNREADABLE if its pixels cannot be decoded.
    """

    def __init__(
        self,
        store: AssetStore,
        rows: RenditionStore,
        blobs: BlobStore,
        derivatives: Derivatives,
        pool: PixelPool,
        max_pixels: int,
    ) -> None:
        self._store = store
        self._rows = rows
        self._blobs = blobs
        self._derivatives = derivatives
        self._pool = pool
        self._max_pixels = max_pixels
        self._refused = Recent[tuple[str, str], str](_MOST_REFUSED)

    async def thumbnail(self, asset_id: str) -> Content:
        """Returns the thumbnail, which is public if its asset is."""
        async with self._derivatives.alone(asset_id, THUMBNAIL):
            made = await self._store.rendition(asset_id, THUMBNAIL)
            if made is not None:
                return made
            owner = await self._store.original(asset_id)
            facts, data = await self._rendered(owner, presets.thumbnail_256)
            rendition = Rendition(THUMBNAIL, facts["content_type"], facts["width"], facts["height"])
            await self._derivatives.keep(owner, rendition, _once(data))
            made = await self._store.rendition(asset_id, THUMBNAIL)
        return made or await self._store.original(asset_id)

    async def preview(self, asset_id: str) -> ReadPreview:
        """Returns the preview's bytes and what is known of the original."""
        async with self._derivatives.alone(asset_id, _PREVIEW):
            kept = await self._rows.preview(asset_id)
            if kept is not None:
                try:
                    chunks = [chunk async for chunk in self._blobs.read(kept.storage_key)]
                    return ReadPreview(b"".join(chunks), kept.facts)
                except BlobMissing:
                    # Somebody removed the object; it can be made again.
                    pass
            owner = await self._store.original(asset_id)
            made, jpeg = await self._rendered(owner, presets.preview)
            await self._keep_preview(owner, jpeg, made["facts"])
            return ReadPreview(jpeg, made["facts"])

    async def _keep_preview(self, owner: Content, jpeg: bytes, facts: dict[str, Any]) -> None:
        stored = await self._derivatives.store_object(owner, _PREVIEW, "image/jpeg", _once(jpeg))
        try:
            put = self._rows.put_preview(owner.asset_id, Preview(stored.key, facts))
            await uninterrupted(put)
        except HubError:
            await uninterrupted(discard(self._store, self._blobs, [stored.key]))
            raise

    async def _rendered(self, owner: Content, preset: Any) -> tuple[Any, bytes]:
        """Runs a preset on an original; returns what it says and what it wrote."""
        if why := self._refused.get((owner.storage_key, preset.__name__)):
            raise FailedPrecondition("PICTURE_UNREADABLE", why)
        try:
            async with self._blobs.file(owner.storage_key) as path, temporary_folder() as folder:
                target = folder / "rendition"
                said = await self._pool.run(
                    preset, path, target=str(target), max_pixels=self._max_pixels
                )
                return said, await asyncio.to_thread(Path.read_bytes, target)
        except PictureError as error:
            # A deletion meanwhile takes the file away from under its decoder.
            await self._store.original(owner.asset_id)
            if seconds := _lasting(error):
                self._refused.keep((owner.storage_key, preset.__name__), str(error), seconds)
            raise FailedPrecondition("PICTURE_UNREADABLE", str(error)) from error
        except BlobMissing as error:
            raise NotFound(
                "CONTENT_NOT_FOUND", f"the file of asset {owner.asset_id} is gone"
            ) from error


def _lasting(error: PictureError) -> float:
    """How long the same can be expected of the same bytes, in seconds."""
    if isinstance(error, PictureUnreadable):
        return UNREADABLE_SECONDS
    return DEMANDING_SECONDS if isinstance(error, PictureTooDemanding | DecoderDied) else 0.0


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
