"""The page of users: somebody is made, granted something, seen at it, and disabled."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, Route, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import PHONE, Look, opened
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import send_form
from tests.e2e.hub_process import Client, Hub

HOSTILE = "<img src=x onerror=alert(1)> \u05d0\u05d1"
PASSWORD = "a good password"


async def made(client: Client, username: str, *permissions: str) -> Any:
    """A user that is there already."""
    body = {"username": username, "password": PASSWORD, "role": "user"}
    return await client.data(
        "POST", "/users", status=201, json=body | {"permissions": list(permissions)}
    )


def row(page: Page, username: str) -> Locator:
    """The row of a user."""
    heading = page.get_by_role("heading", name=username, exact=True)
    return page.locator("user-row").filter(has=heading)


async def choose(page: Page, username: str, entry: str) -> Locator:
    """Chooses from the menu of a user, by keyboard, and gives the dialog that opens."""
    await row(page, username).get_by_role("button", name=f"Manage {username}").press("Enter")
    await page.get_by_role("button", name=entry, exact=True).press("Enter")
    return page.get_by_role("dialog")


async def places(page: Page) -> list[str]:
    """What the side leads to."""
    links = page.get_by_role("navigation").first.get_by_role("link")
    await expect(links.first).to_be_visible()
    return await links.all_inner_texts()


async def test_somebody_comes_and_goes(
    signed_in: Page, hub: Hub, browser: Browser, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of (401|409)")
    await page.goto("/users?query=adm")
    await page.get_by_role("button", name="New user").click()
    dialog = page.get_by_role("dialog", name="New user")
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await dialog.get_by_label("Name").fill("ADMIN")
    await dialog.get_by_role("button", name="Make one").click()
    secret = await dialog.get_by_label("Password").input_value()
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){3}", secret)
    # As on pages that come by plain HTTP from another machine.
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    await dialog.get_by_role("button", name="Copy").click()
    await expect(dialog.get_by_role("status")).to_contain_text("is copied")
    await dialog.get_by_label("Name").press("ControlOrMeta+a")
    await page.keyboard.press("ControlOrMeta+v")
    await expect(dialog.get_by_label("Name")).to_have_value(secret)
    await dialog.get_by_label("Name").fill("ADMIN")
    await dialog.get_by_role("row", name="Pictures").get_by_label("add").check()
    await expect(dialog.get_by_label("Pictures: see")).to_be_disabled()
    await dialog.get_by_role("button", name="New user").click()
    # The name is another's already, in capitals too.
    await expect(dialog.get_by_label("Name")).to_be_focused()
    await expect(dialog.get_by_label("Name")).to_have_accessible_description(
        re.compile("another user")
    )
    await dialog.get_by_label("Name").fill(HOSTILE)
    await page.keyboard.press("Enter")
    await expect(row(page, HOSTILE)).to_contain_text("Pictures: see, add")
    await expect(row(page, HOSTILE).get_by_role("button")).to_be_focused()

    async with opened(browser, hub.url) as elsewhere:
        guard.watch(elsewhere)
        theirs = await elsewhere.new_page()
        await theirs.goto("/login")
        await send_form(theirs, HOSTILE, secret)
        assert await places(theirs) == ["Pictures", "Runs", "Settings", "Gallery"]
        await theirs.goto("/users")
        await expect(theirs.get_by_role("main")).to_contain_text("users.read")

        dialog = await choose(page, HOSTILE, "Permissions")
        await dialog.get_by_label("Users: see").check()
        await dialog.get_by_role("button", name="Save").click()
        await expect(row(page, HOSTILE)).to_contain_text("Users: see")
        # An access token that is not there is one that has run out.
        await elsewhere.clear_cookies(name="nekohub_session")
        await theirs.reload()
        await expect(row(theirs, HOSTILE)).to_contain_text("You")
        await expect(row(theirs, HOSTILE).get_by_role("button")).to_have_count(0)
        await expect(theirs.get_by_role("button", name="New user")).to_have_count(0)

        dialog = await choose(page, HOSTILE, "Disable")
        await expect(dialog).to_contain_text("sessions end")
        await dialog.get_by_role("button", name="Disable").click()
        await expect(row(page, HOSTILE)).to_contain_text("Disabled")
        await expect(row(page, HOSTILE).get_by_role("button")).to_be_focused()
        await elsewhere.clear_cookies(name="nekohub_session")
        await theirs.get_by_role("link", name="Pictures").click()
        await expect(theirs).to_have_url(re.compile("/login"))
        await send_form(theirs, HOSTILE, secret)
        await expect(theirs.get_by_role("alert")).to_contain_text("disabled")
        await guard.settle(elsewhere)


async def test_what_one_lacks_cannot_be_granted(page: Page, client: Client, guard: Guard) -> None:
    given = ("users.read", "users.create", "users.update", "users.managePermissions")
    await made(client, "Manager", *given, "assets.update")
    await made(client, "Within", "assets.update")
    await made(client, "Beyond", "settings.update")
    await page.goto("/login?next=/users")
    await send_form(page, "Manager", PASSWORD)
    for other in ("admin", "Beyond"):
        await expect(row(page, other).get_by_role("button")).to_have_count(0)
    dialog = await choose(page, "Within", "Permissions")
    for label, may in {
        "Pictures: change": True,
        "Pictures: add": False,
        "Users: disable": False,
    }.items():
        await expect(dialog.get_by_label(label)).to_be_enabled(enabled=may)
    await expect(dialog).to_contain_text("What you may not do yourself you cannot grant.")
    await page.keyboard.press("Escape")
    await expect(row(page, "Within").get_by_role("button")).to_be_focused()
    await row(page, "Within").get_by_role("button").click()
    entries = page.locator(":popover-open").get_by_role("button")
    assert await entries.all_inner_texts() == ["Rename", "Permissions", "New password"]
    await page.keyboard.press("Escape")
    # A name and a password of one's own may be changed, and the latter ends one's sessions.
    dialog = await choose(page, "Manager", "New password")
    await dialog.get_by_label("Password").fill("another good password")
    guard.allow("status of 401")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/login"))


async def test_a_search_is_in_the_address(signed_in: Page, client: Client) -> None:
    for number in range(3):
        await made(client, f"Searched {number}")
    await signed_in.goto("/users?query=searched")
    await expect(signed_in.locator("user-row")).to_have_count(3)
    search = signed_in.get_by_role("searchbox")
    await search.fill("searched 1")
    await expect(signed_in.locator("user-row")).to_have_count(1)
    await expect(signed_in).to_have_url(re.compile(r"\?query=searched\+1$"))
    await signed_in.reload()
    await expect(signed_in.locator("user-row")).to_have_count(1)
    await expect(search).to_have_value("searched 1")
    await search.fill("nobody of this name")
    await expect(signed_in.get_by_role("heading", name="Nobody has such a name")).to_be_visible()


async def test_there_are_more_than_a_page(signed_in: Page, client: Client) -> None:
    for number in range(3):
        await made(client, f"Listed {number}")

    async def asked(route: Route) -> None:
        await route.continue_(url=route.request.url.replace("pageSize=50", "pageSize=1"))

    await signed_in.route("**/api/v1/users?*", asked)
    await signed_in.goto("/users?query=listed")
    more = signed_in.get_by_role("button", name="More users")
    for number in (1, 0):
        await more.press("Enter")
        await expect(row(signed_in, f"Listed {number}").locator(":focus")).to_have_count(1)
    await expect(more).to_have_count(0)
    await expect(signed_in.locator("user-row")).to_have_count(3)


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_axe_finds_nothing_grave(signed_in: Page, client: Client, look: Look) -> None:
    username = f"{'W' * 50} {look.name}"
    await made(client, username)
    await signed_in.goto("/users")
    await expect(row(signed_in, username)).to_be_visible()
    assert await axe(signed_in) == ""
    assert await overflow(signed_in) <= 0
    dialog = await choose(signed_in, username, "Permissions")
    await expect(dialog.get_by_label("Users: grant")).to_be_visible()
    assert await axe(signed_in) == ""
