"""Assets, with what was made from them."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from nekohub.assets.v1 import assets_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert import executions
from gateway.convert.executions import CallsUsageJson, ExecutionSummaryJson
from gateway.convert.shape import Id, Url, Utc, documented, utc
from gateway.reads import Runs

Status = Literal["ready"]

STATUS: dict[pb.AssetStatus, Status] = {pb.ASSET_STATUS_READY: "ready"}


@documented
class DerivativeJson(TypedDict):
    """A rendition of an asset; one per kind."""

    kind: str
    contentType: str
    extension: str
    size: int
    """Bytes."""
    width: int
    height: int
    publicUrl: Url | None
    """Another one when the bytes change; null while the asset is private."""
    createdAtUtc: Utc


@documented
class StructuredResultJson(TypedDict):
    """What a model left; one per kind, a later run replaces it."""

    kind: str
    payloadJson: str
    """A JSON object, as a string."""
    createdAtUtc: Utc


@documented
class AssetItemJson(TypedDict):
    """An asset as lists show it."""

    id: Id
    type: Literal["image"]
    status: Status
    originalFileName: str
    contentType: str
    size: int
    """Bytes."""
    width: int
    """Pixels as displayed, orientation applied."""
    height: int
    """Pixels as displayed, orientation applied."""
    storageProvider: str
    publicUrl: Url | None
    """Null while it is private."""
    thumbnailUrl: Url
    """Made and kept on first request."""
    isPublic: bool
    description: str | None
    altText: str | None
    hasLocation: bool
    """Whether the original's metadata says where it was taken."""
    createdAtUtc: Utc
    updatedAtUtc: Utc


@documented
class AssetJson(TypedDict):
    """An asset with everything that is known of it."""

    id: Id
    type: Literal["image"]
    status: Status
    originalFileName: str
    storedFileName: str
    contentType: str
    extension: str
    """With its dot, for example ".png"."""
    size: int
    """Bytes."""
    width: int
    """Pixels as displayed, orientation applied."""
    height: int
    """Pixels as displayed, orientation applied."""
    checksumSha256: str
    storageProvider: str
    storageKey: str
    publicUrl: Url | None
    """Null while it is private."""
    isPublic: bool
    description: str | None
    altText: str | None
    hasLocation: bool
    """Whether the original's metadata says where it was taken."""
    createdAtUtc: Utc
    updatedAtUtc: Utc
    derivatives: list[DerivativeJson]
    structuredResults: list[StructuredResultJson]
    latestExecutionSummary: ExecutionSummaryJson | None
    """Null before the first run."""
    usage: CallsUsageJson
    """The sum over all runs."""


@documented
class DeletedAssetJson(TypedDict):
    """What is left to say of an asset that was deleted."""

    id: Id
    status: Literal["deleted"]
    deletedAtUtc: Utc


@documented
class DeletedAssetsJson(TypedDict):
    """What came of deleting many."""

    requestedCount: int
    """How many ids were given."""
    deletedCount: int
    """How many assets were deleted; one that was named twice counts once."""
    notFoundIds: list[str]
    """The ids that no asset has, each once."""


def content_url(base: str, storage_key: str) -> str:
    """Where anybody reads the object `storage_key` of a public asset."""
    return f"{base}/content/{quote(storage_key, safe='/')}"


def asset(message: pb.Asset, runs: Runs, base: str) -> AssetJson:
    """The full asset, with what its executions came to; `base` starts every URL."""
    return {
        "id": message.id,
        "type": "image",
        "status": STATUS[message.status],
        "originalFileName": message.original_file_name,
        "storedFileName": message.stored_file_name,
        "contentType": message.content_type,
        "extension": message.extension,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "checksumSha256": message.checksum_sha256,
        "storageProvider": message.storage_provider,
        "storageKey": message.storage_key,
        "publicUrl": content_url(base, message.storage_key) if message.is_public else None,
        "isPublic": message.is_public,
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "hasLocation": message.has_location,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "derivatives": [
            derivative(each, base if message.is_public else None) for each in message.derivatives
        ],
        "structuredResults": [_structured_result(each) for each in message.structured_results],
        "latestExecutionSummary": (
            None if runs.latest is None else executions.summary(runs.latest)
        ),
        "usage": executions.usage(runs.usage),
    }


def item(message: pb.Asset, base: str) -> AssetItemJson:
    """The asset as lists show it."""
    return {
        "id": message.id,
        "type": "image",
        "status": STATUS[message.status],
        "originalFileName": message.original_file_name,
        "contentType": message.content_type,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "storageProvider": message.storage_provider,
        "publicUrl": content_url(base, message.storage_key) if message.is_public else None,
        "thumbnailUrl": f"{base}/api/v1/assets/{message.id}/derivatives/thumbnail_256/content",
        "isPublic": message.is_public,
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "hasLocation": message.has_location,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
    }


def derivative(message: pb.Derivative, base: str | None) -> DerivativeJson:
    """A rendition; without `base` its asset is private and it has no public URL."""
    return {
        "kind": message.kind,
        "contentType": message.content_type,
        "extension": message.extension,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "publicUrl": None if base is None else content_url(base, message.storage_key),
        "createdAtUtc": utc(message.create_time),
    }


def _structured_result(message: pb.StructuredResult) -> StructuredResultJson:
    return {
        "kind": message.kind,
        "payloadJson": message.payload_json,
        "createdAtUtc": utc(message.create_time),
    }
