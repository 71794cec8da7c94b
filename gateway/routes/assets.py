"""/api/v1/assets: upload, list, read, change, delete, and the bytes."""

from __future__ import annotations

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.assets.v1 import assets_pb2 as pb
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from gateway import content, form, json, query
from gateway.context import Gateway
from gateway.convert import assets as convert
from gateway.convert.assets import AssetItemJson, AssetJson, DeletedAssetJson
from gateway.convert.shape import Page, page, utc
from gateway.endpoint import Endpoint, Header
from gateway.idempotency import marked, request_id
from gateway.query import Parameter
from gateway.reads import Runs
from gateway.routes.paths import API
from gateway.upload import upload as store
from services.chassis.errors import InvalidArgument

STATUSES = {
    "ready": (pb.ASSET_STATUS_READY, False),
    "pending": (pb.ASSET_STATUS_UNSPECIFIED, True),
    "processing": (pb.ASSET_STATUS_UNSPECIFIED, True),
    "failed": (pb.ASSET_STATUS_UNSPECIFIED, True),
}
"""What each filter means to assets: a status, and whether it can match nothing."""
ORDERS = {"createdatutc": pb.ASSET_ORDER_CREATE_TIME, "size": pb.ASSET_ORDER_SIZE}
DIRECTIONS = {"asc": True, "desc": False}

QUERY = Parameter(
    "query",
    "A part of the file name, description, alt text or results, in any case; one or two characters "
    "are the start of the file name.",
    aliases=("keyword",),
)
CONTENT_TYPE = Parameter("contentType", "A type, or a family such as `image/*`.")
STATUS = Parameter("status", "`ready`; no asset is `pending`, `processing` or `failed`.")
ORDER = Parameter("orderBy", "`createdAtUtc` or `size`.", aliases=("sortBy",))
DIRECTION = Parameter("orderDirection", "`desc` or `asc`.", aliases=("sortDirection",))


class AssetPatch(json.Body):
    """What a person may change; what is left out stays, null clears."""

    description: str | None = Field(None, json_schema_extra={"maxLength": 1000})
    alt_text: str | None = Field(None, json_schema_extra={"maxLength": 1000})
    original_file_name: str | None = None
    is_public: json.Flag = None


async def upload(gateway: Gateway, request: Request) -> json.Data[AssetJson]:
    """Upload a picture.

    Skills run on it afterwards, unless `runEnrichment` says false. It is refused as soon as its
    bytes allow it, and then leaves nothing.
    """
    stored = await store(gateway, request, request_id(request))
    runs = await gateway.reads.runs(stored.asset.id) if stored.replayed else Runs()
    answer = convert.asset(stored.asset, runs, gateway.config.public_base_url)
    location = f"{API}/assets/{stored.asset.id}"
    return marked(json.data(answer, 202, location=location), stored.replayed)


async def list_assets(gateway: Gateway, request: Request) -> json.Data[Page[AssetItemJson]]:
    """List assets, newest first unless told otherwise."""
    params = request.query_params
    wanted = query.page(params)
    status, match_none = query.choice(
        params, STATUS, STATUSES, (pb.ASSET_STATUS_UNSPECIFIED, False)
    )
    found = await gateway.reads.page(
        pb.ListAssetsRequest(
            page_size=wanted.size,
            page_token=wanted.cursor,
            skip=wanted.skip,
            query=query.text(params, QUERY),
            content_type=query.content_type(params, CONTENT_TYPE),
            status=status,
            match_none=match_none,
            order=query.choice(params, ORDER, ORDERS, pb.ASSET_ORDER_CREATE_TIME),
            ascending=query.choice(params, DIRECTION, DIRECTIONS, False),
        )
    )
    base = gateway.config.public_base_url
    items = [convert.item(asset, base) for asset in found.assets]
    return json.data(page(items, wanted, found))


async def get(gateway: Gateway, request: Request) -> json.Data[AssetJson]:
    """Read an asset, its derivatives, its results and its latest run."""
    asset, runs = await gateway.reads.asset(request.path_params["id"])
    return json.data(convert.asset(asset, runs, gateway.config.public_base_url))


