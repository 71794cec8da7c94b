"""The skills service's methods about workflows."""

from collections.abc import AsyncIterator
from typing import Any

from nekohub.skills.v1 import skills_pb2 as pb

from services.chassis.requests import checked_id
from services.skills import convert, workflow
from services.skills.executions import Executions
from services.skills.workflow_store import WorkflowStore


class WorkflowMethods:
    """Validates, calls, converts."""

    def __init__(self, executions: Executions, workflows: WorkflowStore) -> None:
        self._executions = executions
        self._workflows = workflows

    async def ListWorkflows(
        self, request: pb.ListWorkflowsRequest, context: Any
    ) -> AsyncIterator[pb.ListWorkflowsResponse]:
        """Every workflow."""
        for each in await self._workflows.all():
            yield pb.ListWorkflowsResponse(workflow=convert.workflow(each))

    async def GetWorkflow(
        self, request: pb.GetWorkflowRequest, context: Any
    ) -> pb.GetWorkflowResponse:
        """One workflow."""
        found = await self._workflows.get(request.workflow_id)
        return pb.GetWorkflowResponse(workflow=convert.workflow(found))

    async def CreateWorkflow(
        self, request: pb.CreateWorkflowRequest, context: Any
    ) -> pb.CreateWorkflowResponse:
        """Adds a workflow."""
        given = workflow.checked(convert.workflow_input(request.workflow))
        made, replayed = await self._workflows.create(given, convert.create_claim(request))
        return pb.CreateWorkflowResponse(workflow=convert.workflow(made), replayed=replayed)

    async def UpdateWorkflow(
        self, request: pb.UpdateWorkflowRequest, context: Any
    ) -> pb.UpdateWorkflowResponse:
        """Changes a workflow."""
        saved = await self._workflows.get(request.workflow_id)
        given = workflow.checked(convert.workflow_input(request.workflow), saved.name)
        changed = await self._workflows.update(request.workflow_id, given)
        return pb.UpdateWorkflowResponse(workflow=convert.workflow(changed))

    async def DeleteWorkflow(
        self, request: pb.DeleteWorkflowRequest, context: Any
    ) -> pb.DeleteWorkflowResponse:
        """Removes a workflow."""
        await self._workflows.delete(request.workflow_id)
        return pb.DeleteWorkflowResponse()

    async def SetWorkflowAutoRun(
        self, request: pb.SetWorkflowAutoRunRequest, context: Any
    ) -> pb.SetWorkflowAutoRunResponse:
        """Has uploads run a workflow."""
        switched = await self._workflows.switch_on(request.workflow_id)
        return pb.SetWorkflowAutoRunResponse(workflow=convert.workflow(switched))

    async def StartWorkflow(
        self, request: pb.StartWorkflowRequest, context: Any
    ) -> pb.StartWorkflowResponse:
        """Accepts a run of a workflow."""
        accepted, replayed = await self._executions.start_workflow(
            checked_id(request.request_id, required=True),
            convert.asset_id(request.asset_id),
            request.workflow_id,
        )
        return pb.StartWorkflowResponse(
            execution=convert.execution(accepted), skill_ids=accepted.skill_ids, replayed=replayed
        )
