"""Counterpart for tests of the gateway: assets, small and in memory."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from nekohub.assets.v1 import assets_pb2 as assets
from nekohub.assets.v1 import assets_pb2_grpc

from services.chassis.errors import InvalidArgument, NotFound, OutOfRange
from tests.contract.gateway_counterparts import WHEN

MAX_UPLOAD_BYTES = 2 * 1024 * 1024
CHUNK = 256 * 1024


@dataclass(frozen=True)
class Stored:
    """One finished upload."""

    start: assets.UploadStart
    commit: assets.UploadCommit
    size: int
    sha256: str
    largest_chunk: int


class Assets(assets_pb2_grpc.AssetServiceServicer):
    """Keeps assets and contents in dicts; `failure` is raised by BatchGetAssets when it is set.

    An answer of that has `fitting` assets at most.
    """

    def __init__(self) -> None:
        self.assets: dict[str, assets.Asset] = {}
        self.contents: dict[str, bytes] = {}
        self.stored: list[Stored] = []
        self.lists: list[assets.ListAssetsRequest] = []
        self.updates: list[assets.UpdateAssetRequest] = []
        self.reads: list[assets.ReadContentRequest] = []
        self.batches: list[assets.BatchDeleteAssetsRequest] = []
        self.usage = assets.GetUsageResponse()
        self.failure: Exception | None = None
        self.was_read = asyncio.Event()
        """Set by BatchGetAssets."""
        self.fitting = 32
        self.break_off: Exception | None = None
        self.upload_started = asyncio.Event()
        self.upload_dropped = asyncio.Event()
        self.read_dropped = asyncio.Event()

    def put(self, asset_id: str, *, content: bytes = b"", **fields: Any) -> assets.Asset:
        """Add one asset, public unless said otherwise."""
        values: dict[str, Any] = {
            "id": asset_id,
            "status": assets.ASSET_STATUS_READY,
            "original_file_name": "cat.png",
            "stored_file_name": f"{asset_id}.png",
            "content_type": "image/png",
            "extension": ".png",
            "size": len(content),
            "width": 640,
            "height": 480,
            "checksum_sha256": hashlib.sha256(content).hexdigest(),
            "storage_provider": "local",
            "storage_key": f"2026/04/08/{asset_id}.png",
            "thumbnail_key": f"2026/04/08/{asset_id}/thumbnail_256.webp",
            "is_public": True,
            "create_time": WHEN,
            "update_time": WHEN,
        }
        asset = assets.Asset(**(values | fields))
        self.assets[asset_id] = asset
        self.contents[asset_id] = content
        return asset

    async def UploadAsset(
        self, requests: AsyncIterator[assets.UploadAssetRequest], context: Any
    ) -> assets.UploadAssetResponse:
        start = (await anext(requests)).start
        self.upload_started.set()
        if not start.content_type:
            raise InvalidArgument("ASSET_CONTENT_TYPE_MISSING", "the file has no content type")
        if not start.content_type.startswith("image/"):
            raise InvalidArgument("ASSET_CONTENT_TYPE_NOT_ALLOWED", "accepted: image/png")
        digest, size, largest = hashlib.sha256(), 0, 0
        try:
            async for message in requests:
                if message.HasField("commit"):
                    break
                digest.update(message.chunk)
                size += len(message.chunk)
                largest = max(largest, len(message.chunk))
                if size > MAX_UPLOAD_BYTES:
                    raise InvalidArgument("ASSET_FILE_TOO_LARGE", "the file is too large")
            else:
                self.upload_dropped.set()
                raise InvalidArgument("ASSET_FILE_REQUIRED", "no commit came")
        except asyncio.CancelledError:
            self.upload_dropped.set()
            raise
        if not size:
            raise InvalidArgument("ASSET_FILE_EMPTY", "the file is empty")
        self.stored.append(Stored(start, message.commit, size, digest.hexdigest(), largest))
        return assets.UploadAssetResponse(asset=self.put(f"asset-{len(self.stored)}"))

    async def GetAsset(
        self, request: assets.GetAssetRequest, context: Any
    ) -> assets.GetAssetResponse:
        found = self._asset(request.asset_id)
        if request.public_only and not found.is_public:
            raise NotFound("ASSET_NOT_FOUND", "no public asset has this id")
        return assets.GetAssetResponse(asset=found)

    async def BatchGetAssets(
        self, request: assets.BatchGetAssetsRequest, context: Any
    ) -> assets.BatchGetAssetsResponse:
        if self.failure is not None:
            raise self.failure
        found = [self.assets[each] for each in request.asset_ids if each in self.assets]
        self.was_read.set()
        return assets.BatchGetAssetsResponse(
            assets=found[: self.fitting],
            unanswered_ids=[asset.id for asset in found[self.fitting :]],
        )

    async def ListAssets(
        self, request: assets.ListAssetsRequest, context: Any
    ) -> assets.ListAssetsResponse:
        self.lists.append(request)
        return assets.ListAssetsResponse(
            assets=self.assets.values(), next_page_token="next", total=len(self.assets)
        )

    async def UpdateAsset(
        self, request: assets.UpdateAssetRequest, context: Any
    ) -> assets.UpdateAssetResponse:
        self.updates.append(request)
        return assets.UpdateAssetResponse(asset=self._asset(request.asset.id))

    async def DeleteAsset(
        self, request: assets.DeleteAssetRequest, context: Any
    ) -> assets.DeleteAssetResponse:
        del self.assets[self._asset(request.asset_id).id]
        return assets.DeleteAssetResponse(delete_time=WHEN)

    async def BatchDeleteAssets(
        self, request: assets.BatchDeleteAssetsRequest, context: Any
    ) -> assets.BatchDeleteAssetsResponse:
        replayed = request in self.batches
        self.batches.append(request)
        missing = [each for each in request.asset_ids if each not in self.assets]
        return assets.BatchDeleteAssetsResponse(
            requested_count=len(request.asset_ids),
            deleted_count=len(request.asset_ids) - len(missing),
            not_found_ids=missing,
            replayed=replayed,
        )

    async def GetUsage(
        self, request: assets.GetUsageRequest, context: Any
    ) -> assets.GetUsageResponse:
        return self.usage

    async def ReadContent(
        self, request: assets.ReadContentRequest, context: Any
    ) -> AsyncIterator[assets.ReadContentResponse]:
        self.reads.append(request)
        asset = self._source(request)
        content = self.contents[asset.id]
        etag = hashlib.sha256(content).hexdigest()
        first, last = 0, len(content) - 1
        moved = request.info_if_public and asset.is_public
        ranged = request.HasField("range") and request.if_range_etag in ("", etag)
        partial = ranged and not moved
        if partial:
            first, last = _resolved(request.range, len(content))
        info = assets.ContentInfo(
            content_type=asset.content_type,
            size=len(content),
            etag=etag,
            file_name=asset.original_file_name,
            offset=first,
            length=last - first + 1,
            partial=partial,
            is_public=asset.is_public,
            storage_key=asset.storage_key,
        )
        yield assets.ReadContentResponse(info=info)
        if request.info_only or moved:
            return
        try:
            for begin in range(first, last + 1, CHUNK):
                end = min(begin + CHUNK, last + 1)
                yield assets.ReadContentResponse(chunk=content[begin:end])
                if self.break_off is not None:
                    raise self.break_off
        except (asyncio.CancelledError, GeneratorExit):
            self.read_dropped.set()
            raise

    def _asset(self, asset_id: str) -> assets.Asset:
        if asset_id not in self.assets:
            raise NotFound("ASSET_NOT_FOUND", f"no asset has the id {asset_id!r}")
        return self.assets[asset_id]

    def _source(self, request: assets.ReadContentRequest) -> assets.Asset:
        if request.HasField("asset_id"):
            return self._asset(request.asset_id)
        if request.HasField("derivative"):
            if request.derivative.kind != "thumbnail_256":
                raise NotFound("DERIVATIVE_NOT_FOUND", "no such derivative")
            return self._asset(request.derivative.asset_id)
        for asset in self.assets.values():
            keys = (asset.storage_key, asset.thumbnail_key)
            if request.public_storage_key in keys and asset.is_public:
                return asset
        raise NotFound("CONTENT_NOT_FOUND", "no public content has this storage key")


def _resolved(part: assets.ByteRange, size: int) -> tuple[int, int]:
    if part.HasField("first"):
        first = part.first
        last = min(part.last, size - 1) if part.HasField("last") else size - 1
    else:
        first, last = max(size - part.last, 0), size - 1
    if first > last:
        raise OutOfRange("CONTENT_RANGE_INVALID", f"of {size} bytes", size=str(size))
    return first, last
