"""/api/v1/executions: what became of a run."""

from __future__ import annotations

from nekohub.skills.v1.skills_pb2 import GetExecutionRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway import convert, json
from gateway.context import Gateway


async def get(gateway: Gateway, request: Request) -> Response:
    """GET /executions/{id}."""
    found = await gateway.stubs.skills.GetExecution(
        GetExecutionRequest(execution_id=request.path_params["id"])
    )
    return json.data(convert.execution(found.execution))