async def patch(gateway: Gateway, request: Request, body: AssetPatch) -> json.Data[AssetJson]:
    """Change an asset.

    A text that is set or cleared here is a person's, which no model replaces.
    """
    if "is_public" in body.model_fields_set and body.is_public is None:
        raise InvalidArgument(
            "REQUEST_INVALID", "field 'isPublic' is null; it must be true or false"
        )
    asset_id = request.path_params["id"]
    changed = await gateway.stubs.assets.UpdateAsset(
        pb.UpdateAssetRequest(
            asset=pb.Asset(
                id=asset_id,
                description=body.description,
                alt_text=body.alt_text,
                original_file_name=body.original_file_name,
                is_public=body.is_public,
            ),
            update_mask=FieldMask(paths=sorted(body.model_fields_set)),
        )
    )
    runs = await gateway.reads.runs(asset_id)
    return json.data(convert.asset(changed.asset, runs, gateway.config.public_base_url))


async def delete(gateway: Gateway, request: Request) -> json.Data[DeletedAssetJson]:
    """Delete an asset, its file, its derivatives, its results and its executions."""
    asset_id = request.path_params["id"]
    gone = await gateway.stubs.assets.DeleteAsset(pb.DeleteAssetRequest(asset_id=asset_id))
    return json.data({"id": asset_id, "status": "deleted", "deletedAtUtc": utc(gone.delete_time)})


async def original(gateway: Gateway, request: Request) -> Response:
    """Read an asset's bytes.

    Of a public asset they are at its `publicUrl`: 307.
    """
    source = pb.ReadContentRequest(asset_id=request.path_params["id"])
    return await content.content(gateway, request, source)


async def derivative(gateway: Gateway, request: Request) -> Response:
    """Read a derivative's bytes.

    `thumbnail_256` is made and kept on first request. Of a public asset they are at the
    derivative's `publicUrl`: 307.
    """
    name = pb.DerivativeName(asset_id=request.path_params["id"], kind=request.path_params["kind"])
    return await content.content(gateway, request, pb.ReadContentRequest(derivative=name))


_ONE = f"{API}/assets/{{id}}"
_GONE = "404 asset_not_found"

ROUTES = (
    Endpoint("GET", _ONE, get, "assets.read", (_GONE,)),
    Endpoint(
        "PATCH",
        _ONE,
        patch,
        "assets.update",
        (
            _GONE,
            "400 asset_filename_invalid",
            "400 asset_description_too_long",
            "400 asset_alt_text_too_long",
        ),
    ),
    Endpoint("DELETE", _ONE, delete, "assets.delete", (_GONE,)),
    Endpoint(
        "GET",
        f"{API}/assets",
        list_assets,
        "assets.read",
        query=(*query.PAGED, QUERY, CONTENT_TYPE, STATUS, ORDER, DIRECTION),
    ),
    Endpoint(
        "POST",
        f"{API}/assets",
        upload,
        "assets.create",
        (
            "400 asset_file_required",
            "400 asset_file_empty",
            "413 asset_file_too_large",
            "400 asset_content_type_missing",
            "415 asset_content_type_not_allowed",
            "400 asset_file_invalid",
            "400 asset_dimensions_too_large",
            "400 asset_description_too_long",
            "400 asset_alt_text_too_long",
            "404 skill_not_found",
        ),
        statuses=(202,),
        answer_headers=(Header("Location", "Of the asset.", (202,)),),
        form=form.FIELDS,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/content",
        original,
        "assets.read",
        (_GONE, "404 content_not_found", "416 content_range_invalid"),
        statuses=content.PRIVATE_STATUSES,
        query=(content.DIRECT,),
        media=content.MEDIA,
        headers=content.HEADERS,
        answer_headers=content.ANSWER_HEADERS,
        tells_head=True,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/derivatives/{{kind}}/content",
        derivative,
        "assets.read",
        (
            _GONE,
            "404 derivative_not_found",
            "404 content_not_found",
            "416 content_range_invalid",
        ),
        statuses=content.PRIVATE_STATUSES,
        query=(content.DIRECT,),
        media=content.MEDIA,
        headers=content.HEADERS,
        answer_headers=content.ANSWER_HEADERS,
        tells_head=True,
    ),
)
