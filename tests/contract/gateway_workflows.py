"""The counterpart of the skills service, as far as workflows go, for tests of the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from nekohub.skills.v1 import skills_pb2 as skills

from services.chassis.errors import HubError

WHEN = Timestamp(seconds=1775642700, nanos=123_900_000)
GRAPH = '{ "nodes": [] }'


class Workflows:
    """Answers every call with one workflow and remembers the requests."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.failure: HubError | None = None
        self.workflow = skills.Workflow(
            id="workflow-1",
            name="mine",
            is_auto_run=True,
            graph_json=GRAPH,
            create_time=WHEN,
            update_time=WHEN,
        )
        self.replayed = False

    def _note(self, request: Any) -> None:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure

    async def ListWorkflows(
        self, request: Any, context: Any
    ) -> AsyncIterator[skills.ListWorkflowsResponse]:
        self._note(request)
        for _ in range(2):
            yield skills.ListWorkflowsResponse(workflow=self.workflow)

    async def GetWorkflow(self, request: Any, context: Any) -> skills.GetWorkflowResponse:
        self._note(request)
        return skills.GetWorkflowResponse(workflow=self.workflow)

    async def CreateWorkflow(self, request: Any, context: Any) -> skills.CreateWorkflowResponse:
        self._note(request)
        return skills.CreateWorkflowResponse(workflow=self.workflow, replayed=self.replayed)

    async def UpdateWorkflow(self, request: Any, context: Any) -> skills.UpdateWorkflowResponse:
        self._note(request)
        return skills.UpdateWorkflowResponse(workflow=self.workflow)

    async def DeleteWorkflow(self, request: Any, context: Any) -> skills.DeleteWorkflowResponse:
        self._note(request)
        return skills.DeleteWorkflowResponse()

    async def SetWorkflowAutoRun(
        self, request: Any, context: Any
    ) -> skills.SetWorkflowAutoRunResponse:
        self._note(request)
        return skills.SetWorkflowAutoRunResponse(workflow=self.workflow)

    async def StartWorkflow(
        self, request: skills.StartWorkflowRequest, context: Any
    ) -> skills.StartWorkflowResponse:
        self._note(request)
        execution = skills.Execution(
            id="execution-1",
            asset_id=request.asset_id,
            skill_name="mine",
            trigger_source=skills.TRIGGER_SOURCE_WORKFLOW,
            status=skills.EXECUTION_STATUS_QUEUED,
            create_time=WHEN,
        )
        return skills.StartWorkflowResponse(
            execution=execution, skill_ids=["enrich", "thumbnail"], replayed=self.replayed
        )
