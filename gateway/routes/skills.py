"""/api/v1/assets/skills and …/run: what can be run on an asset, and running it."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import orjson
from nekohub.assets.v1.assets_pb2 import Asset, GetAssetRequest
from nekohub.skills.v1 import skills_pb2 as pb
from pydantic import Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway import convert, idempotency, json
from gateway.body import header, until_gone
from gateway.context import Gateway
from services.chassis.errors import DeadlineExceeded, Unavailable
from services.chassis.ids import new_id


class RunBody(json.Body):
    """What a run may be given; which parameters there are is the skill's to say."""

    parameters: dict[str, Any] = Field(default_factory=dict)


async def list_skills(gateway: Gateway, request: Request) -> Response:
    """GET /assets/skills."""
    found = await gateway.stubs.skills.ListSkills(pb.ListSkillsRequest())
    return json.data([convert.skill(skill) for skill in found.skills])


async def run(gateway: Gateway, request: Request) -> Response:
    """POST /assets/{id}/skills/{skillName}/run.

    Waits for the end unless the client prefers not to. Raises DEADLINE_EXCEEDED after the
    configured wait and SERVICE_UNAVAILABLE on shutdown, both with the execution's location.
    """
    body = await json.read(request, RunBody, optional=True)
    asset_id = request.path_params["id"]
    await _asset(gateway, asset_id)
    started = await gateway.stubs.skills.StartExecution(
        pb.StartExecutionRequest(
            request_id=idempotency.request_id(request) or new_id(),
            asset_id=asset_id,
            skill_name=request.path_params["skill"],
            parameters_json=orjson.dumps(body.parameters).decode() if body.parameters else "",
            trigger_source=pb.TRIGGER_SOURCE_MANUAL,
        )
    )
    location = f"/api/v1/executions/{started.execution.id}"
    if _prefers_async(request):
        response = json.data(convert.execution(started.execution), 202, location=location)
        return idempotency.marked(response, started.replayed)
    ended = await _ended(gateway, request, started.execution, location)
    asset = await _asset(gateway, asset_id)
    response = json.data(convert.run(ended, asset, gateway.config.public_base_url))
    return idempotency.marked(response, started.replayed)


async def _asset(gateway: Gateway, asset_id: str) -> Asset:
    return (await gateway.stubs.assets.GetAsset(GetAssetRequest(asset_id=asset_id))).asset


def _prefers_async(request: Request) -> bool:
    preferences = header(request.scope["headers"], b"prefer").split(",")
    return any(each.partition(";")[0].strip().lower() == "respond-async" for each in preferences)


async def _ended(
    gateway: Gateway, request: Request, execution: pb.Execution, location: str
) -> pb.Execution:
    waiting = asyncio.create_task(_wait(gateway, execution, location))
    gone = asyncio.create_task(until_gone(request.receive))
    stopping = asyncio.create_task(gateway.stopping.wait())
    tasks = {waiting, gone, stopping}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        if gone.done():
            raise ClientDisconnect
        raise _interrupted("this server is stopping", location)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _wait(gateway: Gateway, execution: pb.Execution, location: str) -> pb.Execution:
    seconds = gateway.config.run_wait_seconds
    try:
        ended = await gateway.stubs.skills.WaitExecution(
            pb.WaitExecutionRequest(execution_id=execution.id), timeout=seconds
        )
    except grpc.aio.AioRpcError as error:
        if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            raise DeadlineExceeded(
                "DEADLINE_EXCEEDED",
                f"the run has not ended within {seconds:g} s and goes on; see {location}",
                location=location,
            ) from None
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            raise _interrupted("the skills service is away", location) from None
        if error.code() == grpc.StatusCode.NOT_FOUND:
            # A run goes with its asset; then it is the asset that is missing.
            await _asset(gateway, execution.asset_id)
        raise
    return ended.execution


def _interrupted(why: str, location: str) -> Unavailable:
    return Unavailable(
        "SERVICE_UNAVAILABLE", f"{why}; the run goes on, see {location}", location=location
    )
