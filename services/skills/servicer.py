"""The skills service's methods."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from nekohub.skills.v1 import skills_pb2 as pb
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis.errors import InvalidArgument, Unavailable
from services.chassis.ids import is_id
from services.chassis.requests import checked_id
from services.skills import answers, convert, listing, usage
from services.skills.events import events_after
from services.skills.executions import Executions
from services.skills.refusals import ExecutionMissing
from services.skills.store import ExecutionStore
from services.skills.waiting import Waiting
from services.skills.workflow_servicer import WorkflowMethods
from services.skills.workflow_store import WorkflowStore

if TYPE_CHECKING:
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub

T = TypeVar("T")

BATCH_IDS = 32


class SkillServicer(WorkflowMethods, skills_pb2_grpc.SkillServiceServicer):
    """Validates, calls, converts."""

    def __init__(
        self,
        executions: Executions,
        store: ExecutionStore,
        workflows: WorkflowStore,
        waiting: Waiting,
        stopping: asyncio.Event,
        providers: "ProviderServiceAsyncStub",
    ) -> None:
        super().__init__(executions, workflows)
        self._store = store
        self._waiting = waiting
        self._stopping = stopping
        self._providers = providers

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
        accepted, replayed = await self._executions.start(
            checked_id(request.request_id, required=True),
            convert.asset_id(request.asset_id),
            request.skill_name,
            _parameters(request.parameters_json),
            convert.trigger(request.trigger_source),
        )
        return pb.StartExecutionResponse(execution=convert.execution(accepted), replayed=replayed)

    async def CancelExecution(
        self, request: pb.CancelExecutionRequest, context: Any
    ) -> pb.CancelExecutionResponse:
        """Ends an execution early."""
        _require_id(request.execution_id)
        cancelled, replayed = await self._executions.cancel(
            request.execution_id, checked_id(request.request_id)
        )
        return pb.CancelExecutionResponse(execution=convert.execution(cancelled), replayed=replayed)

    async def WaitExecution(
        self, request: pb.WaitExecutionRequest, context: Any
    ) -> pb.WaitExecutionResponse:
        """Waits for a run's end."""
        _require_id(request.execution_id)
        found = await self._unless_stopping(self._waiting.until_ended(request.execution_id))
        if found is None:
            raise ExecutionMissing(request.execution_id)
        return pb.WaitExecutionResponse(execution=convert.execution(found))

    async def WatchExecution(
        self, request: pb.WatchExecutionRequest, context: Any
    ) -> AsyncIterator[pb.WatchExecutionResponse]:
        """Tells what happens."""
        _require_id(request.execution_id)
        last_id = request.after_event_id
        async with aclosing(self._waiting.states(request.execution_id)) as states:
            while True:
                try:
                    found = await self._unless_stopping(anext(states))
                except StopAsyncIteration:
                    return
                if found is None:
                    raise ExecutionMissing(request.execution_id)
                for each in events_after(found, last_id):
                    last_id = each.id
                    yield convert.event(each)

    async def ListExecutions(
        self, request: pb.ListExecutionsRequest, context: Any
    ) -> pb.ListExecutionsResponse:
        """A page of executions."""
        page = await listing.page(self._store.database, convert.listing(request))
        return convert.page(page)

    async def GetExecution(
        self, request: pb.GetExecutionRequest, context: Any
    ) -> pb.GetExecutionResponse:
        """One execution."""
        _require_id(request.execution_id)
        found = await self._store.get(request.execution_id)
        if found is None:
            raise ExecutionMissing(request.execution_id)
        return pb.GetExecutionResponse(execution=convert.execution(found))

    async def GetLatestExecution(
        self, request: pb.GetLatestExecutionRequest, context: Any
    ) -> pb.GetLatestExecutionResponse:
        """An asset's newest execution."""
        known = is_id(request.asset_id)
        found = await self._store.latest(request.asset_id) if known else None
        if found is None:
            return pb.GetLatestExecutionResponse(asset_usage=pb.Usage())
        return pb.GetLatestExecutionResponse(
            execution=convert.execution(found.execution, with_parameters=False),
            asset_usage=convert.usage(found.used),
        )

    async def BatchGetLatestExecutions(
        self, request: pb.BatchGetLatestExecutionsRequest, context: Any
    ) -> pb.BatchGetLatestExecutionsResponse:
        """The newest executions of several assets."""
        if len(request.asset_ids) > BATCH_IDS:
            raise InvalidArgument(
                "REQUEST_INVALID",
                f"asset_ids has {len(request.asset_ids)} ids; at most {BATCH_IDS} are taken",
            )
        known = [each for each in request.asset_ids if is_id(each)]
        found = await self._store.latest_of_several(known) if known else []
        return pb.BatchGetLatestExecutionsResponse(
            executions=[convert.execution(each.execution, with_parameters=False) for each in found],
            asset_usages=[convert.usage(each.used) for each in found],
        )

    async def GetSkillUsage(
        self, request: pb.GetSkillUsageRequest, context: Any
    ) -> pb.GetSkillUsageResponse:
        """How often the most active skill was run."""
        found = await usage.most_active(self._store.database)
        if found is None:
            return pb.GetSkillUsageResponse()
        most_active = pb.SkillUsage(skill_name=found.skill_name, run_count=found.runs)
        return pb.GetSkillUsageResponse(most_active=most_active)

    async def DeleteAssetExecutions(
        self, request: pb.DeleteAssetExecutionsRequest, context: Any
    ) -> pb.DeleteAssetExecutionsResponse:
        """Stops and removes an asset's executions."""
        known = is_id(request.asset_id)
        count = await self._executions.forget(request.asset_id) if known else 0
        # Runs do not wait for providers to be stopped. While it is away this is told again.
        if request.picture_sha256:
            await answers.forget(self._providers, request.picture_sha256)
        return pb.DeleteAssetExecutionsResponse(deleted_count=count)

    async def _unless_stopping(self, waiting: Awaitable[T]) -> T:
        """What is waited for. Raises SERVICE_UNAVAILABLE when the service stops before."""
        coming = asyncio.ensure_future(waiting)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                raise Unavailable(
                    "SERVICE_UNAVAILABLE", "the skills service is stopping; the run goes on"
                )
            return coming.result()
        finally:
            stopping.cancel()
            coming.cancel()
            await asyncio.wait({coming, stopping})


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
        raise ExecutionMissing(execution_id)
