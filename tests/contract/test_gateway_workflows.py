"""Workflows through the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from nekohub.skills.v1 import skills_pb2 as pb

from services.chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    HubError,
    InvalidArgument,
    NotFound,
)
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub
from tests.contract.gateway_workflows import GRAPH

URL = "/api/v1/system/workflows"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"
WORKFLOW = {
    "id": "workflow-1",
    "name": "mine",
    "description": None,
    "isAutoRun": True,
    "graphJson": GRAPH,
    "createdAtUtc": WHEN_TEXT,
    "updatedAtUtc": WHEN_TEXT,
}


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("a")
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.skills.requests.clear()
    shared.skills.failure = None
    shared.skills.replayed = False
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_the_list_is_a_plain_array(client: httpx.AsyncClient) -> None:
    assert (await client.get(URL)).json() == {"data": [WORKFLOW, WORKFLOW]}


async def test_one_is_read(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{URL}/workflow-1")).json() == {"data": WORKFLOW}
    assert hub.skills.requests == [pb.GetWorkflowRequest(workflow_id="workflow-1")]


async def test_create(hub: Hub, client: httpx.AsyncClient) -> None:
    body = {"name": "mine", "description": "x", "isAutoRun": False, "graphJson": GRAPH}
    response = await client.post(URL, json=body)
    assert (response.status_code, response.json()) == (201, {"data": WORKFLOW})
    assert response.headers["location"] == f"{URL}/workflow-1"
    given = pb.WorkflowInput(name="mine", description="x", is_auto_run=False, graph_json=GRAPH)
    assert hub.skills.requests == [pb.CreateWorkflowRequest(workflow=given)]


async def test_what_is_left_out_is_absent(hub: Hub, client: httpx.AsyncClient) -> None:
    await client.put(f"{URL}/workflow-1", json={"name": "mine", "graphJson": GRAPH})
    nulls = {"name": "mine", "graphJson": GRAPH, "description": None, "isAutoRun": None}
    response = await client.put(f"{URL}/workflow-1", json=nulls)
    assert (response.status_code, response.json()) == (200, {"data": WORKFLOW})
    given = pb.WorkflowInput(name="mine", graph_json=GRAPH)
    expected = pb.UpdateWorkflowRequest(workflow_id="workflow-1", workflow=given)
    assert hub.skills.requests == [expected, expected]


async def test_delete_answers_nothing(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.delete(f"{URL}/workflow-1")
    assert (response.status_code, response.content) == (204, b"")
    assert hub.skills.requests == [pb.DeleteWorkflowRequest(workflow_id="workflow-1")]


async def test_auto_run_takes_no_body(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await client.patch(f"{URL}/workflow-1/autorun")).json() == {"data": WORKFLOW}
    assert (await client.patch(f"{URL}/workflow-1/autorun", json={})).status_code == 200
    response = await client.patch(f"{URL}/workflow-1/autorun", json={"isAutoRun": False})
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert error_of(response)["message"] == (
        "unknown field 'isAutoRun'; the body of this route has no fields"
    )
    response = await client.patch(f"{URL}/workflow-1/autorun", json=[])
    assert error_of(response)["message"] == "the body must be a JSON object without fields"
    asked = pb.SetWorkflowAutoRunRequest(workflow_id="workflow-1")
    assert hub.skills.requests == [asked, asked]


@pytest.mark.parametrize("body", [{}, None])
async def test_run(hub: Hub, client: httpx.AsyncClient, body: object) -> None:
    path = "/api/v1/assets/a/workflows/workflow-1/run"
    response = await client.post(path, json=body)
    assert response.status_code == 202
    assert response.headers["location"] == "/api/v1/executions/execution-1"
    assert response.json() == {
        "data": {
            "assetId": "a",
            "workflowId": "workflow-1",
            "skillIds": ["enrich", "thumbnail"],
            "executionId": "execution-1",
        }
    }
    (asked,) = hub.skills.requests
    assert (asked.asset_id, asked.workflow_id) == ("a", "workflow-1")
    assert len(asked.request_id) == 36


async def test_a_run_takes_no_parameters(hub: Hub, client: httpx.AsyncClient) -> None:
    path = "/api/v1/assets/a/workflows/workflow-1/run"
    response = await client.post(path, json={"parameters": {}})
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert hub.skills.requests == []


async def test_a_run_on_no_asset_is_404(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/assets/nothing/workflows/workflow-1/run")
    assert (response.status_code, error_of(response)["code"]) == (404, "asset_not_found")
    assert hub.skills.requests == []


@pytest.mark.parametrize("path", [URL, "/api/v1/assets/a/workflows/workflow-1/run"])
async def test_a_post_with_a_key_is_known_again(
    hub: Hub, client: httpx.AsyncClient, path: str
) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await client.post(path, json={}, headers=headers)
    hub.skills.replayed = True
    repeat = await client.post(path, json={}, headers=headers)
    assert "idempotent-replayed" not in first.headers
    assert repeat.headers["idempotent-replayed"] == "true"
    assert (repeat.status_code, repeat.json()) == (first.status_code, first.json())
    ids = [request.request_id for request in hub.skills.requests]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 64


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"name": 5}, "'name'"),
        ({"graphJson": {"nodes": []}}, "'graphJson'"),
        ({"isAutoRun": "true"}, "'isAutoRun'"),
        ({"steps": []}, "unknown field 'steps'; accepted are name, description, isAutoRun"),
        ([], "must be a JSON object"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_wrong_body_is_refused_by_name(
    hub: Hub, client: httpx.AsyncClient, method: str, body: object, told: str
) -> None:
    path = URL if method == "POST" else f"{URL}/workflow-1"
    response = await client.request(method, path, json=body)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert told in error_of(response)["message"]
    assert hub.skills.requests == []


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (NotFound("WORKFLOW_PROFILE_NOT_FOUND", "no"), 404),
        (AlreadyExists("WORKFLOW_PROFILE_NAME_CONFLICT", "taken"), 409),
        (InvalidArgument("WORKFLOW_PROFILE_GRAPH_JSON_INVALID", "no"), 400),
        (InvalidArgument("WORKFLOW_PROFILE_HAS_NO_SKILLS", "no"), 400),
        (FailedPrecondition("WORKFLOW_PROFILE_LIMIT_REACHED", "no"), 400),
        (AlreadyExists("IDEMPOTENCY_KEY_REUSED", "no"), 422),
    ],
)
async def test_a_refusal_has_its_code(
    hub: Hub, client: httpx.AsyncClient, failure: HubError, status: int
) -> None:
    hub.skills.failure = failure
    one = f"{URL}/workflow-1"
    for method, path in (
        ("GET", URL),
        ("POST", URL),
        ("GET", one),
        ("PUT", one),
        ("DELETE", one),
        ("PATCH", f"{one}/autorun"),
        ("POST", "/api/v1/assets/a/workflows/workflow-1/run"),
    ):
        body: dict[str, str] | None = None if method in ("GET", "DELETE") else {}
        response = await client.request(method, path, json=body)
        assert (response.status_code, error_of(response)["code"]) == (
            status,
            failure.reason.lower(),
        )
