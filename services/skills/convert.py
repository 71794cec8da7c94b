"""Executions, skills and workflows as protos, and what requests ask for."""

import hashlib
import json

import orjson
from nekohub.skills.v1 import skills_pb2 as pb

from services.chassis.clock import timestamp
from services.chassis.errors import InvalidArgument
from services.chassis.ids import is_id
from services.chassis.names import composed
from services.chassis.paging import token_after
from services.chassis.requests import Claim, checked_id
from services.skills.asset_usage import AssetUsage
from services.skills.events import Event, ProgressEvent, StepEvent
from services.skills.listing import Listing, Page
from services.skills.model import Execution, ExecutionStep, Outcome, Status, Trigger
from services.skills.parameters import Parameter, name_of
from services.skills.registry import Skill
from services.skills.workflow import NAME_CHARACTERS, Workflow, WorkflowInput

PAGE_BYTES = 3 * 1024 * 1024
"""Largest page of executions; a message may have 4 MiB."""

_STATUSES = {
    Status.QUEUED: pb.EXECUTION_STATUS_QUEUED,
    Status.RUNNING: pb.EXECUTION_STATUS_RUNNING,
    Status.SUCCEEDED: pb.EXECUTION_STATUS_SUCCEEDED,
    Status.FAILED: pb.EXECUTION_STATUS_FAILED,
    Status.CANCELLED: pb.EXECUTION_STATUS_CANCELLED,
}
_STATUS_OF = {message: status for status, message in _STATUSES.items()}
_TRIGGERS = {
    Trigger.UPLOAD: pb.TRIGGER_SOURCE_UPLOAD,
    Trigger.MANUAL: pb.TRIGGER_SOURCE_MANUAL,
    Trigger.WORKFLOW: pb.TRIGGER_SOURCE_WORKFLOW,
}


def asset_id(text: str) -> str:
    """The id of the asset to run on. Raises REQUEST_INVALID."""
    if not is_id(text):
        raise InvalidArgument("REQUEST_INVALID", "asset_id must be the id of an asset, a UUID")
    return text


def trigger(source: pb.TriggerSource) -> Trigger:
    """What asked for a run; a person, unless it is said."""
    return Trigger.UPLOAD if source == pb.TRIGGER_SOURCE_UPLOAD else Trigger.MANUAL


def skill(found: Skill) -> pb.Skill:
    """A skill."""
    return pb.Skill(
        name=found.name,
        description=found.description,
        steps=found.steps,
        parameters=[_parameter(each) for each in found.parameters],
    )


def _parameter(found: Parameter) -> pb.SkillParameter:
    limits = found.limits
    return pb.SkillParameter(
        name=found.name,
        type=found.type,
        default_json=json.dumps(found.default),
        description=limits.description,
        minimum=limits.minimum,
        maximum=limits.maximum,
        max_length=limits.max_length,
        choices=limits.choices,
    )


def execution(found: Execution, *, with_parameters: bool = True) -> pb.Execution:
    """An execution, with the parameters of its steps unless they are left out."""
    return pb.Execution(
        id=found.id,
        asset_id=found.asset_id,
        skill_name=found.skill_name,
        trigger_source=_TRIGGERS[found.trigger],
        status=_STATUSES[found.status],
        create_time=timestamp(found.created_at),
        start_time=timestamp(found.started_at) if found.started_at else None,
        complete_time=timestamp(found.completed_at) if found.completed_at else None,
        steps=[_step(each, with_parameters=with_parameters) for each in found.steps],
    )


def listing(request: pb.ListExecutionsRequest) -> Listing:
    """What a list request asks for."""
    return Listing(
        page_size=request.page_size,
        page_token=request.page_token,
        skip=request.skip,
        asset_id=request.asset_id,
        skill_name=composed(request.skill_name, NAME_CHARACTERS),
        status=_STATUS_OF.get(request.status),
    )


def page(found: Page) -> pb.ListExecutionsResponse:
    """A page of executions: as many of its first ones as fit into a message, at least one."""
    message = pb.ListExecutionsResponse(
        next_page_token=found.next_page_token,
        total=found.total,
        total_is_capped=found.total_is_capped,
    )
    size, last_id = 0, ""
    for each in found.executions:
        made = execution(each)
        size += made.ByteSize()
        if last_id and size > PAGE_BYTES:
            message.next_page_token = token_after(last_id)
            break
        message.executions.append(made)
        last_id = each.id
    return message


def workflow(found: Workflow) -> pb.Workflow:
    """A workflow."""
    return pb.Workflow(
        id=found.id,
        name=found.name,
        description=found.description,
        is_auto_run=found.is_auto_run,
        graph_json=found.graph_json,
        create_time=timestamp(found.created_at),
        update_time=timestamp(found.updated_at),
    )


def workflow_input(message: pb.WorkflowInput) -> WorkflowInput:
    """What a person sets on a workflow, unchecked."""
    return WorkflowInput(
        name=message.name,
        description=message.description if message.HasField("description") else None,
        is_auto_run=message.is_auto_run if message.HasField("is_auto_run") else None,
        graph_json=message.graph_json,
    )


def create_claim(request: pb.CreateWorkflowRequest) -> Claim | None:
    """By what the request is known again; None if it need not be. Raises REQUEST_INVALID."""
    if not checked_id(request.request_id):
        return None
    given = request.workflow.SerializeToString(deterministic=True)
    return Claim(request.request_id, hashlib.sha256(given).hexdigest())


def event(found: Event) -> pb.WatchExecutionResponse:
    """What somebody who watches is told."""
    if isinstance(found, StepEvent):
        return pb.WatchExecutionResponse(event_id=found.id, step=_step(found.step))
    if isinstance(found, ProgressEvent):
        progress = pb.ExecutionProgress(
            completed_steps=found.completed_steps, total_steps=found.total_steps
        )
        return pb.WatchExecutionResponse(event_id=found.id, progress=progress)
    return pb.WatchExecutionResponse(event_id=found.id, done=execution(found.execution))


def usage(found: Outcome | AssetUsage) -> pb.Usage:
    """What AI calls used."""
    return pb.Usage(
        input_tokens=found.input_tokens,
        output_tokens=found.output_tokens,
        requests=found.requests,
        cost=found.cost,
    )


def _step(found: ExecutionStep, *, with_parameters: bool = True) -> pb.ExecutionStep:
    made = pb.ExecutionStep(
        name=found.name,
        start_time=timestamp(found.started_at) if found.started_at else None,
        complete_time=timestamp(found.completed_at) if found.completed_at else None,
        attempts=found.attempts,
    )
    if with_parameters and found.parameters:
        # As clients write them, so that they can be given again.
        given = {name_of(field): value for field, value in found.parameters.items()}
        made.parameters_json = orjson.dumps(given).decode()
    outcome = found.outcome
    if outcome is not None:
        made.succeeded = outcome.succeeded
        if outcome.error_message is not None:
            made.error_message = outcome.error_message
        made.profile = outcome.profile
        made.model = outcome.model
        made.usage.CopyFrom(usage(outcome))
        made.cached = outcome.cached
    return made
