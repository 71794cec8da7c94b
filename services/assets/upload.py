"""Takes an upload: checks, hashes and stores the file while it arrives."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
from nekohub.assets.v1 import assets_pb2

from services.assets import convert, file_name
from services.assets.blobs.store import BlobStore, Sink
from services.assets.headers import Header, HeaderReader
from services.assets.model import (
    Asset,
    Text,
    TextField,
    declared_type,
    original_key,
    uploaded_text,
    without_nul,
)
from services.assets.outbox import MessageKind, message
from services.assets.relay import Relay
from services.assets.store import AssetStore
from services.assets.sweep import discard
from services.chassis.clock import now
from services.chassis.errors import HubError, InvalidArgument
from services.chassis.ids import new_id
from services.chassis.requests import Claim, checked_id
from services.chassis.uninterrupted import uninterrupted

Requests = AsyncIterator[assets_pb2.UploadAssetRequest]
_SKILL_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What is taken."""

    max_bytes: int
    max_pixels: int
    content_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Received:
    """A file that has wholly arrived."""

    size: int
    checksum_sha256: str
    header: Header
    commit: assets_pb2.UploadCommit
    description: Text
    alt_text: Text


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload."""

    asset: Asset
    replayed: bool
    """Whether an equal upload has stored it before."""


class Uploads:
    """Stores files as assets; one that is refused, cancelled or not committed leaves nothing."""

    def __init__(
        self, store: AssetStore, blobs: BlobStore, relay: Relay, limits: UploadLimits
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._relay = relay
        self._limits = limits

    async def receive(self, requests: Requests) -> Uploaded:
        """Takes one upload's messages and returns the asset.

        Raises InvalidArgument with one of the reasons that UploadAsset names, RequestReused, and
        AssetGone for the repeat of an upload whose asset was deleted.
        """
        start = await self._start(requests)
        content_type = self._checked_type(start.content_type)
        asset_id, created_at = new_id(), now()
        key = original_key(asset_id, created_at, content_type)
        stored = False
        try:
            # The bytes must be of the declared type, so the key can be told before they come.
            async with self._blobs.writing(content_type) as sink:
                sink.key = key
                received = await self._file(requests, sink, content_type)
                stored = True
            item = Asset(
                id=asset_id,
                original_file_name=file_name.uploaded(start.file_name, content_type),
                content_type=content_type,
                size=received.size,
                width=received.header.width,
                height=received.header.height,
                checksum_sha256=received.checksum_sha256,
                storage_key=key,
                is_public=received.commit.is_public,
                description=received.description,
                alt_text=received.alt_text,
                has_location=received.header.has_location,
                created_at=created_at,
                updated_at=created_at,
            )
        except BaseException:
            if stored:
                await uninterrupted(discard(self._store, self._blobs, [key]))
            raise
        try:
            earlier = await uninterrupted(self._commit(item, received.commit))
        except HubError:
            await uninterrupted(discard(self._store, self._blobs, [key]))
            raise
        # What else it may raise is left to the sweep: the row may have been written all the same.
        if earlier is None:
            return Uploaded(item, replayed=False)
        await uninterrupted(discard(self._store, self._blobs, [key]))
        return Uploaded(await self._store.get(earlier), replayed=True)

    async def _start(self, requests: Requests) -> assets_pb2.UploadStart:
        async for request in requests:
            if request.WhichOneof("part") != "start":
                break
            return request.start
        raise InvalidArgument("ASSET_FILE_REQUIRED", "the upload does not begin with its start")

    def _checked_type(self, declared: str) -> str:
        content_type = declared_type(declared)
        if not content_type:
            raise InvalidArgument(
                "ASSET_CONTENT_TYPE_MISSING", "the file part declares no content type"
            )
        if content_type not in self._limits.content_types:
            allowed = ", ".join(self._limits.content_types)
            raise InvalidArgument(
                "ASSET_CONTENT_TYPE_NOT_ALLOWED",
                f"the content type {content_type[:100]!r} is not one of {allowed}",
            )
        return content_type

    async def _file(self, requests: Requests, sink: Sink, content_type: str) -> _Received:
        reader = HeaderReader(self._limits.max_pixels, declared_type=content_type)
        digest = hashlib.sha256()
        size = 0
        async for request in requests:
            part = request.WhichOneof("part")
            if part == "commit":
                return _Received(
                    size,
                    digest.hexdigest(),
                    reader.finish(),
                    request.commit,
                    _text(request.commit, "description"),
                    _text(request.commit, "alt_text"),
                )
            if part != "chunk":
                break
            chunk = convert.chunk(request)
            size += len(chunk)
            if size > self._limits.max_bytes:
                raise InvalidArgument(
                    "ASSET_FILE_TOO_LARGE",
                    f"the file is larger than {self._limits.max_bytes} bytes",
                )
            reader.feed(chunk)
            digest.update(chunk)
            await sink.write(chunk)
        raise InvalidArgument("ASSET_FILE_INVALID", "the upload was not completed by its commit")

    async def _commit(self, item: Asset, commit: assets_pb2.UploadCommit) -> str | None:
        skill = without_nul(commit.skill_name)[:_SKILL_NAME_CHARACTERS]
        start = None
        if commit.run_enrichment:
            start = message(MessageKind.START_EXECUTION, item.id, skillName=skill)
        claim = _claim(commit.request_id, item, (commit.run_enrichment, skill))
        earlier = await self._store.create(item, start, claim)
        if earlier is None:
            self._relay.wake()
        return earlier


def _claim(request_id: str, item: Asset, run: tuple[bool, str]) -> Claim | None:
    if not checked_id(request_id):
        return None
    content = (
        item.checksum_sha256,
        item.content_type,
        item.original_file_name,
        item.description.value,
        item.alt_text.value,
        item.is_public,
        *run,
    )
    return Claim(request_id, hashlib.sha256(orjson.dumps(content)).hexdigest())


def _text(commit: assets_pb2.UploadCommit, field: TextField) -> Text:
    value: str | None = getattr(commit, field) if commit.HasField(field) else None
    return uploaded_text(value, field)
