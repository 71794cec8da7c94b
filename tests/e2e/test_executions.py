"""Executions over HTTP: listed, watched, cancelled, repeated, gone with their asset."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.e2e.hub_process import Client, Hub
from tests.fakes import CAPTIONS, FakeOpenAI

STEPS = ["caption", "alt-text", "structured-metadata"]
SECONDS_TO_CANCEL = 2


@pytest.fixture(scope="module", autouse=True)
async def asked(hub: Hub, fake: FakeOpenAI) -> None:
    """Steps ask the scripted server."""
    async with hub.client() as client:
        await client.use(fake)


@pytest.fixture
async def held(fake: FakeOpenAI) -> AsyncIterator[FakeOpenAI]:
    """The model answers nothing before the gate is set."""
    fake.gate = asyncio.Event()
    yield fake
    fake.gate.set()
    fake.gate = None
    fake.let_through = frozenset()


async def started(client: Client, asset_id: str, skill: str = "enrich", **headers: str) -> Any:
    """A run that was accepted."""
    path = f"/assets/{asset_id}/skills/{skill}/run"
    headers = {"Prefer": "respond-async"} | headers
    return await client.data("POST", path, status=202, json={}, headers=headers)


async def left_alone(client: Client) -> str:
    """An asset that nothing was run on."""
    asset: dict[str, str] = await client.upload(runEnrichment="false")
    return asset["id"]


class Events:
    """A stream of server-sent events."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[int, str, Any]:
        """The next event's id, name and data. Raises StopAsyncIteration at the end."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "event" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])
            else:
                fields = {}
        raise StopAsyncIteration

    async def rest(self) -> list[tuple[int, str, Any]]:
        """All events up to the end of the stream."""
        events = []
        async with asyncio.timeout(20):
            while True:
                try:
                    events.append(await self.next())
                except StopAsyncIteration:
                    return events


async def test_events_come_as_they_happen_and_are_resumed(client: Client, held: FakeOpenAI) -> None:
    asset_id = await left_alone(client)
    before = len(held.requests)
    execution = await started(client, asset_id)
    path = f"/executions/{execution['executionId']}/events"
    async with client.stream("GET", path) as response, asyncio.timeout(20):
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        events = Events(response)
        begun = [await events.next()]
        assert [(kind, step["stepName"]) for _, kind, step in begun] == [("step", "caption")]
        assert begun[0][2]["completedAtUtc"] is None
        await held.arrived(before + 1)
    assert held.gate is not None
    held.gate.set()
    headers = {"Last-Event-ID": str(begun[-1][0])}
    async with client.stream("GET", path, headers=headers) as response:
        rest = await Events(response).rest()
    assert [kind for _, kind, _ in rest] == [
        *("step", "progress"),
        # The two that come after the caption begin together.
        *("step", "step"),
        *("step", "progress"),
        *("step", "progress"),
        "done",
    ]
    assert {step["stepName"] for _, kind, step in rest[2:4]} == set(STEPS[1:])
    assert rest[-1][2] == await client.data("GET", f"/executions/{execution['executionId']}")
    assert [data for _, kind, data in rest if kind == "progress"] == [
        {"completedSteps": number, "totalSteps": 3} for number in (1, 2, 3)
    ]
    # Whoever comes later is told the same.
    async with client.stream("GET", path) as response:
        assert await Events(response).rest() == [*begun, *rest]
    async with client.stream("GET", path, headers={"Last-Event-ID": str(rest[-1][0])}) as response:
        assert await Events(response).rest() == []
    assert (await client.head(path)).headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("last", ["", "x", "-1", "1e3", "9" * 40, "٣"])
async def test_a_last_id_that_is_none_is_as_none(client: Client, last: str) -> None:
    execution = await started(client, await left_alone(client), "thumbnail")
    path = f"/executions/{execution['executionId']}/events"
    headers = {"Last-Event-ID": last.encode()}
    async with client.stream("GET", path, headers=headers) as response:  # type: ignore[arg-type]
        assert [kind for _, kind, _ in await Events(response).rest()][-1] == "done"


async def test_a_run_shows_on_its_asset_while_it_goes_on(client: Client, held: FakeOpenAI) -> None:
    before = len(held.requests)
    asset_id = (await client.upload())["id"]
    await held.arrived(before + 1)
    latest = (await client.data("GET", f"/assets/{asset_id}"))["latestExecutionSummary"]
    assert (latest["completedAtUtc"], latest["succeeded"]) == (None, None)
    assert latest["startedAtUtc"] is not None
    assert latest["triggerSource"] == "upload"
    execution = await client.data("GET", f"/executions/{latest['executionId']}")
    assert execution["status"] == "running"
    assert [step["attempts"] for step in execution["steps"]] == [1, 0, 0]


async def test_a_cancelled_run_stops(client: Client, held: FakeOpenAI) -> None:
    held.let_through = CAPTIONS
    before = len(held.requests)
    asset_id = await left_alone(client)
    running = asyncio.create_task(
        client.data("POST", f"/assets/{asset_id}/skills/enrich/run", json={})
    )
    await held.arrived(before + len(STEPS))
    (listed,) = (await client.data("GET", f"/assets/{asset_id}/executions"))["items"]
    path = f"/executions/{listed['executionId']}"
    calls = held.connected
    async with asyncio.timeout(SECONDS_TO_CANCEL):
        cancelled = await client.data("POST", f"{path}/cancel", status=202)
        answer = await running
        while held.connected > calls - 2:
            await asyncio.sleep(0.02)
    assert (cancelled["status"], cancelled["succeeded"]) == ("cancelled", False)
    assert answer["succeeded"] is False
    assert [step["errorMessage"] for step in answer["steps"]] == [None, "cancelled", "cancelled"]
    assert [each["kind"] for each in answer["asset"]["structuredResults"]] == ["caption"]
    error = await client.error("POST", f"{path}/cancel", status=409)
    assert error["code"] == "execution_already_finished"
    assert (await client.data("GET", path))["status"] == "cancelled"
    async with client.stream("GET", f"{path}/events") as response:
        assert (await Events(response).rest())[-1][2]["status"] == "cancelled"


async def test_a_cancellation_is_replayed(client: Client, held: FakeOpenAI) -> None:
    execution = await started(client, await left_alone(client))
    path, key = f"/executions/{execution['executionId']}/cancel", {"Idempotency-Key": "stop it"}
    first = await client.post(path, headers=key)
    again = await client.post(path, headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = await started(client, await left_alone(client))
    path = f"/executions/{other['executionId']}/cancel"
    error = await client.error("POST", path, status=422, headers=key)
    assert error["code"] == "idempotency_key_reused"


async def test_a_run_with_a_key_is_made_once(client: Client) -> None:
    asset_id, key = await left_alone(client), {"Idempotency-Key": "run-1"}
    path = f"/assets/{asset_id}/skills/ai-caption/run"
    answers = await asyncio.gather(
        *(client.post(path, json={}, headers=key) for _ in range(5)),
    )
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("idempotent-replayed") for answer in answers]
    assert sorted(replayed, key=str) == [None, *["true"] * 4]
    asynchronous = await client.post(path, headers=key | {"Prefer": "respond-async"})
    assert asynchronous.status_code == 202
    assert asynchronous.headers["idempotent-replayed"] == "true"
    for other in (
        f"/assets/{await left_alone(client)}/skills/ai-caption/run",
        f"/assets/{asset_id}/skills/thumbnail/run",
    ):
        error = await client.error("POST", other, status=422, headers=key)
        assert error["code"] == "idempotency_key_reused"
    (only,) = (await client.data("GET", f"/assets/{asset_id}/executions"))["items"]
    assert only["usage"]["requests"] == 1


async def test_executions_are_listed_newest_first_in_pages(client: Client) -> None:
    asset_id = await left_alone(client)
    ids: list[str] = []
    for _ in range(3):
        ran = await client.data("POST", f"/assets/{asset_id}/skills/thumbnail/run", json={})
        ids.insert(0, ran["asset"]["latestExecutionSummary"]["executionId"])
    path = f"/assets/{asset_id}/executions"
    page = await client.data("GET", path, params={"pageSize": "2"})
    assert [each["executionId"] for each in page["items"]] == ids[:2]
    assert (page["page"], page["pageSize"], page["total"], page["totalIsCapped"]) == (
        1,
        2,
        3,
        False,
    )
    following = {"pageSize": "2", "cursor": page["nextCursor"]}
    last = await client.data("GET", path, params=following)
    assert [each["executionId"] for each in last["items"]] == ids[2:]
    assert last["nextCursor"] is None
    numbered = await client.data("GET", path, params={"pageSize": "2", "page": "2"})
    assert numbered["items"] == last["items"]
    for filters in (
        {"assetId": asset_id},
        {"assetId": asset_id, "status": "succeeded", "skill": "thumbnail"},
        {"assetId": asset_id, "status": "nonsense", "pageSize": "-1"},
    ):
        found = await client.data("GET", "/executions", params=filters)
        assert [each["executionId"] for each in found["items"]] == ids
    for filters in (
        {"assetId": asset_id, "status": "failed"},
        {"assetId": asset_id, "skill": "enrich"},
        {"assetId": "no id"},
    ):
        assert (await client.data("GET", "/executions", params=filters))["items"] == []


@pytest.mark.parametrize("execution_id", ["01956f8d-88e4-7c6a-a8f1-5f235293db7a", "x", "%00"])
async def test_an_execution_that_is_none_is_not_found(client: Client, execution_id: str) -> None:
    for method, path in (("GET", ""), ("GET", "/events"), ("POST", "/cancel")):
        error = await client.error(method, f"/executions/{execution_id}{path}", status=404)
        assert error["code"] == "execution_not_found"
    error = await client.error("GET", f"/assets/{execution_id}/executions", status=404)
    assert error["code"] == "asset_not_found"


async def test_deleting_an_asset_while_it_is_enriched_leaves_nothing(
    hub: Hub, client: Client, held: FakeOpenAI
) -> None:
    before = len(held.requests)
    asset = await client.upload()
    await held.arrived(before + 1)
    latest = (await client.data("GET", f"/assets/{asset['id']}"))["latestExecutionSummary"]
    path = f"/executions/{latest['executionId']}"
    async with client.stream("GET", f"{path}/events") as response:
        events = Events(response)
        await events.next()
        calls = held.connected
        await client.data("DELETE", f"/assets/{asset['id']}")
        # The stream ends without a `done`: there is nothing to be told any more.
        assert all(kind == "step" for _, kind, _ in await events.rest())
    async with asyncio.timeout(10):
        while held.connected > calls - 1:
            await asyncio.sleep(0.02)
    assert (await client.get(path)).status_code == 404
    again = f"/assets/{asset['id']}/skills/enrich/run"
    assert (await client.error("POST", again, status=404))["code"] == "asset_not_found"
    left = [path for path in (hub.folder / "objects").rglob(f"*{asset['id']}*") if path.is_file()]
    assert left == []
