"""Counterparts for tests of the gateway: skills and providers, small and in memory.

They answer over real gRPC and remember what they were asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from nekohub.providers.v1 import providers_pb2 as providers
from nekohub.providers.v1 import providers_pb2_grpc
from nekohub.skills.v1 import skills_pb2 as skills
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis.errors import (
    Aborted,
    HubError,
    NotFound,
)
from tests.contract.gateway_workflows import Workflows

API_KEY = "key-of-the-tests-0123456789"
READER_KEY = "reader-key-of-the-tests-012"
WHEN = Timestamp(seconds=1775642700, nanos=123_900_000)


class Skills(Workflows, skills_pb2_grpc.SkillServiceServicer):
    """One skill of two steps; a run ends when `finish` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.executions: dict[str, skills.Execution] = {}
        self.started: list[skills.StartExecutionRequest] = []
        self.usage = skills.GetSkillUsageResponse()
        self.used: skills.Usage | None = skills.Usage(
            input_tokens=30, output_tokens=50, requests=10, cost=0.7 + 0.1
        )
        """By all runs of any asset; None of a service that does not tell it."""
        self.waiting = asyncio.Event()
        self.finish = asyncio.Event()
        self.wait_dropped = asyncio.Event()
        self.wait_failure: HubError | None = None
        self.wait_gone: Callable[[], None] | None = None
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        """What happens before BatchGetLatestExecutions answers."""
        self.fitting = 100
        """How many executions fit into a message."""
        self.skill = skills.Skill(
            name="enrich",
            description="Describes an image.",
            steps=["caption", "alt-text"],
            parameters=[
                skills.SkillParameter(
                    name="Language", type="string", default_json='"en"', max_length=10
                )
            ],
        )

    async def ListSkills(self, request: Any, context: Any) -> skills.ListSkillsResponse:
        return skills.ListSkillsResponse(skills=[self.skill])

    async def GetSkill(
        self, request: skills.GetSkillRequest, context: Any
    ) -> skills.GetSkillResponse:
        self._check(request.name)
        return skills.GetSkillResponse(skill=self.skill)

    async def StartExecution(
        self, request: skills.StartExecutionRequest, context: Any
    ) -> skills.StartExecutionResponse:
        self._check(request.skill_name)
        self.started.append(request)
        execution = skills.Execution(
            id=f"execution-{len(self.started)}",
            asset_id=request.asset_id,
            skill_name=request.skill_name,
            trigger_source=request.trigger_source,
            status=skills.EXECUTION_STATUS_QUEUED,
            create_time=WHEN,
            steps=[
                skills.ExecutionStep(name=name, parameters_json=request.parameters_json)
                for name in self.skill.steps
            ],
        )
        self.executions[execution.id] = execution
        return skills.StartExecutionResponse(execution=execution)

    async def WaitExecution(
        self, request: skills.WaitExecutionRequest, context: Any
    ) -> skills.WaitExecutionResponse:
        self.waiting.set()
        if self.wait_failure is not None:
            raise self.wait_failure
        if self.wait_gone is not None:
            self.wait_gone()
            raise NotFound("EXECUTION_NOT_FOUND", "no execution has this id")
        try:
            await self.finish.wait()
        except asyncio.CancelledError:
            self.wait_dropped.set()
            raise
        execution = self.executions[request.execution_id]
        execution.CopyFrom(ended(execution))
        return skills.WaitExecutionResponse(execution=execution)

    async def GetExecution(
        self, request: skills.GetExecutionRequest, context: Any
    ) -> skills.GetExecutionResponse:
        if request.execution_id not in self.executions:
            raise NotFound("EXECUTION_NOT_FOUND", "no execution has this id")
        return skills.GetExecutionResponse(execution=self.executions[request.execution_id])

    async def WatchExecution(
        self, request: skills.WatchExecutionRequest, context: Any
    ) -> AsyncIterator[skills.WatchExecutionResponse]:
        await self.finish.wait()
        execution = ended(self.executions[request.execution_id])
        for number, step in enumerate(execution.steps, start=1):
            yield skills.WatchExecutionResponse(event_id=number, step=step)
        yield skills.WatchExecutionResponse(event_id=len(execution.steps) + 1, done=execution)

    async def ListExecutions(
        self, request: skills.ListExecutionsRequest, context: Any
    ) -> skills.ListExecutionsResponse:
        found = list(self.executions.values())
        token = request.page_token
        start = int(token) if token.isdigit() else request.skip
        end = start + min(request.page_size, self.fitting)
        return skills.ListExecutionsResponse(
            executions=found[start:end],
            next_page_token=str(end) if end < len(found) else "",
            total=len(found),
        )

    async def CancelExecution(
        self, request: skills.CancelExecutionRequest, context: Any
    ) -> skills.CancelExecutionResponse:
        if request.execution_id not in self.executions:
            raise NotFound("EXECUTION_NOT_FOUND", "no execution has this id")
        raise Aborted("EXECUTION_ALREADY_FINISHED", "the execution has ended")

    async def BatchGetLatestExecutions(
        self, request: skills.BatchGetLatestExecutionsRequest, context: Any
    ) -> skills.BatchGetLatestExecutionsResponse:
        if self.meanwhile is not None:
            await self.meanwhile()
        newest = {execution.asset_id: execution for execution in self.executions.values()}
        return skills.BatchGetLatestExecutionsResponse(
            executions=[newest[each] for each in request.asset_ids if each in newest],
            asset_usages=[self.used for each in request.asset_ids if each in newest and self.used],
        )

    async def GetSkillUsage(
        self, request: skills.GetSkillUsageRequest, context: Any
    ) -> skills.GetSkillUsageResponse:
        return self.usage

    def _check(self, name: str) -> None:
        if name != self.skill.name:
            raise NotFound("SKILL_NOT_FOUND", f"no skill is named {name!r}")


