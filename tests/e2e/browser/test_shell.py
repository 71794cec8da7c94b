"""What is around every page, from a phone to a wide screen; and /docs, which has none of it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import DARK, LIGHT, PHONE, Look
from tests.e2e.browser.guard import Guard

ALL = ["Pictures", "Runs", "Workflows", "AI providers", "Users", "Settings", "Gallery"]
BAR = ["Pictures", "Runs", "AI providers", "Gallery"]
OTHERS = ["Workflows", "Users", "Settings"]
PHONES = (Look("320", 320, 568, is_phone=True), Look("390", 390, 844, is_phone=True))
ZOOMED = (Look("400 %", 320, 256), Look("200 %", 640, 400))
"""What a screen of 1280 by 1024 or 800 has left at that zoom."""
WIDER = (Look("tablet", 768, 1024), Look("on its side", 844, 390), LIGHT)
MOST_SECTIONS = "main > section:nth-of-type(n + 3)"
"""Sections that are made as the first two are: axe takes seconds for all."""
BEYOND = """() => {
    const isBeyond = each => {
        each.scrollIntoView({block: "nearest"});
        const {left, right, top, bottom} = each.getBoundingClientRect();
        return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
    };
    const menu = document.querySelector(":popover-open");
    const parts = [menu, ...menu.querySelectorAll("a, button")];
    return parts.filter(isBeyond).map(each => each.textContent);
}"""
"""What of an open menu cannot be brought onto the screen."""


async def named(page: Page, role: str) -> list[str]:
    """The names of the visible links in the navigation with this name."""
    links = page.get_by_role("navigation", name=role, exact=True).get_by_role("link")
    return await links.all_inner_texts()


async def is_expanded(page: Page, name: str) -> bool:
    """Whether who does not see the button with this name is told that its menu is open.

    Playwright knows nothing of what a popover implies, so the browser's own tree is asked.
    """
    session = await page.context.new_cdp_session(page)
    document = await session.send("DOM.getDocument")
    wanted = {"nodeId": document["root"]["nodeId"], "role": "button", "accessibleName": name}
    found = await session.send("Accessibility.queryAXTree", wanted)
    (button,) = (each for each in found["nodes"] if not each["ignored"])
    told = {each["name"]: each["value"]["value"] for each in button["properties"]}
    return bool(told["expanded"])


@pytest.mark.parametrize("look", [*PHONES, *ZOOMED], ids=str)
async def test_a_narrow_screen_has_four_places_and_more(signed_in: Page, look: Look) -> None:
    page = signed_in
    await page.goto("/users")
    more = page.get_by_role("button", name="More", exact=True)
    await expect(more).to_be_visible()
    assert await named(page, "Pages") == BAR
    assert await overflow(page) <= 0
    if look.is_phone:
        box = await more.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44

    assert not await is_expanded(page, "More")
    await more.press("Enter")
    assert await is_expanded(page, "More")
    assert await named(page, "More pages") == OTHERS
    current = page.locator("[aria-current=page]:visible")
    await expect(current).to_have_text("Users")
    await expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    assert await page.evaluate(BEYOND) == []
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    assert not await is_expanded(page, "More")

    await more.press("Enter")
    for _ in OTHERS:
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("/settings$"))
    await expect(page.locator(":popover-open")).to_have_count(0)
    await expect(page.get_by_role("main")).to_be_focused()


@pytest.mark.parametrize("look", WIDER, ids=str)
async def test_a_wider_screen_has_all_places(signed_in: Page, look: Look) -> None:
    page = signed_in
    await page.goto("/users")
    account = page.get_by_role("button", name="admin", exact=True)
    await expect(account).to_be_visible()
    assert await named(page, "Pages") == ALL
    await expect(page.get_by_role("button", name="More", exact=True)).to_have_count(0)
    for name in ALL:
        link = page.get_by_role("link", name=name, exact=True)
        await expect(link).to_have_attribute("title", name)
        await link.scroll_into_view_if_needed()
    await expect(page.locator("[aria-current=page]:visible")).to_have_accessible_name("Users")
    assert await overflow(page) <= 0
    await account.press("Enter")
    await expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()
    await expect(page.get_by_role("navigation", name="More pages")).to_be_hidden()
    assert await page.evaluate(BEYOND) == []
    if look is LIGHT:
        assert await axe(page) == ""


async def test_a_link_to_where_one_is_keeps_the_focus(signed_in: Page) -> None:
    await signed_in.goto("/users")
    link = signed_in.get_by_role("link", name="Users")
    await link.press("Enter")
    await expect(link).to_be_focused()


async def test_where_there_is_no_page_one_says_so(signed_in: Page, guard: Guard) -> None:
    guard.allow("status of 404")
    page = signed_in
    answer = await page.goto("/picturse")
    assert answer is not None
    assert answer.status == 404
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    assert await axe(page) == ""
    await page.get_by_role("link", name="To the console").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Pictures")
    await page.goto("/users/?query=adm")
    await expect(page).to_have_url(re.compile(r"/users\?query=adm$"))
    await expect(page.locator("user-row")).to_have_count(1)


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=str)
async def test_axe_finds_nothing_grave_in_the_reference(page: Page, look: Look) -> None:
    await page.goto("/docs")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("NekoHub")
    await page.evaluate(
        "most => document.querySelectorAll(most).forEach(e => e.remove())", MOST_SECTIONS
    )
    assert await axe(page) == ""


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_the_reference_fits_a_phone(page: Page, look: Look) -> None:
    await page.goto("/docs")
    await expect(
        page.get_by_role("heading", name="POST /api/v1/assets", exact=True)
    ).to_be_visible()
    assert await overflow(page) == 0
