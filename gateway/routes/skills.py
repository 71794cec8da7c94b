"""/api/v1/assets/skills and …/run: what can be run on an asset, and running it."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import orjson
from nekohub.assets.v1.assets_pb2 import GetAssetRequest
from nekohub.skills.v1 import skills_pb2 as pb
from pydantic import Field
from starlette.requests import ClientDisconnect, Request

from gateway import idempotency, json
from gateway.body import header, until_gone
from gateway.context import Gateway
from gateway.convert import executions
from gateway.convert import skills as convert
from gateway.convert.executions import ExecutionJson
from gateway.convert.skills import RunJson, SkillJson
from gateway.endpoint import Endpoint, Header
from gateway.query import Parameter
from gateway.routes.paths import API
from services.chassis.errors import DeadlineExceeded, Unavailable
from services.chassis.ids import new_id


class RunBody(json.Body):
    """What a run may be given; which parameters there are is the skill's to say."""

    parameters: dict[str, Any] = Field(default_factory=dict)


NO_PARAMETERS = RunBody()


async def list_skills(gateway: Gateway, request: Request) -> json.Data[list[SkillJson]]:
    """List the skills, the default one first."""
    found = await gateway.stubs.skills.ListSkills(pb.ListSkillsRequest())
    return json.data([convert.skill(skill) for skill in found.skills])


async def run(
    gateway: Gateway, request: Request, body: RunBody = NO_PARAMETERS
) -> json.Data[RunJson] | json.Data[ExecutionJson]:
    """Run a skill on an asset and wait for its end.

    With `Prefer: respond-async` it answers 202 as soon as the run was accepted. After the
    configured wait it answers 504, on shutdown 503, both with the execution's `Location`: the run
    goes on, also when the client hangs up.
    """
    asset_id = request.path_params["id"]
    await _must_be_there(gateway, asset_id)
    started = await gateway.stubs.skills.StartExecution(
        pb.StartExecutionRequest(
            request_id=idempotency.request_id(request) or new_id(),
            asset_id=asset_id,
            skill_name=request.path_params["skillName"],
            parameters_json=orjson.dumps(body.parameters).decode() if body.parameters else "",
            trigger_source=pb.TRIGGER_SOURCE_MANUAL,
        )
    )
    location = f"{API}/executions/{started.execution.id}"
    if _prefers_async(request):
        response = json.data(executions.execution(started.execution), 202, location=location)
        return idempotency.marked(response, started.replayed)
    ended = await _ended(gateway, request, started.execution, location)
    asset, runs = await gateway.reads.asset(asset_id)
    answer = json.data(convert.run(ended, asset, runs.usage, gateway.config.public_base_url))
    return idempotency.marked(answer, started.replayed)


async def _must_be_there(gateway: Gateway, asset_id: str) -> None:
    await gateway.stubs.assets.GetAsset(GetAssetRequest(asset_id=asset_id))


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
            await _must_be_there(gateway, execution.asset_id)
        raise
    return ended.execution


def _interrupted(why: str, location: str) -> Unavailable:
    return Unavailable(
        "SERVICE_UNAVAILABLE", f"{why}; the run goes on, see {location}", location=location
    )


ROUTES = (
    Endpoint("GET", f"{API}/assets/skills", list_skills, "assets.read"),
    Endpoint(
        "POST",
        f"{API}/assets/{{id}}/skills/{{skillName}}/run",
        run,
        "assets.update",
        ("404 asset_not_found", "404 skill_not_found", "400 skill_parameters_invalid"),
        statuses=(200, 202),
        headers=(Parameter("Prefer", "`respond-async` has it answer before the run has ended."),),
        answer_headers=(
            Header("Location", "Of the execution.", (202,)),
            Header("Location", "Of the execution, if it goes on.", (503, 504), required=False),
        ),
    ),
)
