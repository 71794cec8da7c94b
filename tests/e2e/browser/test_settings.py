"""/settings, as somebody looks at it who runs a hub."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.conftest import S3Server
from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import LIGHT, PHONE, Look, opened
from tests.e2e.browser.guard import Guard
from tests.e2e.hub_process import Client
from tests.e2e.scaled import ADMIN_PASSWORD, described
from tests.fakes import FakeOpenAI

HOSTILE = "<img src=x onerror=document.title='hit'>"


async def used(client: Client, fake: FakeOpenAI) -> None:
    """A picture was described by a provider of a hostile name."""
    profile = {
        "name": HOSTILE,
        "apiBaseUrl": fake.base_url,
        "apiKey": "sk-planted-0123456789",
        "modelName": "fake-1",
        "inputPricePerMillion": 2.5,
    }
    if all(each["name"] != HOSTILE for each in await client.data("GET", "/system/ai/providers")):
        await client.data("POST", "/system/ai/providers", status=201, json=profile)
        await client.enriched((await client.upload())["id"])


@pytest.mark.parametrize("look", [LIGHT, PHONE], ids=str)
async def test_it_tells_how_the_hub_is_and_what_it_used(
    signed_in: Page, fake: FakeOpenAI, client: Client, look: Look
) -> None:
    page = signed_in
    await used(client, fake)
    await page.goto("/settings?period=7#usage")
    usage = page.get_by_role("region", name="Tokens spent")
    await expect(usage.get_by_role("row", name=re.compile("onerror"))).to_contain_text("300")
    await expect(usage.get_by_role("row", name=re.compile("^enrich"))).to_contain_text("0.00075")
    await expect(usage.locator("svg[role=img] g")).to_have_count(7)
    await expect(usage).to_be_in_viewport()
    await usage.get_by_role("button", name="This month").click()
    await expect(page).to_have_url(re.compile("period=month"))
    await expect(usage.get_by_role("button", name="This month")).to_be_focused()
    await page.go_back()
    await expect(usage.get_by_role("button", name="7 days")).to_have_attribute(
        "aria-pressed", "true"
    )
    health = page.get_by_role("region", name="Health")
    await expect(health).to_contain_text("Everything works")
    await expect(health.get_by_text("Works", exact=True)).to_have_count(5)
    await expect(page.get_by_role("region", name="Storage")).to_contain_text("1 picture, ")
    setup = page.get_by_role("region", name="Set-up")
    await expect(setup).to_contain_text(f"{HOSTILE} (fake-1)")
    await expect(setup).to_contain_text("enrich: caption, alt-text, structured-metadata")
    await page.get_by_text("Writes a text over an image.").click()
    await expect(page.get_by_text("What to write, without control characters.")).to_be_visible()
    await expect(page.locator(".loading")).to_have_count(0)
    assert await page.title() == "Settings – NekoHub"
    assert await axe(page) == ""
    assert await overflow(page) <= 0


async def test_people_see_what_they_may_and_change_their_password(
    page: Page, client: Client, guard: Guard
) -> None:
    for name, permissions in (("reader", []), ("keeper", ["users.read", "users.update"])):
        user = {"username": name, "password": "first-password", "role": "user"}
        made = await client.data("POST", "/users", status=201, json=user)
        await client.data(
            "PATCH", f"/users/{made['id']}/permissions", json={"permissions": permissions}
        )
        await _signed_in(page, name, "first-password")
        account = page.get_by_role("region", name="My account")
        await expect(account).to_contain_text(name)
        await expect(page.get_by_role("region", name="Tokens spent")).to_have_count(0)
        await expect(page.get_by_role("region", name="Set-up")).not_to_contain_text("AI provider")
        if name == "reader":
            await expect(account).to_contain_text("Somebody who manages users can give you")
            await account.get_by_role("button", name="Sign out", exact=True).click()
            await page.wait_for_url("**/login")

    await account.get_by_label("Colours").select_option("Dark")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await account.get_by_text("Change my password").press("Enter")
    new, again = account.get_by_label("New password"), account.get_by_label("Once more")
    await new.fill("second-password")
    await again.fill("second-passwort")
    await again.press("Enter")
    await expect(again).to_be_focused()
    await expect(again).to_have_accessible_description(
        "This is another password than the one above."
    )
    await again.fill("second-password")
    await again.press("Enter")
    await expect(page.get_by_text("Your password was changed.")).to_be_visible()
    await account.get_by_role("button", name="Sign out on all devices").click()
    await page.wait_for_url("**/login")
    await _signed_in(page, "keeper", "second-password")
    await expect(account).to_contain_text("keeper")


async def test_a_part_that_is_away_is_named(
    browser: Browser, tmp_path: Path, postgres_url: str, s3: S3Server
) -> None:
    hub = described(tmp_path, postgres_url, s3)
    try:
        await hub.start("accounts")
        await hub.start("gateway")
        async with opened(browser, hub.url) as context:
            page = await context.new_page()
            await _signed_in(page, "admin", ADMIN_PASSWORD)
            health = page.get_by_role("region", name="Health")
            await expect(health).to_contain_text("3 parts do not answer as they should")
            await expect(health.get_by_text("Works", exact=True)).to_have_count(2)
            storage = page.get_by_role("region", name="Storage").get_by_role("alert")
            await expect(storage).to_contain_text("Trace id")
            await expect(storage.get_by_role("button", name="Try again")).to_be_visible()

            await hub.stop("gateway")
            await health.get_by_role("button", name="Check again").click()
            await expect(health).to_contain_text("5 parts do not answer as they should")
            await expect(health).to_contain_text("Does not answer")
    finally:
        for name in list(hub.processes):
            await hub.stop(name)


async def _signed_in(page: Page, name: str, password: str) -> None:
    await page.goto("/login?next=/settings")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(password)
    await page.get_by_label("Password").press("Enter")
    await page.wait_for_url("**/settings")
