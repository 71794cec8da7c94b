"""Finds and reads the bytes of originals and derivatives."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

from nekohub.assets.v1 import assets_pb2

from services.assets.blobs.store import BlobMissing, BlobStore, is_key
from services.assets.model import THUMBNAIL, is_kind, owner_of_thumbnail, public_thumbnail_key
from services.assets.presets import Presets
from services.assets.store import AssetStore, Content
from services.chassis.errors import FailedPrecondition, NotFound, OutOfRange


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an object, or all of it."""

    offset: int
    length: int
    partial: bool


class Contents:
    """Answers ReadContent."""

    def __init__(self, store: AssetStore, blobs: BlobStore, presets: Presets) -> None:
        self._store = store
        self._blobs = blobs
        self._presets = presets

    async def read(
        self, request: assets_pb2.ReadContentRequest
    ) -> AsyncIterator[assets_pb2.ReadContentResponse]:
        """Yields the info message, then chunks.

        The first bytes are fetched before anything is said of them, so that a missing object is an
        error and not a broken answer.
        """
        content = await self._find(request)
        if request.info_if_public and content.is_public:
            whole = Span(0, content.size, partial=False)
            yield assets_pb2.ReadContentResponse(info=_info(content, whole))
            return
        span = _span(content, request)
        info = assets_pb2.ReadContentResponse(info=_info(content, span))
        if request.info_only:
            if not await self._blobs.exists(content.storage_key):
                raise _missing(content.storage_key)
            yield info
            return
        async with aclosing(
            self._blobs.read(content.storage_key, span.offset, span.length)
        ) as chunks:
            try:
                first = await anext(chunks, b"")
            except BlobMissing as error:
                raise _missing(content.storage_key) from error
            yield info
            yield assets_pb2.ReadContentResponse(chunk=first)
            async for chunk in chunks:
                yield assets_pb2.ReadContentResponse(chunk=chunk)

    async def _find(self, request: assets_pb2.ReadContentRequest) -> Content:
        source = request.WhichOneof("source")
        if source == "asset_id":
            return await self._store.original(request.asset_id)
        if source == "derivative":
            return await self._derivative(request.derivative.asset_id, request.derivative.kind)
        key = request.public_storage_key
        content = await self._public(key) if is_key(key) else None
        if content is None:
            raise _missing(key)
        return content

    async def _public(self, key: str) -> Content | None:
        owner_id = owner_of_thumbnail(key)
        if owner_id is None:
            return await self._store.public_content(key)
        try:
            # Looked at before anything is made for somebody whom we do not know.
            owner = await self._store.original(owner_id)
            if not owner.is_public or public_thumbnail_key(owner.storage_key) != key:
                return None
            content = await self._derivative(owner_id, THUMBNAIL)
        except NotFound:
            # The asset is gone, or its pixels cannot be decoded and there will be no thumbnail.
            return None
        return content if content.is_public else None

    async def _derivative(self, asset_id: str, kind: str) -> Content:
        content = await self._store.rendition(asset_id, kind) if is_kind(kind) else None
        if content is None and kind == THUMBNAIL:
            content = await self._thumbnail(asset_id)
        if content is None:
            await self._store.original(asset_id)
            raise NotFound(
                "DERIVATIVE_NOT_FOUND", f"asset {asset_id} has no derivative {kind[:100]!r}"
            )
        return content

    async def _thumbnail(self, asset_id: str) -> Content:
        try:
            return await self._presets.thumbnail(asset_id)
        except FailedPrecondition as error:
            raise NotFound(
                "DERIVATIVE_NOT_FOUND",
                f"asset {asset_id} has no derivative {THUMBNAIL!r}, and it cannot be made:"
                f" {error.message}",
            ) from error


def _missing(key: str) -> NotFound:
    return NotFound("CONTENT_NOT_FOUND", f"there is no content {key[:100]!r}")


def _span(content: Content, request: assets_pb2.ReadContentRequest) -> Span:
    """The part that is asked for; raises CONTENT_RANGE_INVALID."""
    whole = Span(0, content.size, partial=False)
    if request.if_range_etag not in ("", content.checksum_sha256):
        return whole
    wanted = request.range
    has_first, has_last = wanted.HasField("first"), wanted.HasField("last")
    if not (has_first or has_last):
        return whole
    if has_first:
        first = wanted.first
        last = min(wanted.last, content.size - 1) if has_last else content.size - 1
        refused = wanted.first < 0
    else:
        first, last = max(0, content.size - wanted.last), content.size - 1
        refused = wanted.last <= 0
    if refused or first > last:
        raise OutOfRange(
            "CONTENT_RANGE_INVALID",
            f"the range lies outside the content, which has {content.size} bytes",
            size=str(content.size),
        )
    return Span(first, last - first + 1, partial=True)


def _info(content: Content, span: Span) -> assets_pb2.ContentInfo:
    return assets_pb2.ContentInfo(
        content_type=content.content_type,
        size=content.size,
        etag=content.checksum_sha256,
        file_name=content.file_name,
        offset=span.offset,
        length=span.length,
        partial=span.partial,
        is_public=content.is_public,
        storage_key=content.storage_key,
    )
