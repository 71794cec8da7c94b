"""Protos to values and back."""

from collections.abc import Collection, Sequence

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.assets.v1 import assets_pb2

from services.assets import file_name
from services.assets.blobs.store import CHUNK_BYTES
from services.assets.listing import Listing
from services.assets.model import (
    Asset,
    Changes,
    Derivative,
    StructuredResult,
    Text,
    TextField,
    TextSource,
    person_text,
    public_thumbnail_key,
)
from services.assets.usage import Amount
from services.chassis.clock import timestamp
from services.chassis.errors import InvalidArgument

BATCH_IDS = 32
BATCH_CHARACTERS = 256 * 1024
"""No further asset is added to an answer whose results have so many: one alone may have 2 MiB, and
with it the answer has to fit into a message of 4 MiB.
"""
_CHANGED_FIELDS = ("description", "alt_text", "original_file_name", "is_public")


def asset_message(item: Asset, storage_provider: str) -> assets_pb2.Asset:
    """Returns an asset as its proto."""
    return assets_pb2.Asset(
        id=item.id,
        status=assets_pb2.ASSET_STATUS_READY,
        original_file_name=item.original_file_name,
        stored_file_name=item.storage_key.rpartition("/")[2],
        content_type=item.content_type,
        extension=item.extension,
        size=item.size,
        width=item.width,
        height=item.height,
        checksum_sha256=item.checksum_sha256,
        storage_provider=storage_provider,
        storage_key=item.storage_key,
        thumbnail_key=public_thumbnail_key(item.storage_key),
        is_public=item.is_public,
        description=item.description.value,
        description_is_persons=item.description.source is TextSource.PERSON,
        alt_text=item.alt_text.value,
        has_location=item.has_location,
        create_time=timestamp(item.created_at),
        update_time=timestamp(item.updated_at),
        derivatives=[derivative_message(each) for each in item.derivatives],
        structured_results=[result_message(each) for each in item.results],
    )


def asked(asset_ids: Collection[str]) -> Collection[str]:
    """Returns the ids that a batch asks for; raises REQUEST_INVALID if there are too many."""
    if len(asset_ids) > BATCH_IDS:
        raise InvalidArgument(
            "REQUEST_INVALID", f"asset_ids has {len(asset_ids)} ids; at most {BATCH_IDS} are taken"
        )
    return asset_ids


def several(items: Sequence[Asset], storage_provider: str) -> assets_pb2.BatchGetAssetsResponse:
    """Returns as many assets as fit into an answer, one at least, and the ids of the others."""
    answer = assets_pb2.BatchGetAssetsResponse()
    room = BATCH_CHARACTERS
    for item in items:
        if room > 0:
            answer.assets.append(asset_message(item, storage_provider))
            room -= sum(len(result.payload_json) for result in item.results)
        else:
            answer.unanswered_ids.append(item.id)
    return answer


def derivative_message(item: Derivative) -> assets_pb2.Derivative:
    """Returns a derivative as its proto."""
    return assets_pb2.Derivative(
        kind=item.kind,
        content_type=item.content_type,
        extension=item.extension,
        size=item.size,
        width=item.width,
        height=item.height,
        storage_key=item.storage_key,
        create_time=timestamp(item.created_at),
    )


def result_message(item: StructuredResult) -> assets_pb2.StructuredResult:
    """Returns a structured result as its proto."""
    return assets_pb2.StructuredResult(
        kind=item.kind,
        payload_json=item.payload_json,
        create_time=timestamp(item.created_at),
        execution_id=item.execution_id,
    )


def usage_message(amounts: Sequence[Amount]) -> assets_pb2.GetUsageResponse:
    """Returns what the counters say, and their sums."""
    return assets_pb2.GetUsageResponse(
        total_assets=sum(each.assets for each in amounts),
        total_bytes=sum(each.size for each in amounts),
        total_derivatives=sum(each.derivatives for each in amounts),
        content_types=[
            assets_pb2.ContentTypeUsage(
                content_type=each.content_type, count=each.assets, total_bytes=each.size
            )
            for each in amounts
        ],
    )


def listing(request: assets_pb2.ListAssetsRequest) -> Listing:
    """Returns what a list request asks for."""
    return Listing(
        page_size=request.page_size,
        page_token=request.page_token,
        skip=request.skip,
        query=request.query,
        content_type=request.content_type,
        by_size=request.order == assets_pb2.ASSET_ORDER_SIZE,
        ascending=request.ascending,
        public_only=request.public_only,
    )


def chunk(request: assets_pb2.UploadAssetRequest | assets_pb2.PutDerivativeRequest) -> bytes:
    """Returns the bytes in a message; raises REQUEST_INVALID for more than one may hold."""
    data = request.chunk  # each look at the field copies it
    if len(data) > CHUNK_BYTES:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"a chunk has {len(data)} bytes; at most {CHUNK_BYTES} are taken at once",
        )
    return data


def changes(message: assets_pb2.Asset, mask: FieldMask) -> Changes:
    """Returns what an update changes; raises InvalidArgument for a value that is not taken and for
    a field that nobody may change.
    """
    named = frozenset(mask.paths)
    unknown = named.difference(_CHANGED_FIELDS)
    if unknown:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"update_mask names {', '.join(sorted(unknown))}; accepted are "
            f"{', '.join(_CHANGED_FIELDS)}",
        )
    return Changes(
        description=_text(message, "description") if "description" in named else None,
        alt_text=_text(message, "alt_text") if "alt_text" in named else None,
        original_file_name=(
            file_name.changed(message.original_file_name) if "original_file_name" in named else None
        ),
        is_public=message.is_public if "is_public" in named else None,
    )


def _text(message: assets_pb2.Asset, field: TextField) -> Text:
    return person_text(getattr(message, field) if message.HasField(field) else None, field)