def ended(execution: skills.Execution) -> skills.Execution:
    """The execution after its end: the first step succeeded, the others failed."""
    result = skills.Execution()
    result.CopyFrom(execution)
    result.status = skills.EXECUTION_STATUS_FAILED
    result.start_time.CopyFrom(WHEN)
    result.complete_time.CopyFrom(WHEN)
    for number, step in enumerate(result.steps):
        step.succeeded = number == 0
        step.attempts = 1
        step.start_time.CopyFrom(WHEN)
        step.complete_time.CopyFrom(WHEN)
        if number:
            step.error_message = "the model said no"
        else:
            step.profile, step.model, step.cached = "mine", "gpt", True
            used = skills.Usage(input_tokens=3, output_tokens=5, requests=1, cost=0.1 + 0.2)
            step.usage.CopyFrom(used)
    return result


class Providers(providers_pb2_grpc.ProviderServiceServicer):
    """Answers every call with one profile and remembers the requests."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.failure: HubError | None = None
        self.profile = providers.Profile(
            id="profile-1",
            name="mine",
            api_base_url="https://api.example.com/v1",
            masked_api_key="sk-***",
            model_name="gpt",
            is_active=True,
            create_time=WHEN,
            update_time=WHEN,
        )
        self.active: providers.Profile | None = self.profile
        self.usage = providers.GetUsageResponse()
        self.replayed = False

    def _note(self, request: Any) -> None:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure

    async def ListProfiles(self, request: Any, context: Any) -> providers.ListProfilesResponse:
        self._note(request)
        return providers.ListProfilesResponse(profiles=[self.profile])

    async def GetActiveProfile(
        self, request: Any, context: Any
    ) -> providers.GetActiveProfileResponse:
        self._note(request)
        return providers.GetActiveProfileResponse(profile=self.active)

    async def CreateProfile(self, request: Any, context: Any) -> providers.CreateProfileResponse:
        self._note(request)
        return providers.CreateProfileResponse(profile=self.profile, replayed=self.replayed)

    async def UpdateProfile(self, request: Any, context: Any) -> providers.UpdateProfileResponse:
        self._note(request)
        return providers.UpdateProfileResponse(profile=self.profile)

    async def DeleteProfile(self, request: Any, context: Any) -> providers.DeleteProfileResponse:
        self._note(request)
        return providers.DeleteProfileResponse(was_active=True, delete_time=WHEN)

    async def GetUsage(self, request: Any, context: Any) -> providers.GetUsageResponse:
        self._note(request)
        return self.usage

    async def TestProfile(self, request: Any, context: Any) -> providers.TestProfileResponse:
        self._note(request)
        return providers.TestProfileResponse(
            succeeded=True,
            caption="a word",
            resolved_model_name="gpt",
            resolved_api_base_url="https://api.example.com/v1",
            can_see_images=True,
        )
