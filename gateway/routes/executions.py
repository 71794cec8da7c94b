"""/api/v1/executions: what runs and ran, one of them, its events, its end before time."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import GetAssetRequest
from nekohub.skills.v1 import skills_pb2 as pb
from starlette.requests import Request
from starlette.responses import Response

from gateway import convert, events, idempotency, json, query
from gateway.context import Gateway

STATUSES = {name: status for status, name in convert.EXECUTION_STATUS.items()}


async def list_executions(gateway: Gateway, request: Request) -> Response:
    """GET /executions."""
    return await _page(gateway, request, query.text(request.query_params, "assetId"))


async def of_asset(gateway: Gateway, request: Request) -> Response:
    """GET /assets/{id}/executions."""
    asset_id = request.path_params["id"]
    await gateway.stubs.assets.GetAsset(GetAssetRequest(asset_id=asset_id))
    return await _page(gateway, request, asset_id)


async def _page(gateway: Gateway, request: Request, asset_id: str) -> Response:
    params = request.query_params
    wanted = query.page(params)
    found = await gateway.stubs.skills.ListExecutions(
        pb.ListExecutionsRequest(
            page_size=wanted.size,
            page_token=wanted.cursor,
            skip=wanted.skip,
            asset_id=asset_id,
            skill_name=query.text(params, "skill"),
            status=query.choice(params, STATUSES, pb.EXECUTION_STATUS_UNSPECIFIED, "status"),
        )
    )
    return json.data(
        {
            "items": [convert.execution(each) for each in found.executions],
            "page": wanted.number,
            "pageSize": wanted.size,
            "total": found.total,
            "totalIsCapped": found.total_is_capped,
            "nextCursor": found.next_page_token or None,
        }
    )


async def get(gateway: Gateway, request: Request) -> Response:
    """GET /executions/{id}."""
    found = await gateway.stubs.skills.GetExecution(
        pb.GetExecutionRequest(execution_id=request.path_params["id"])
    )
    return json.data(convert.execution(found.execution))


async def cancel(gateway: Gateway, request: Request) -> Response:
    """POST /executions/{id}/cancel."""
    await json.read(request, json.Body, optional=True)
    cancelled = await gateway.stubs.skills.CancelExecution(
        pb.CancelExecutionRequest(
            execution_id=request.path_params["id"], request_id=idempotency.request_id(request)
        )
    )
    response = json.data(convert.execution(cancelled.execution), 202)
    return idempotency.marked(response, cancelled.replayed)


async def watch(gateway: Gateway, request: Request) -> Response:
    """GET /executions/{id}/events."""
    return await events.response(gateway, request)
