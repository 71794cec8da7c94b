"""The asset of an execution, and what a model is shown of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
from nekohub.assets.v1 import assets_pb2

from services.chassis.errors import NotFound
from services.chassis.status import explained
from services.skills.step import Asset, StructuredResult

if TYPE_CHECKING:
    from nekohub.assets.v1.assets_pb2_grpc import AssetServiceAsyncStub

PREVIEW_SECONDS = 90.0
"""How long a preview may take to be made."""
_CAPTION = "caption"


class Picture:
    """The asset of an execution, asked for once for all steps."""

    def __init__(self, assets: "AssetServiceAsyncStub", asset_id: str) -> None:
        self.asset_id = asset_id
        self._assets = assets
        self._asking = asyncio.Lock()
        self._asset: Asset | None = None
        self._checksum = ""
        self._preview: assets_pb2.GetPreviewResponse | None = None

    @property
    def was_shown(self) -> bool:
        """Whether a model may have been shown it."""
        return self._preview is not None

    async def asset(self) -> Asset:
        """The asset. Raises NotFound when it was deleted."""
        async with self._asking:
            if self._asset is None:
                request = assets_pb2.GetAssetRequest(asset_id=self.asset_id)
                with explained():
                    found = (await self._assets.GetAsset(request)).asset
                self._checksum = found.checksum_sha256
                self._asset = _asset_of(found)
            return self._asset

    async def has_now(self, results: Sequence[StructuredResult]) -> None:
        """Takes note of what a step has left on it, for the steps after it."""
        async with self._asking:
            for result in results:
                if result.kind == _CAPTION and self._asset is not None:
                    self._asset = replace(self._asset, caption=_caption_in(result.payload))

    async def is_there(self) -> bool:
        """Whether it was not deleted, asked anew."""
        async with self._asking:
            self._asset = None
        try:
            await self.asset()
        except NotFound:
            return False
        return True

    async def checksum(self) -> str:
        """The SHA-256 of the original's bytes, in hexadecimal.

        Once it is known, that the asset was deleted is no matter. Raises NotFound as `asset` does.
        """
        if not self._checksum:
            await self.asset()
        return self._checksum

    async def preview(self) -> assets_pb2.GetPreviewResponse:
        """What a model is shown. Raises NotFound, and FailedPrecondition for what is no picture."""
        async with self._asking:
            if self._preview is None:
                request = assets_pb2.GetPreviewRequest(asset_id=self.asset_id)
                with explained():
                    self._preview = await self._assets.GetPreview(request, timeout=PREVIEW_SECONDS)
            return self._preview


def _asset_of(found: assets_pb2.Asset) -> Asset:
    return Asset(
        found.id,
        found.content_type,
        found.width,
        found.height,
        found.original_file_name,
        description=found.description if found.description_is_persons else "",
        caption=_caption_of(found),
    )


def _caption_of(found: assets_pb2.Asset) -> str:
    """What the step `caption` left; "" if it is not as that leaves it."""
    for result in found.structured_results:
        if result.kind == _CAPTION:
            return _caption_in(orjson.loads(result.payload_json))
    return ""


def _caption_in(payload: Mapping[str, Any]) -> str:
    caption = payload.get("caption")
    return caption if isinstance(caption, str) else ""
