"""Answers the calls of AssetService."""

from collections.abc import AsyncIterator
from typing import Any

from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc

from services.assets import convert, usage
from services.assets.blobs.store import BlobStore
from services.assets.content import Contents
from services.assets.deletion import Deletions
from services.assets.derivatives import Derivatives
from services.assets.listing import EMPTY_PAGE
from services.assets.model import StructuredResult, checked_payload, label
from services.assets.presets import Presets
from services.assets.relay import Relay
from services.assets.renditions import RenditionStore
from services.assets.store import AssetStore
from services.assets.sweep import discard
from services.assets.upload import Uploads
from services.chassis.clock import now, timestamp

Context = Any


class AssetServicer(assets_pb2_grpc.AssetServiceServicer):
    """Checks, asks and converts. What each call does and raises stands in the proto."""

    def __init__(
        self,
        *,
        store: AssetStore,
        deletions: Deletions,
        rows: RenditionStore,
        blobs: BlobStore,
        uploads: Uploads,
        derivatives: Derivatives,
        presets: Presets,
        contents: Contents,
        relay: Relay,
    ) -> None:
        self._store = store
        self._deletions = deletions
        self._rows = rows
        self._blobs = blobs
        self._uploads = uploads
        self._derivatives = derivatives
        self._presets = presets
        self._contents = contents
        self._relay = relay

    async def UploadAsset(
        self, request_iterator: AsyncIterator[assets_pb2.UploadAssetRequest], context: Context
    ) -> assets_pb2.UploadAssetResponse:
        """Stores one picture."""
        uploaded = await self._uploads.receive(request_iterator)
        return assets_pb2.UploadAssetResponse(
            asset=self._message(uploaded.asset), replayed=uploaded.replayed
        )

    async def GetAsset(
        self, request: assets_pb2.GetAssetRequest, context: Context
    ) -> assets_pb2.GetAssetResponse:
        """Returns one asset."""
        item = await self._store.get(request.asset_id, public_only=request.public_only)
        return assets_pb2.GetAssetResponse(asset=self._message(item))

    async def BatchGetAssets(
        self, request: assets_pb2.BatchGetAssetsRequest, context: Context
    ) -> assets_pb2.BatchGetAssetsResponse:
        """Returns several assets."""
        return convert.several(
            await self._store.several(convert.asked(request.asset_ids)), self._blobs.provider
        )

    async def ListAssets(
        self, request: assets_pb2.ListAssetsRequest, context: Context
    ) -> assets_pb2.ListAssetsResponse:
        """Returns a page of assets."""
        page = EMPTY_PAGE
        if not request.match_none:
            page = await self._store.page(convert.listing(request))
        return assets_pb2.ListAssetsResponse(
            assets=[self._message(item) for item in page.assets],
            next_page_token=page.next_page_token,
            total=page.total,
            total_is_capped=page.total_is_capped,
        )

    async def UpdateAsset(
        self, request: assets_pb2.UpdateAssetRequest, context: Context
    ) -> assets_pb2.UpdateAssetResponse:
        """Changes what a person may change."""
        changes = convert.changes(request.asset, request.update_mask)
        item = await self._store.update(request.asset.id, changes)
        return assets_pb2.UpdateAssetResponse(asset=self._message(item))

    async def DeleteAsset(
        self, request: assets_pb2.DeleteAssetRequest, context: Context
    ) -> assets_pb2.DeleteAssetResponse:
        """Deletes one asset; what fails of its objects is repeated by the relay."""
        deleted_at, message = await self._deletions.delete(request.asset_id)
        self._relay.wake()
        await discard(self._store, self._blobs, message.payload["storageKeys"])
        return assets_pb2.DeleteAssetResponse(delete_time=timestamp(deleted_at))

    async def BatchDeleteAssets(
        self, request: assets_pb2.BatchDeleteAssetsRequest, context: Context
    ) -> assets_pb2.BatchDeleteAssetsResponse:
        """Deletes many assets; their objects are left to the relay."""
        outcome = await self._deletions.delete_many(request.asset_ids, request.request_id)
        self._relay.wake()
        return assets_pb2.BatchDeleteAssetsResponse(
            requested_count=len(request.asset_ids),
            deleted_count=outcome.deleted_count,
            not_found_ids=outcome.not_found_ids,
            replayed=outcome.replayed,
        )

    async def GetUsage(
        self, request: assets_pb2.GetUsageRequest, context: Context
    ) -> assets_pb2.GetUsageResponse:
        """Returns how much there is."""
        return convert.usage_message(await usage.read(self._store.database))

    async def ReadContent(
        self, request: assets_pb2.ReadContentRequest, context: Context
    ) -> AsyncIterator[assets_pb2.ReadContentResponse]:
        """Streams bytes."""
        async for response in self._contents.read(request):
            yield response

    async def GetPreview(
        self, request: assets_pb2.GetPreviewRequest, context: Context
    ) -> assets_pb2.GetPreviewResponse:
        """Returns the picture that AI steps send."""
        preview = await self._presets.preview(request.asset_id)
        return assets_pb2.GetPreviewResponse(
            jpeg=preview.jpeg, facts=assets_pb2.PictureFacts(**preview.facts)
        )

    async def PutDerivative(
        self, request_iterator: AsyncIterator[assets_pb2.PutDerivativeRequest], context: Context
    ) -> assets_pb2.PutDerivativeResponse:
        """Stores a derivative."""
        item = await self._derivatives.receive(request_iterator)
        return assets_pb2.PutDerivativeResponse(derivative=convert.derivative_message(item))

    async def PutStructuredResult(
        self, request: assets_pb2.PutStructuredResultRequest, context: Context
    ) -> assets_pb2.PutStructuredResultResponse:
        """Stores a structured result and offers its texts."""
        item = StructuredResult(
            kind=request.kind,
            payload_json=checked_payload(request.kind, request.payload_json),
            created_at=now(),
            execution_id=label(request.execution_id),
            position=request.position,
        )
        await self._rows.put_result(
            request.asset_id,
            item,
            description=request.description if request.HasField("description") else None,
            alt_text=request.alt_text if request.HasField("alt_text") else None,
        )
        return assets_pb2.PutStructuredResultResponse(
            structured_result=convert.result_message(item)
        )

    def _message(self, item: Any) -> assets_pb2.Asset:
        return convert.asset_message(item, self._blobs.provider)
