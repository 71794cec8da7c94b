"""Running skills through the gateway, as the user's page prints it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import orjson
import pytest

from services.chassis.errors import Unavailable
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import Hub, client_of, error_of, read_answer, running_hub

RUN = "/api/v1/assets/a/skills/enrich/run"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"
NOTHING_USED = {"inputTokens": 0, "outputTokens": 0, "requests": 0, "cost": 0.0}
USED = {"inputTokens": 3, "outputTokens": 5, "requests": 1, "cost": 0.3}
USED_BY_ALL = {"inputTokens": 30, "outputTokens": 50, "requests": 10, "cost": 0.8}
STEP_TIMES = {"startedAtUtc": WHEN_TEXT, "completedAtUtc": WHEN_TEXT}


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("a")
        hub.skills.finish.set()
        yield hub


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_the_list_of_skills(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/assets/skills")
    assert response.json() == {
        "data": [
            {
                "skillName": "enrich",
                "description": "Describes an image.",
                "steps": ["caption", "alt-text"],
                "parameters": [
                    {
                        "name": "Language",
                        "type": "string",
                        "default": "en",
                        "description": "",
                        "minimum": None,
                        "maximum": None,
                        "maxLength": 10,
                        "choices": None,
                    }
                ],
            }
        ]
    }


async def test_a_run_answers_with_its_outcome_and_the_asset(client: httpx.AsyncClient) -> None:
    response = await client.post(RUN, json={})
    assert response.status_code == 200
    data = response.json()["data"]
    asset = data.pop("asset")
    assert data == {
        "succeeded": False,
        "skillName": "enrich",
        "steps": [
            {"name": "caption", "succeeded": True, "errorMessage": None},
            {"name": "alt-text", "succeeded": False, "errorMessage": "the model said no"},
        ],
    }
    assert asset["id"] == "a"
    assert asset["usage"] == USED_BY_ALL
    assert asset["latestExecutionSummary"] == {
        "executionId": "execution-1",
        "skillName": "enrich",
        "triggerSource": "manual",
        "startedAtUtc": WHEN_TEXT,
        "completedAtUtc": WHEN_TEXT,
        "succeeded": False,
        "steps": [
            {"stepName": "caption", "succeeded": True, "errorMessage": None} | STEP_TIMES,
            {"stepName": "alt-text", "succeeded": False, "errorMessage": "the model said no"}
            | STEP_TIMES,
        ],
    }


@pytest.mark.parametrize(
    ("body", "parameters"),
    [
        (b"", ""),
        (b"{}", ""),
        (b'{"parameters": {}}', ""),
        (b'{"parameters": {"Text": "\xc3\xa4", "n": 1.5}}', '{"Text":"ä","n":1.5}'),
    ],
)
async def test_parameters_go_on_as_they_are(
    hub: Hub, client: httpx.AsyncClient, body: bytes, parameters: str
) -> None:
    assert (await client.post(RUN, content=body)).status_code == 200
    [started] = hub.skills.started
    assert started.parameters_json == parameters
    assert len(started.request_id) == 36


@pytest.mark.parametrize(
    "body", [b"[]", b'{"parameters": []}', b'{"parameters": null}', b'{"params": {}}']
)
async def test_a_bad_body_starts_nothing(hub: Hub, client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post(RUN, content=body)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert hub.skills.started == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/assets/no/skills/enrich/run", "asset_not_found"),
        ("/api/v1/assets/no/skills/nope/run", "asset_not_found"),
        ("/api/v1/assets/a/skills/nope/run", "skill_not_found"),
    ],
)
async def test_what_is_not_there(client: httpx.AsyncClient, path: str, code: str) -> None:
    response = await client.post(path)
    assert (response.status_code, error_of(response)["code"]) == (404, code)


@pytest.mark.parametrize("prefer", ["respond-async", "wait=1, Respond-Async; x=1"])
async def test_who_prefers_not_to_wait_gets_the_execution(
    hub: Hub, client: httpx.AsyncClient, prefer: str
) -> None:
    response = await client.post(RUN, headers={"prefer": prefer})
    assert response.status_code == 202
    assert response.headers["location"] == "/api/v1/executions/execution-1"
    step = {
        "succeeded": None,
        "errorMessage": None,
        "startedAtUtc": None,
        "completedAtUtc": None,
        "parameters": {},
        "attempts": 0,
        "profile": None,
        "model": None,
        "cached": False,
        "usage": NOTHING_USED,
    }
    assert response.json()["data"] == {
        "executionId": "execution-1",
        "skillName": "enrich",
        "triggerSource": "manual",
        "startedAtUtc": None,
        "completedAtUtc": None,
        "succeeded": None,
        "assetId": "a",
        "status": "queued",
        "usage": NOTHING_USED,
        "steps": [{"stepName": "caption"} | step, {"stepName": "alt-text"} | step],
    }
    assert not hub.skills.waiting.is_set()


async def test_a_page_comes_whole_though_it_does_not_fit_into_a_message(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    hub.skills.fitting = 3
    for _ in range(10):
        await client.post(RUN)
    ids = list(hub.skills.executions)
    for query, expected, cursor in (
        ("pageSize=8", ids[:8], "8"),
        ("pageSize=8&page=2", ids[8:], None),
        ("pageSize=8&cursor=8", ids[8:], None),
        ("pageSize=3", ids[:3], "3"),
        ("pageSize=100", ids, None),
    ):
        page = (await client.get(f"/api/v1/executions?{query}")).json()["data"]
        assert [each["executionId"] for each in page["items"]] == expected
        assert (page["nextCursor"], page["total"]) == (cursor, 10)


async def test_the_execution(client: httpx.AsyncClient) -> None:
    given = {"text": "<ä>", "opacity": 0.5, "fontSize": 36, "keepOriginal": True}
    ran = (await client.post(RUN, json={"parameters": given})).json()["data"]
    response = await client.get("/api/v1/executions/execution-1")
    data = response.json()["data"]
    assert (data["status"], data["succeeded"]) == ("failed", False)
    assert data["usage"] == USED
    assert (
        data["steps"][0]
        == {
            "stepName": "caption",
            "succeeded": True,
            "errorMessage": None,
            "parameters": given,
            "attempts": 1,
            "profile": "mine",
            "model": "gpt",
            "cached": True,
            "usage": USED,
        }
        | STEP_TIMES
    )
    [listed] = (await client.get("/api/v1/executions")).json()["data"]["items"]
    assert listed == data
    events = await client.get("/api/v1/executions/execution-1/events")
    told = [line[6:] for line in events.text.splitlines() if line.startswith("data: ")]
    assert [orjson.loads(each) for each in told] == [*data["steps"], data]
    # An asset does not tell them.
    summary = ran["asset"]["latestExecutionSummary"]
    assert [each.keys() & {"parameters"} for each in summary["steps"]] == [set(), set()]
    missing = await client.get("/api/v1/executions/nope")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "execution_not_found")


async def test_a_run_that_takes_too_long_is_504_and_goes_on() -> None:
    async with running_hub(run_wait_seconds=0.2) as hub, client_of(hub) as client:
        hub.assets.put("a")
        response = await client.post(RUN)
    assert (response.status_code, error_of(response)["code"]) == (504, "deadline_exceeded")
    assert response.headers["location"] == "/api/v1/executions/execution-1"
    assert "0.2 s" in error_of(response)["message"]


async def test_skills_stopping_is_503_with_the_execution(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    hub.skills.wait_failure = Unavailable("SERVICE_UNAVAILABLE", "stopping")
    response = await client.post(RUN)
    assert (response.status_code, error_of(response)["code"]) == (503, "service_unavailable")
    assert response.headers["location"] == "/api/v1/executions/execution-1"
    assert "retry-after" in response.headers


async def test_the_gateway_stopping_is_503_with_the_execution() -> None:
    async with running_hub() as hub:
        hub.assets.put("a")
        reader, writer = await hub.connect()
        writer.write(_request())
        await hub.skills.waiting.wait()
    answer = await read_answer(reader)
    writer.close()
    assert (answer.status, answer.error["code"]) == (503, "service_unavailable")
    assert answer.headers["location"] == "/api/v1/executions/execution-1"


async def test_an_asset_deleted_meanwhile_is_404(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.skills.finish.clear()
    running = asyncio.create_task(client.post(RUN))
    await hub.skills.waiting.wait()
    hub.assets.assets.clear()
    hub.skills.finish.set()
    response = await running
    assert (response.status_code, error_of(response)["code"]) == (404, "asset_not_found")


async def test_an_execution_removed_with_its_asset_is_the_assets_404(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    hub.skills.wait_gone = hub.assets.assets.clear
    response = await client.post(RUN)
    assert (response.status_code, error_of(response)["code"]) == (404, "asset_not_found")


async def test_a_client_that_hangs_up_ends_the_wait_only(hub: Hub) -> None:
    hub.skills.finish.clear()
    _, writer = await hub.connect()
    writer.write(_request())
    await hub.skills.waiting.wait()
    writer.close()
    await hub.skills.wait_dropped.wait()
    assert list(hub.skills.executions) == ["execution-1"]


def _request() -> bytes:
    head = f"POST {RUN} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {API_KEY}\r\n"
    return f"{head}Content-Length: 0\r\n\r\n".encode()
