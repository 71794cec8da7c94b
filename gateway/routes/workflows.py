"""/api/v1/system/workflows and …/run: pipelines of people's own."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import GetAssetRequest
from nekohub.skills.v1 import skills_pb2 as pb
from starlette.requests import Request
from starlette.responses import Response

from gateway import json
from gateway.context import Gateway
from gateway.convert import workflows as convert
from gateway.convert.workflows import WorkflowJson, WorkflowRunJson
from gateway.endpoint import Endpoint, Header
from gateway.idempotency import marked, request_id
from gateway.routes.paths import API
from services.chassis.ids import new_id


class WorkflowBody(json.Body):
    """What a person sets on a workflow; which fields are needed is the service's to say."""

    name: str | None = None
    """At most 100 characters that can be seen, unlike any other in whatever letter case."""
    description: str | None = None
    """At most 1000 characters."""
    is_auto_run: bool | None = None
    """Left out, a new workflow is not, and another is what it was."""
    graph_json: str | None = None
    """A JSON object with `nodes`, in a string."""


async def list_workflows(gateway: Gateway, request: Request) -> json.Data[list[WorkflowJson]]:
    """List workflows, the auto-run one first, then by name."""
    found = gateway.stubs.skills.ListWorkflows(pb.ListWorkflowsRequest())
    return json.data([convert.workflow(each.workflow) async for each in found])


async def get(gateway: Gateway, request: Request) -> json.Data[WorkflowJson]:
    """Read a workflow."""
    found = await gateway.stubs.skills.GetWorkflow(
        pb.GetWorkflowRequest(workflow_id=request.path_params["id"])
    )
    return json.data(convert.workflow(found.workflow))


async def create(gateway: Gateway, request: Request, body: WorkflowBody) -> json.Data[WorkflowJson]:
    """Make a workflow.

    It may be a draft: skills and parameters are checked when it is run, or made auto-run. One that
    is auto-run takes over from the one that was.
    """
    made = await gateway.stubs.skills.CreateWorkflow(
        pb.CreateWorkflowRequest(workflow=_input(body), request_id=request_id(request))
    )
    location = f"{_ALL}/{made.workflow.id}"
    return marked(json.data(convert.workflow(made.workflow), 201, location), made.replayed)


async def put(gateway: Gateway, request: Request, body: WorkflowBody) -> json.Data[WorkflowJson]:
    """Change a workflow.

    What is given takes the place of what was; a `description` that is left out is cleared, an
    `isAutoRun` that is left out stays. Runs that were accepted stay as they are.
    """
    changed = await gateway.stubs.skills.UpdateWorkflow(
        pb.UpdateWorkflowRequest(workflow_id=request.path_params["id"], workflow=_input(body))
    )
    return json.data(convert.workflow(changed.workflow))


async def delete(gateway: Gateway, request: Request) -> Response:
    """Delete a workflow. Its runs stay."""
    await gateway.stubs.skills.DeleteWorkflow(
        pb.DeleteWorkflowRequest(workflow_id=request.path_params["id"])
    )
    return Response(status_code=204)


async def auto_run(
    gateway: Gateway, request: Request, body: json.NoFields = json.NOTHING
) -> json.Data[WorkflowJson]:
    """Have uploads run a workflow, and no other, in place of the default skill."""
    switched = await gateway.stubs.skills.SetWorkflowAutoRun(
        pb.SetWorkflowAutoRunRequest(workflow_id=request.path_params["id"])
    )
    return json.data(convert.workflow(switched.workflow))


async def run(
    gateway: Gateway, request: Request, body: json.NoFields = json.NOTHING
) -> json.Data[WorkflowRunJson]:
    """Run a workflow on an asset, as one execution.

    It answers as soon as the run was accepted, with the execution's `Location`.
    """
    asset_id, workflow_id = request.path_params["id"], request.path_params["workflowId"]
    await gateway.stubs.assets.GetAsset(GetAssetRequest(asset_id=asset_id))
    started = await gateway.stubs.skills.StartWorkflow(
        pb.StartWorkflowRequest(
            request_id=request_id(request) or new_id(), asset_id=asset_id, workflow_id=workflow_id
        )
    )
    location = f"{API}/executions/{started.execution.id}"
    answer = json.data(convert.run(started, workflow_id), 202, location)
    return marked(answer, started.replayed)


def _input(body: WorkflowBody) -> pb.WorkflowInput:
    return pb.WorkflowInput(**body.model_dump(by_alias=False))


_ALL = f"{API}/system/workflows"
_ONE = f"{_ALL}/{{id}}"
_GONE = "404 workflow_profile_not_found"
_BROKEN = (
    "400 workflow_profile_graph_json_invalid",
    "400 workflow_profile_has_no_skills",
    "400 workflow_profile_contains_unsupported_skills",
    "400 skill_parameters_invalid",
)
_REFUSED = (
    "400 workflow_profile_name_required",
    "400 workflow_profile_name_too_long",
    "400 workflow_profile_description_too_long",
    "400 workflow_profile_graph_json_required",
    *_BROKEN,
    "409 workflow_profile_name_conflict",
)

ROUTES = (
    Endpoint("GET", _ALL, list_workflows, "settings.read"),
    Endpoint(
        "POST",
        _ALL,
        create,
        "settings.update",
        (*_REFUSED, "400 workflow_profile_limit_reached"),
        statuses=(201,),
        answer_headers=(Header("Location", "Of the workflow.", (201,)),),
    ),
    Endpoint("GET", _ONE, get, "settings.read", (_GONE,)),
    Endpoint("PUT", _ONE, put, "settings.update", (_GONE, *_REFUSED)),
    Endpoint("DELETE", _ONE, delete, "settings.update", (_GONE,), statuses=(204,)),
    Endpoint("PATCH", f"{_ONE}/autorun", auto_run, "settings.update", (_GONE, *_BROKEN)),
    Endpoint(
        "POST",
        f"{API}/assets/{{id}}/workflows/{{workflowId}}/run",
        run,
        "assets.update",
        ("404 asset_not_found", _GONE, *_BROKEN),
        statuses=(202,),
        answer_headers=(Header("Location", "Of the execution.", (202,)),),
    ),
)
