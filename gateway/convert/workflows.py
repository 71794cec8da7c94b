"""Workflows, and the answer to a run of one."""

from __future__ import annotations

from nekohub.skills.v1 import skills_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert.shape import Id, Utc, documented, utc


@documented
class WorkflowJson(TypedDict):
    """A pipeline of a person's own."""

    id: Id
    name: str
    description: str | None
    isAutoRun: bool
    """Whether uploads run it in place of the default skill; one at most does."""
    graphJson: str
    """A JSON object with `nodes`, as it was given."""
    createdAtUtc: Utc
    updatedAtUtc: Utc


@documented
class WorkflowRunJson(TypedDict):
    """A run of a workflow that was accepted."""

    assetId: Id
    workflowId: Id
    skillIds: list[str]
    """The skills of its nodes, in their order."""
    executionId: Id


def workflow(message: pb.Workflow) -> WorkflowJson:
    """A workflow."""
    return {
        "id": message.id,
        "name": message.name,
        "description": message.description if message.HasField("description") else None,
        "isAutoRun": message.is_auto_run,
        "graphJson": message.graph_json,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
    }


def run(message: pb.StartWorkflowResponse, workflow_id: str) -> WorkflowRunJson:
    """What was accepted."""
    return {
        "assetId": message.execution.asset_id,
        "workflowId": workflow_id,
        "skillIds": list(message.skill_ids),
        "executionId": message.execution.id,
    }
