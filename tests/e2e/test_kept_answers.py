"""The same picture gets the same answer, as long as somebody has it."""

import asyncio
import os
import signal
import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.hub_process import CAT, SKILLS, Client, Hub, another_cat
from tests.fakes import FakeOpenAI

AI_STEPS = 3
NOTHING = {"inputTokens": 0, "outputTokens": 0, "requests": 0, "cost": 0}


@pytest.fixture(scope="module", autouse=True)
async def asked(hub: Hub, fake: FakeOpenAI) -> None:
    """Steps ask the scripted server."""
    async with hub.client() as client:
        await client.use(fake)


def kept(hub: Hub) -> int:
    """How many answers there are in the database."""
    with closing(sqlite3.connect(hub.folder / "providers.sqlite3")) as connection:
        found: int = connection.execute("SELECT count(*) FROM answer").fetchone()[0]
    return found


async def all_kept(hub: Hub, count: int) -> None:
    """Waits until so many answers are written, which takes a second."""
    async with asyncio.timeout(30):
        while kept(hub) < count:
            await asyncio.sleep(0.05)


async def all_forgotten(hub: Hub) -> None:
    async with asyncio.timeout(30):
        while kept(hub):
            await asyncio.sleep(0.05)


async def enriched(client: Client) -> Any:
    """A new upload of the cat, once its run has ended."""
    return await client.enriched((await client.upload(CAT.read_bytes()))["id"])


async def execution_of(client: Client, asset: Any) -> Any:
    return await client.data("GET", f"/executions/{asset['latestExecutionSummary']['executionId']}")


async def test_equal_uploads_are_asked_about_once_until_the_last_is_deleted(
    hub: Hub, client: Client, fake: FakeOpenAI
) -> None:
    first = await enriched(client)
    calls = len(fake.requests)
    assert first["usage"] == (await execution_of(client, first))["usage"]
    assert first["usage"]["requests"] == calls

    again = await enriched(client)
    run = await execution_of(client, again)
    assert len(fake.requests) == calls
    assert [(step["succeeded"], step["cached"]) for step in run["steps"]] == [(True, True)] * 3
    assert {step["model"] for step in run["steps"]} == {"fake-vision-1"}
    assert run["usage"] == again["usage"] == NOTHING
    payloads = [{each["payloadJson"] for each in it["structuredResults"]} for it in (first, again)]
    assert payloads[0] == payloads[1]

    by_hand = await client.data("POST", f"/assets/{again['id']}/skills/enrich/run", json={})
    assert len(fake.requests) == 2 * calls
    assert by_hand["asset"]["usage"] == first["usage"]
    run = await execution_of(client, by_hand["asset"])
    assert not any(step["cached"] for step in run["steps"])

    renamed = {"file": ("mia.jpg", CAT.read_bytes(), "image/jpeg")}
    other = await client.data("POST", "/assets", status=202, files=renamed)
    run = await execution_of(client, await client.enriched(other["id"]))
    assert len(fake.requests) == 3 * calls
    assert not any(step["cached"] for step in run["steps"])

    await client.data("DELETE", f"/assets/{first['id']}")
    third = await enriched(client)
    assert len(fake.requests) == 3 * calls
    await all_kept(hub, 2 * calls)
    for each in (again, other, third):
        await client.data("DELETE", f"/assets/{each['id']}")
    await all_forgotten(hub)
    fourth = await enriched(client)
    assert len(fake.requests) == 4 * calls
    assert fourth["usage"] == first["usage"]


async def test_equal_uploads_at_once_are_asked_about_once(client: Client, fake: FakeOpenAI) -> None:
    content = another_cat()
    before = len(fake.requests)
    fake.gate = asyncio.Event()
    uploads = await asyncio.gather(*(client.upload(content) for _ in range(2)))
    async with asyncio.timeout(30):
        await fake.arrived(before + 1)
        while (await client.data("GET", "/executions?status=running"))["total"] < 2:
            await asyncio.sleep(0.05)
    fake.gate.set()
    fake.gate = None
    both = [await client.enriched(each["id"]) for each in uploads]
    assert all(each["latestExecutionSummary"]["succeeded"] for each in both)
    calls = len(fake.requests) - before
    assert calls >= AI_STEPS
    assert sum(each["usage"]["requests"] for each in both) == calls
    runs = [await execution_of(client, each) for each in both]
    cached = [step["cached"] for run in runs for step in run["steps"]]
    assert (cached.count(False), cached.count(True)) == (AI_STEPS, AI_STEPS)


async def test_what_was_not_forgotten_when_the_hub_was_killed_is_forgotten_after_its_start(
    hub: Hub, client: Client
) -> None:
    await client.enriched((await client.upload(another_cat()))["id"])
    await all_kept(hub, AI_STEPS)
    page = await client.data("GET", "/assets?pageSize=100")
    (skills,) = hub.running(SKILLS)
    # It is told of deletions and does not hear.
    os.kill(skills, signal.SIGSTOP)
    await client.data("POST", "/assets/batch-delete", json=[each["id"] for each in page["items"]])
    await hub.stop(signal.SIGKILL)
    assert kept(hub) >= AI_STEPS
    await hub.start()
    await all_forgotten(hub)
