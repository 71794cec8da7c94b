"""/api/v1/assets: upload, list, read, change, delete, and the bytes."""

from __future__ import annotations

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.assets.v1 import assets_pb2 as pb
from nekohub.skills.v1.skills_pb2 import Execution, GetLatestExecutionRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway import content, convert, json, query
from gateway.context import Gateway
from gateway.idempotency import marked, request_id
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


class AssetPatch(json.Body):
    """What a person may change; what is left out stays, null clears."""

    description: str | None = None
    alt_text: str | None = None
    original_file_name: str | None = None
    is_public: bool | None = None


async def upload(gateway: Gateway, request: Request) -> Response:
    """POST /assets."""
    stored = await store(gateway, request, request_id(request))
    newest = await _latest_execution(gateway, stored.asset.id) if stored.replayed else None
    answer = convert.asset(stored.asset, newest, gateway.config.public_base_url)
    location = f"/api/v1/assets/{stored.asset.id}"
    return marked(json.data(answer, 202, location=location), stored.replayed)


async def list_assets(gateway: Gateway, request: Request) -> Response:
    """GET /assets."""
    params = request.query_params
    wanted = query.page(params)
    status, match_none = query.choice(
        params, STATUSES, (pb.ASSET_STATUS_UNSPECIFIED, False), "status"
    )
    found = await gateway.stubs.assets.ListAssets(
        pb.ListAssetsRequest(
            page_size=wanted.size,
            page_token=wanted.cursor,
            skip=wanted.skip,
            query=query.text(params, "query", "keyword"),
            content_type=query.content_type(params),
            status=status,
            match_none=match_none,
            order=query.choice(params, ORDERS, pb.ASSET_ORDER_CREATE_TIME, "orderBy", "sortBy"),
            ascending=query.choice(params, DIRECTIONS, False, "orderDirection", "sortDirection"),
        )
    )
    base = gateway.config.public_base_url
    return json.data(
        {
            "items": [convert.asset_item(asset, base) for asset in found.assets],
            "page": wanted.number,
            "pageSize": wanted.size,
            "total": found.total,
            "totalIsCapped": found.total_is_capped,
            "nextCursor": found.next_page_token or None,
        }
    )


async def get(gateway: Gateway, request: Request) -> Response:
    """GET /assets/{id}."""
    asset_id = request.path_params["id"]
    asking = gateway.stubs.assets.GetAsset(pb.GetAssetRequest(asset_id=asset_id))
    latest = gateway.stubs.skills.GetLatestExecution(GetLatestExecutionRequest(asset_id=asset_id))
    try:
        asset = (await asking).asset
        execution = await latest
    finally:
        latest.cancel()
    newest = execution.execution if execution.HasField("execution") else None
    return json.data(convert.asset(asset, newest, gateway.config.public_base_url))


async def patch(gateway: Gateway, request: Request) -> Response:
    """PATCH /assets/{id}."""
    body = await json.read(request, AssetPatch)
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
    newest = await _latest_execution(gateway, asset_id)
    return json.data(convert.asset(changed.asset, newest, gateway.config.public_base_url))


async def delete(gateway: Gateway, request: Request) -> Response:
    """DELETE /assets/{id}."""
    asset_id = request.path_params["id"]
    gone = await gateway.stubs.assets.DeleteAsset(pb.DeleteAssetRequest(asset_id=asset_id))
    return json.data(
        {"id": asset_id, "status": "deleted", "deletedAtUtc": convert.utc(gone.delete_time)}
    )


async def original(gateway: Gateway, request: Request) -> Response:
    """GET, HEAD /assets/{id}/content."""
    source = pb.ReadContentRequest(asset_id=request.path_params["id"])
    return await content.private(gateway, request, source)


async def derivative(gateway: Gateway, request: Request) -> Response:
    """GET, HEAD /assets/{id}/derivatives/{kind}/content."""
    name = pb.DerivativeName(asset_id=request.path_params["id"], kind=request.path_params["kind"])
    return await content.private(gateway, request, pb.ReadContentRequest(derivative=name))


async def _latest_execution(gateway: Gateway, asset_id: str) -> Execution | None:
    found = await gateway.stubs.skills.GetLatestExecution(
        GetLatestExecutionRequest(asset_id=asset_id)
    )
    return found.execution if found.HasField("execution") else None
