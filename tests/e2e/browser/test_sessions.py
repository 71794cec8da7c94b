"""Signing in and out, and what of it a script on the page can get hold of: nothing."""

import asyncio
import re

import pytest
from playwright.async_api import BrowserContext, Page, Response, expect

from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import (
    NAME,
    Session,
    a_session,
    password,
    send_form,
    sign_in,
)
from tests.e2e.hub_process import Hub

REFUSED = "status of 401"
ELSEWHERE = (
    "//evil.example",
    "//evil.example/assets",
    "https://evil.example/assets",
    "/\\evil.example/assets",
    "\\\\evil.example/assets",
    "javascript:alert(1)",
    "http://[",
    "/nothing",
    "/login",
)
"""Where nobody is sent after signing in."""
SPOILT = """() => {
    for (const name of ["refreshed", "refresh-asked", "refresh"])
        localStorage.setItem(`nekohub.${name}`, 9e15);
    // As on pages that come by plain HTTP from another machine.
    Object.defineProperty(navigator, "locks", {value: undefined});
}"""
STORED = "() => JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"


@pytest.fixture
async def session(hub: Hub) -> Session:
    """One for each test: they end it."""
    return await a_session(hub)


async def shown(page: Page) -> None:
    """Waits until the page of users has its users."""
    await expect(page.get_by_role("heading", name=NAME, exact=True)).to_be_visible()


async def open_users(page: Page) -> None:
    """Goes there as people do, without loading the document."""
    await page.get_by_role("link", name="Users").click()
    await shown(page)


async def refused(page: Page, path: str) -> None:
    """Waits until somebody has been asked to sign in, who wanted to be at that path."""
    await expect(page).to_have_url(re.compile(rf"/login\?next={re.escape(path)}$"))
    await expect(page.get_by_label("Name")).to_be_focused()


async def test_signing_in_leads_where_one_wanted_to_go(page: Page, hub: Hub, guard: Guard) -> None:
    guard.allow(REFUSED)
    await page.goto("/users?query=adm")
    await refused(page, "%2Fusers%3Fquery%3Dadm")
    await send_form(page, NAME, "not the password")
    await expect(page.get_by_role("alert")).to_contain_text("password")
    await expect(page.get_by_label("Password")).to_be_focused()
    await send_form(page, NAME, password(hub))
    await shown(page)
    await expect(page).to_have_url(f"{hub.url}/users?query=adm")


async def test_signing_in_leads_nowhere_else(signed_in: Page, hub: Hub) -> None:
    await signed_in.goto("/users")
    await shown(signed_in)
    for there in ELSEWHERE:
        await signed_in.evaluate(
            """there => {
                history.pushState({}, "", `/login?next=${encodeURIComponent(there)}`);
                window.dispatchEvent(new CustomEvent("page", {detail: {isBack: false}}));
            }""",
            there,
        )
        await expect(signed_in, there).to_have_url(f"{hub.url}/assets")


async def test_no_script_gets_hold_of_a_token(
    page: Page, context: BrowserContext, hub: Hub, guard: Guard
) -> None:
    guard.allow(REFUSED)
    answers: list[Response] = []
    page.on("response", lambda each: answers.append(each))  # noqa: PLW0108 - needs a function
    await sign_in(page, hub)
    secrets = {each["value"] for each in await context.cookies()}
    # An access token that is not there is one that has run out.
    await context.clear_cookies(name="nekohub_session")
    # What others left, or a clock that was wrong, is no reason not to renew it.
    await page.evaluate(SPOILT)
    await open_users(page)
    secrets |= {each["value"] for each in await context.cookies()}
    # Access tokens of the same second are equal.
    assert len(secrets) in {3, 4}
    assert [each.url for each in answers if each.url.endswith("/auth/refresh")]
    # What a page that was left had asked for was not read to its end.
    told = [
        await each.text()
        for each in answers
        if "/api/" in each.url and each.request.failure is None
    ]
    told.append(await page.evaluate(STORED))
    assert all(secret not in text for secret in secrets for text in told)
    assert all("eyJ" not in text for text in told), "what looks like a JWT"


async def test_a_token_that_runs_out_is_renewed_once_for_all_tabs(
    signed_in: Page, context: BrowserContext, guard: Guard
) -> None:
    guard.allow(REFUSED)
    tabs = [signed_in, await context.new_page()]
    for tab in tabs:
        await tab.goto("/settings")
        await expect(tab.get_by_role("link", name="Users")).to_be_visible()
    renewals: list[str] = []
    context.on(
        "request", lambda each: renewals.append(each.url) if "/refresh" in each.url else None
    )
    await context.clear_cookies(name="nekohub_session")
    await asyncio.gather(*map(open_users, tabs))
    assert len(renewals) == 1
    for tab in tabs:
        await tab.reload()
        await shown(tab)
    # As "back" shows a page again that heard nothing while another one signed out.
    await tabs[0].evaluate(
        """() => {
            localStorage.clear();
            dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}));
        }"""
    )
    await refused(tabs[0], "%2Fusers")


@pytest.mark.parametrize("entry", ["Sign out", "Sign out on all devices"])
async def test_signing_out_counts_in_all_tabs(
    signed_in: Page, context: BrowserContext, entry: str
) -> None:
    other = await context.new_page()
    for tab in (signed_in, other):
        await tab.goto("/users")
        await shown(tab)
    await signed_in.get_by_role("button", name=NAME, exact=True).click()
    await signed_in.get_by_role("button", name=entry, exact=True).click()
    await expect(signed_in).to_have_url(re.compile("/login"))
    await refused(other, "%2Fusers")
    told = "You have been signed out."
    await expect(other.get_by_text(told)).to_be_visible()
    await expect(signed_in.get_by_text(told)).to_have_count(0)
    assert await context.cookies() == []
    await other.goto("/users")
    await refused(other, "%2Fusers")


async def test_who_does_not_reach_the_hub_is_told(signed_in: Page, context: BrowserContext) -> None:
    await signed_in.goto("/users")
    await shown(signed_in)
    bar = signed_in.get_by_text("What is shown may be out of date.")
    await expect(bar).to_be_hidden()
    await context.set_offline(True)
    await expect(bar).to_be_visible()
    await context.set_offline(False)
    await expect(bar).to_be_hidden()
    portal = "<html>Accept our terms</html>"
    await signed_in.route("**/api/v1/executions*", lambda route: route.fulfill(body=portal))
    await signed_in.get_by_role("link", name="Runs").click()
    await expect(signed_in.get_by_role("alert")).to_contain_text("none of the hub's")
