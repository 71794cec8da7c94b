"""The skills service's methods."""

import asyncio
from typing import Any

import orjson
from nekohub.skills.v1 import skills_pb2 as pb
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis.errors import InvalidArgument, NotFound, Unavailable
from services.chassis.ids import is_id
from services.skills import convert
from services.skills.executions import Executions
from services.skills.store import ExecutionStore
from services.skills.waiting import Waiting

REQUEST_ID_CHARACTERS = 64


class SkillServicer(skills_pb2_grpc.SkillServiceServicer):
    """Validates, calls, converts."""

    def __init__(
        self,
        executions: Executions,
        store: ExecutionStore,
        waiting: Waiting,
        stopping: asyncio.Event,
    ) -> None:
        self._executions = executions
        self._store = store
        self._waiting = waiting
        self._stopping = stopping

    async def ListSkills(
        self, request: pb.ListSkillsRequest, context: Any
    ) -> pb.ListSkillsResponse:
        """Every skill."""
        skills = [convert.skill(each) for each in self._executions.skills()]
        return pb.ListSkillsResponse(skills=skills)

    async def GetSkill(self, request: pb.GetSkillRequest, context: Any) -> pb.GetSkillResponse:
        """One skill."""
        return pb.GetSkillResponse(skill=convert.skill(self._executions.skill(request.name)))

    async def StartExecution(
        self, request: pb.StartExecutionRequest, context: Any
    ) -> pb.StartExecutionResponse:
        """Accepts a run."""
        if not 0 < len(request.request_id) <= REQUEST_ID_CHARACTERS or "\0" in request.request_id:
            raise InvalidArgument(
                "REQUEST_INVALID", f"request_id must have 1 to {REQUEST_ID_CHARACTERS} characters"
            )
        if not is_id(request.asset_id):
            raise InvalidArgument("REQUEST_INVALID", "asset_id must be the id of an asset, a UUID")
        accepted = await self._executions.start(
            request.request_id,
            request.asset_id,
            request.skill_name,
            _parameters(request.parameters_json),
            convert.trigger(request.trigger_source),
        )
        return pb.StartExecutionResponse(execution=convert.execution(accepted))

    async def WaitExecution(
        self, request: pb.WaitExecutionRequest, context: Any
    ) -> pb.WaitExecutionResponse:
        """Waits for a run's end."""
        _require_id(request.execution_id)
        waiting = asyncio.create_task(self._waiting.until_ended(request.execution_id))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise Unavailable(
                    "SERVICE_UNAVAILABLE", "the skills service is stopping; the run goes on"
                )
            found = waiting.result()
        finally:
            waiting.cancel()
            stopping.cancel()
        if found is None:
            raise _missing(request.execution_id)
        return pb.WaitExecutionResponse(execution=convert.execution(found))

    async def GetExecution(
        self, request: pb.GetExecutionRequest, context: Any
    ) -> pb.GetExecutionResponse:
        """One execution."""
        _require_id(request.execution_id)
        found = await self._store.get(request.execution_id)
        if found is None:
            raise _missing(request.execution_id)
        return pb.GetExecutionResponse(execution=convert.execution(found))

    async def GetLatestExecution(
        self, request: pb.GetLatestExecutionRequest, context: Any
    ) -> pb.GetLatestExecutionResponse:
        """An asset's newest execution."""
        known = is_id(request.asset_id)
        found = await self._store.latest(request.asset_id) if known else None
        return pb.GetLatestExecutionResponse(execution=convert.execution(found) if found else None)

    async def DeleteAssetExecutions(
        self, request: pb.DeleteAssetExecutionsRequest, context: Any
    ) -> pb.DeleteAssetExecutionsResponse:
        """Stops and removes an asset's executions."""
        known = is_id(request.asset_id)
        count = await self._executions.forget(request.asset_id) if known else 0
        return pb.DeleteAssetExecutionsResponse(deleted_count=count)


def _parameters(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        given = orjson.loads(text)  # which takes nothing that could not be read back
    except orjson.JSONDecodeError as error:
        raise InvalidArgument(
            "SKILL_PARAMETERS_INVALID", f"parameters are no JSON: {error.msg}"
        ) from None
    if not isinstance(given, dict):
        raise InvalidArgument("SKILL_PARAMETERS_INVALID", "parameters must be a JSON object")
    return given


def _require_id(execution_id: str) -> None:
    if not is_id(execution_id):
        raise _missing(execution_id)


def _missing(execution_id: str) -> NotFound:
    return NotFound("EXECUTION_NOT_FOUND", f"no execution has the id {execution_id[:100]!r}")
