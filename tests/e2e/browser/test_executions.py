"""/executions in a browser: what runs, live; why something failed; run again, cancelled."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import PHONE, Look
from tests.e2e.hub_process import Client, Hub
from tests.fakes import FakeOpenAI, Scripted

HOSTILE = "<img src=x onerror=alert(1)><script>alert(1)</script> \u202eevil " + "W" * 300
REFUSED = Scripted(401, {"error": {"message": "the key has expired"}})


@pytest.fixture(scope="module", autouse=True)
async def asked(hub: Hub, fake: FakeOpenAI) -> None:
    """Steps ask the scripted server."""
    async with hub.client() as client:
        await client.use(fake)


@pytest.fixture
async def refusing(fake: FakeOpenAI) -> AsyncIterator[FakeOpenAI]:
    """The model takes no key."""
    fake.refusal = lambda asked: REFUSED
    yield fake
    fake.refusal = lambda asked: None


@pytest.fixture
async def held(fake: FakeOpenAI) -> AsyncIterator[FakeOpenAI]:
    """The model answers nothing before the gate is set."""
    fake.gate = asyncio.Event()
    yield fake
    fake.gate.set()
    fake.gate = None


async def an_asset(client: Client) -> str:
    """One that nothing was run on."""
    asset: dict[str, str] = await client.upload(runEnrichment="false")
    return asset["id"]


async def run(client: Client, asset_id: str, skill: str, **parameters: Any) -> Any:
    path = f"/assets/{asset_id}/skills/{skill}/run"
    return await client.data("POST", path, json={"parameters": parameters})


async def started(client: Client, asset_id: str, skill: str) -> Any:
    path = f"/assets/{asset_id}/skills/{skill}/run"
    headers = {"Prefer": "respond-async"}
    return await client.data("POST", path, status=202, json={}, headers=headers)


def rows(page: Page, status: str = "") -> Locator:
    return page.locator(f'run-row[data-status="{status}"]' if status else "run-row")


async def test_what_failed_says_why_and_is_run_again(
    signed_in: Page, client: Client, refusing: FakeOpenAI
) -> None:
    asset_id = await an_asset(client)
    await run(client, asset_id, "ai-caption", language="de")
    page = signed_in
    await page.goto(f"/executions?assetId={asset_id}&status=failed")
    failed = rows(page, "failed")
    await expect(failed).to_have_count(1)
    await expect(failed.locator(".about > .reason")).to_contain_text("the key has expired")
    await expect(page.locator("run-summary")).to_contain_text("1 failed today")
    await expect(failed.get_by_role("link")).to_have_attribute("href", f"/assets/{asset_id}")

    refusing.refusal = lambda asked: None
    before = len(refusing.requests)
    await failed.get_by_role("button", name="Run again").click()
    done = rows(page, "succeeded")
    await expect(done).to_have_count(1)
    await expect(failed).to_contain_text("Started again")
    await expect(page.get_by_role("heading", name="Now", exact=True)).to_be_visible()
    assert any("BCP 47 tag de," in asked.text for asked in refusing.requests[before:])
    await done.get_by_role("button", name="ai-caption", exact=True).click()
    await expect(done.locator("step-list li")).to_have_count(1)
    assert await axe(page) == ""

    await page.get_by_role("link", name="Done", exact=True).click()
    await expect(page).to_have_url(re.compile("status=succeeded&assetId="))
    await expect(failed).to_have_count(0)
    await page.go_back()
    await expect(failed).to_have_count(1)


async def test_all_that_failed_are_run_again_uploads_and_workflows(
    signed_in: Page, client: Client, refusing: FakeOpenAI
) -> None:
    asset_id = (await client.upload(skill="ai-caption"))["id"]
    await client.enriched(asset_id)
    graph = '{"nodes": [{"data": {"skillId": "ai-caption"}}]}'
    ids = []
    for name in ("Again", "Gone"):
        made = {"name": name, "graphJson": graph}
        workflow = await client.data("POST", "/system/workflows", status=201, json=made)
        path = f"/assets/{asset_id}/workflows/{workflow['id']}/run"
        await client.data("POST", path, status=202)
        ids.append(workflow["id"])
    page = signed_in
    await page.goto(f"/executions?assetId={asset_id}")
    await expect(rows(page, "failed")).to_have_count(3)
    assert (await client.delete(f"/system/workflows/{ids[1]}")).status_code == 204

    refusing.refusal = lambda asked: None
    await page.get_by_role("button", name="Run all 3 failed again").click()
    await page.get_by_role("dialog").get_by_role("button", name="Run all 3 failed again").click()
    await expect(rows(page, "succeeded")).to_have_count(2)
    await expect(page.locator("toast-list")).to_contain_text("no workflow called “Gone” any more")
    await expect(page.get_by_role("combobox", name="Skill or workflow")).to_contain_text("Again")
    await page.get_by_role("combobox", name="Skill or workflow").select_option("Again")
    await expect(rows(page)).to_have_count(2)
    await page.reload()
    await expect(rows(page)).to_have_count(2)


async def test_what_runs_is_live_and_cancelled_by_keyboard(
    signed_in: Page, client: Client, held: FakeOpenAI
) -> None:
    asset_id = await an_asset(client)
    page = signed_in
    await page.goto("/executions?status=running")
    await expect(page.get_by_role("heading", name="No such runs")).to_be_visible()
    cancelled = await started(client, asset_id, "ai-caption")
    await started(client, asset_id, "enrich")
    await page.get_by_role("button", name="Look again").click()
    running = rows(page, "running")
    await expect(running).to_have_count(2)
    await expect(page.locator("run-summary")).to_contain_text("2 running")

    row = page.locator("run-row", has_text="ai-caption")
    await row.get_by_role("button", name="ai-caption", exact=True).focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Cancel run").press("Enter")
    await expect(row).to_have_attribute("data-status", "cancelled")
    await expect(row.get_by_role("button", name="ai-caption", exact=True)).to_be_focused()
    await expect(page.locator("executions-page > [role=status]")).to_have_text(
        "ai-caption: Cancelled"
    )
    told = await client.data("GET", f"/executions/{cancelled['executionId']}")
    assert told["status"] == "cancelled"

    enrich = page.locator("run-row", has_text="enrich")
    await enrich.get_by_role("button", name="enrich", exact=True).click()
    await expect(enrich.locator("step-list .running")).to_have_count(1)
    assert held.gate is not None
    held.gate.set()
    await expect(enrich.locator("step-list .succeeded")).to_have_count(3)
    await expect(enrich).to_have_attribute("data-status", "succeeded")
    await expect(page.locator("run-summary")).to_contain_text("Nothing runs")


async def test_what_ends_while_the_page_begins_is_told(
    signed_in: Page, client: Client, held: FakeOpenAI
) -> None:
    asset_id = await an_asset(client)
    await started(client, asset_id, "ai-caption")
    page = signed_in

    async def late(route: Route) -> None:
        """The answer comes when it is not true any more."""
        answer = await route.fetch()
        assert held.gate is not None
        held.gate.set()
        await client.enriched(asset_id)
        await route.fulfill(response=answer)

    await page.route("**/api/v1/executions?*pageSize=30*", late, times=1)
    await page.goto(f"/executions?assetId={asset_id}")
    await expect(rows(page, "succeeded")).to_have_count(1)


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_hostile_words_stay_words(
    signed_in: Page, client: Client, fake: FakeOpenAI, look: Look
) -> None:
    page = signed_in
    asset_id = await an_asset(client)
    fake.refusal = lambda asked: Scripted(400, {"error": {"message": HOSTILE * 10}})
    await run(client, asset_id, "enrich")
    fake.refusal = lambda asked: None
    await page.goto(f"/executions?assetId={asset_id}")
    row = rows(page, "failed")
    await expect(row.locator(".about > .reason")).to_contain_text("<img src=x onerror=alert(1)>")
    await row.get_by_role("button", name="enrich", exact=True).click()
    await expect(row.locator("step-list .failed")).to_have_count(3)
    assert await overflow(page) <= 0
    assert await axe(page) == ""


async def test_more_come_by_themselves(signed_in: Page, client: Client) -> None:
    asset_id = await an_asset(client)
    for _ in range(35):
        await started(client, asset_id, "exif-strip")
    page = signed_in
    await page.goto(f"/executions?assetId={asset_id}&skill=exif-strip")
    await expect(rows(page)).to_have_count(30)
    await page.keyboard.press("End")
    await expect(rows(page)).to_have_count(35)
    await expect(page.get_by_role("button", name="More")).to_be_hidden()
