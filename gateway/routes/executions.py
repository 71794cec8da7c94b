"""/api/v1/executions: what runs and ran, one of them, its events, its end before time."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import GetAssetRequest
from nekohub.skills.v1 import skills_pb2 as pb
from starlette.requests import Request
from starlette.responses import Response

from gateway import events, idempotency, json, query
from gateway.context import Gateway
from gateway.convert import executions as convert
from gateway.convert.executions import ExecutionJson
from gateway.convert.shape import Page, page
from gateway.endpoint import Endpoint
from gateway.query import Parameter
from gateway.routes.paths import API

STATUSES: dict[str, pb.ExecutionStatus] = {name: status for status, name in convert.STATUS.items()}

STATUS = Parameter("status", "`queued`, `running`, `succeeded`, `failed` or `cancelled`.")
ASSET = Parameter("assetId", "Only those on this asset.")
LAST_EVENT = Parameter("Last-Event-ID", "The id of the last event that came.")
SKILL = Parameter("skill", "Only those of this skill or workflow.")


async def list_executions(gateway: Gateway, request: Request) -> json.Data[Page[ExecutionJson]]:
    """List executions, newest first."""
    return await _page(gateway, request, query.text(request.query_params, ASSET))


async def of_asset(gateway: Gateway, request: Request) -> json.Data[Page[ExecutionJson]]:
    """List the executions on an asset, newest first."""
    asset_id = request.path_params["id"]
    await gateway.stubs.assets.GetAsset(GetAssetRequest(asset_id=asset_id))
    return await _page(gateway, request, asset_id)


async def _page(
    gateway: Gateway, request: Request, asset_id: str
) -> json.Data[Page[ExecutionJson]]:
    params = request.query_params
    wanted = query.page(params)
    asked = pb.ListExecutionsRequest(
        page_size=wanted.size,
        page_token=wanted.cursor,
        skip=wanted.skip,
        asset_id=asset_id,
        skill_name=query.text(params, SKILL),
        status=query.choice(params, STATUS, STATUSES, pb.EXECUTION_STATUS_UNSPECIFIED),
    )
    found = await gateway.stubs.skills.ListExecutions(asked)
    items = [convert.execution(each) for each in found.executions]
    while found.next_page_token and len(items) < wanted.size:
        # All of the page did not fit into one message.
        asked.page_size, asked.page_token = wanted.size - len(items), found.next_page_token
        found = await gateway.stubs.skills.ListExecutions(asked)
        items += [convert.execution(each) for each in found.executions]
    return json.data(page(items, wanted, found))


async def get(gateway: Gateway, request: Request) -> json.Data[ExecutionJson]:
    """Read an execution."""
    found = await gateway.stubs.skills.GetExecution(
        pb.GetExecutionRequest(execution_id=request.path_params["id"])
    )
    return json.data(convert.execution(found.execution))


async def cancel(
    gateway: Gateway, request: Request, body: json.NoFields = json.NOTHING
) -> json.Data[ExecutionJson]:
    """Cancel an execution; what it is at stops within 2 seconds."""
    cancelled = await gateway.stubs.skills.CancelExecution(
        pb.CancelExecutionRequest(
            execution_id=request.path_params["id"], request_id=idempotency.request_id(request)
        )
    )
    response = json.data(convert.execution(cancelled.execution), 202)
    return idempotency.marked(response, cancelled.replayed)


async def watch(gateway: Gateway, request: Request) -> Response:
    """Watch an execution as server-sent events.

    `step` has a step, `progress` how many have ended, `done` the execution. `Last-Event-ID` goes
    on after that one.
    """
    return await events.response(gateway, request)


_ONE = f"{API}/executions/{{id}}"
_GONE = "404 execution_not_found"

ROUTES = (
    Endpoint(
        "GET",
        f"{API}/assets/{{id}}/executions",
        of_asset,
        "assets.read",
        ("404 asset_not_found",),
        query=(*query.PAGED, STATUS, SKILL),
    ),
    Endpoint(
        "GET",
        f"{API}/executions",
        list_executions,
        "assets.read",
        query=(*query.PAGED, STATUS, ASSET, SKILL),
    ),
    Endpoint("GET", _ONE, get, "assets.read", (_GONE,)),
    Endpoint(
        "GET",
        f"{_ONE}/events",
        watch,
        "assets.read",
        (_GONE,),
        media="text/event-stream",
        headers=(LAST_EVENT,),
    ),
    Endpoint(
        "POST",
        f"{_ONE}/cancel",
        cancel,
        "assets.update",
        (_GONE, "409 execution_already_finished"),
        statuses=(202,),
    ),
)
