"""Public assets, as anybody sees them."""

from __future__ import annotations

from typing import Literal

from nekohub.assets.v1 import assets_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert.assets import STATUS, DerivativeJson, Status, content_url, derivative
from gateway.convert.shape import Id, Url, Utc, documented, utc


@documented
class PublicAssetItemJson(TypedDict):
    """A public asset as lists show it."""

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
    publicUrl: Url
    thumbnailUrl: Url
    """For anybody; made and kept on first request."""
    description: str | None
    altText: str | None
    createdAtUtc: Utc
    updatedAtUtc: Utc
    derivatives: list[DerivativeJson]
    """Those of `w320`, `w640`, `w1280` and `w1920` that there are, for `srcset`."""


@documented
class PublicAssetJson(TypedDict):
    """A public asset with all that anybody may know of it."""

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
    publicUrl: Url
    description: str | None
    altText: str | None
    createdAtUtc: Utc
    updatedAtUtc: Utc
    derivatives: list[DerivativeJson]


def item(message: pb.Asset, base: str) -> PublicAssetItemJson:
    """The public asset as lists show it; `base` starts every URL."""
    return {
        "id": message.id,
        "type": "image",
        "status": STATUS[message.status],
        "originalFileName": message.original_file_name,
        "contentType": message.content_type,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "publicUrl": content_url(base, message.storage_key),
        "thumbnailUrl": content_url(base, message.thumbnail_key),
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "derivatives": [derivative(each, base) for each in message.derivatives],
    }


def asset(message: pb.Asset, base: str) -> PublicAssetJson:
    """The public asset; `base` starts every URL."""
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
        "publicUrl": content_url(base, message.storage_key),
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "derivatives": [derivative(each, base) for each in message.derivatives],
    }
