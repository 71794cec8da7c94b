"""/assets, as somebody uses it who has many pictures."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import PHONE, Look
from tests.e2e.browser.dropping import Dropped, drop, paste
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import send_form
from tests.e2e.hub_process import Client, Hub, another_cat, located_cat
from tests.fakes import ANSWERS, FakeOpenAI

HOSTILE = "<img src=x onerror=document.title='hit'>\u202egnp.exe" + "long" * 60
PASSWORD = "a long password"


@pytest.fixture(scope="module", autouse=True)
async def provider(hub: Hub, fake: FakeOpenAI) -> str:
    """The id of the profile that is active."""
    async with hub.client() as client:
        return str((await client.use(fake))["id"])


@pytest.fixture(autouse=True)
async def alone(client: Client, fake: FakeOpenAI) -> AsyncIterator[None]:
    """Leaves no pictures for the next test."""
    yield
    fake.gate = None
    fake.answers = {**ANSWERS}
    if ids := [item["id"] for item in await listed(client)]:
        await client.data("POST", "/assets/batch-delete", json=ids)


async def listed(client: Client) -> list[Any]:
    """All pictures, newest first."""
    return list((await client.data("GET", "/assets", params={"pageSize": "100"}))["items"])


async def stored(client: Client, *names: str, content: bytes | None = None) -> None:
    """Private pictures on which nothing has run, the last name newest."""
    for name in names:
        files = {"file": (name, content or another_cat(), "image/jpeg")}
        fields = {"runEnrichment": "false", "isPublic": "false"}
        await client.data("POST", "/assets", status=202, files=files, data=fields)


def tile(page: Page, name: str) -> Locator:
    """The card of a picture."""
    return page.locator("photo-tile").filter(has_text=name)


def row(page: Page, name: str) -> Locator:
    """An upload in the panel."""
    return page.locator("upload-row").filter(has_text=name)


async def open_page(page: Page, query: str = "") -> None:
    """Opens the page and waits until it has been drawn."""
    await page.goto(f"/assets{query}")
    await page.wait_for_selector("photo-tile, .note.empty")


async def test_pictures_are_dropped_and_captioned_while_somebody_looks(
    signed_in: Page, fake: FakeOpenAI, client: Client, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of 415")
    fake.gate = asyncio.Event()
    fake.answers["caption"] = {"caption": HOSTILE}
    await open_page(page)
    await expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    assert await axe(page) == ""

    await drop(
        page,
        "main",
        [
            Dropped("one.jpg", another_cat()),
            Dropped(HOSTILE, another_cat()),
            Dropped("notes.txt", b"no picture", "text/plain"),
            Dropped("empty.png", b"", "image/png"),
            Dropped("false.png", b"no picture", "image/png"),
        ],
    )
    await expect(page.get_by_role("heading", name="2 uploaded, 3 not")).to_be_visible()
    await expect(row(page, "notes.txt")).to_contain_text("text/plain is not taken")
    await expect(row(page, "empty.png")).to_contain_text("The file is empty.")
    await expect(row(page, "false.png")).to_contain_text("Trace id")
    await expect(page.get_by_text("Looking at it…")).to_have_count(2)
    await expect(page.locator("photo-tile img[src^='blob:']")).to_have_count(2)
    assert await axe(page) == ""

    fake.gate.set()
    said = page.locator("photo-tile .said")
    await expect(said).to_have_text([HOSTILE, HOSTILE], use_inner_text=False)
    await expect(page.locator("photo-tile img[src^='blob:']")).to_have_count(0)
    await expect(page.locator("photo-tile img[src*='/thumbnail_256/content']")).to_have_count(2)
    assert await overflow(page) <= 0

    # What is uploaded goes on while its page is left.
    await page.get_by_role("link", name="Runs").click()
    await expect(row(page, "one.jpg").get_by_role("link")).to_be_visible()
    await row(page, "one.jpg").get_by_role("link").click()
    await page.wait_for_url(re.compile("/assets/[0-9a-f-]{36}$"))
    assert [item["isPublic"] for item in await listed(client)] == [False, False]
    assert await page.title() != "hit"

    # A file that is dropped elsewhere leads here, and does not replace the page.
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    await drop(page, "main", [Dropped("three.jpg", another_cat())])
    await page.wait_for_url("**/assets")
    await expect(tile(page, "three.jpg").locator(".said")).to_have_text(HOSTILE)


async def test_what_is_public_is_asked_about_once_if_it_tells_a_place(
    signed_in: Page, client: Client
) -> None:
    page = signed_in
    await open_page(page)
    await page.get_by_role("button", name="Upload options").click()
    await page.get_by_label("After the upload").select_option(label="Nothing")
    await page.get_by_label("Make them public").check()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Public, nothing else")).to_be_focused()

    files = [Dropped("here.jpg", located_cat()), Dropped("somewhere.jpg", another_cat())]
    await paste(page, files)
    dialog = page.get_by_role("dialog", name="Show everybody where it was taken?")
    await expect(dialog).to_contain_text("1 picture tells where it was taken.")
    await expect(dialog.get_by_role("listitem")).to_have_text("here.jpg")
    await dialog.get_by_role("button", name="Keep private").click()
    await expect(tile(page, "somewhere.jpg").get_by_title("Public")).to_be_visible()
    public = {item["originalFileName"]: item["isPublic"] for item in await listed(client)}
    assert public == {"here.jpg": False, "somewhere.jpg": True}


async def test_a_search_and_filters_are_kept_in_the_address(
    signed_in: Page, client: Client
) -> None:
    page = signed_in
    await stored(client, "hay one.jpg", "needle.jpg", "hay two.jpg")
    await open_page(page)
    total = page.locator("assets-page .total")
    await expect(total).to_have_text("3 pictures")
    await page.keyboard.press("/")
    await page.keyboard.type("needle")
    await expect(page.locator("photo-tile .file .name")).to_have_text(["needle.jpg"])
    await page.wait_for_url("**/assets?query=needle")
    await expect(total).to_have_text("1 picture")

    await page.get_by_label("Type").select_option(label="WEBP")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await page.wait_for_url("**/assets?query=needle&type=image%2Fwebp")
    await page.go_back()
    await expect(page.locator("photo-tile .file .name")).to_have_text(["needle.jpg"])
    await expect(page.get_by_label("Type")).to_have_value("")

    await page.get_by_label("Order").select_option(label="Oldest")
    await page.get_by_role("button", name="Clear", exact=True).click()
    names = ["hay one.jpg", "needle.jpg", "hay two.jpg"]
    await expect(page.locator("photo-tile .file .name")).to_have_text(names)
    await page.reload()
    await expect(page.locator("photo-tile .file .name")).to_have_text(names)
    assert page.url.endswith("/assets?sort=oldest")
    await expect(page.get_by_label("Order")).to_have_value("oldest")


async def test_many_are_selected_by_keyboard_and_changed_at_once(
    signed_in: Page, client: Client, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of 404")
    await stored(client, "a.jpg", "b.jpg")
    await stored(client, "here.jpg", content=located_cat())
    await open_page(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.locator("photo-tile a").first.focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Space")
    bar = page.get_by_role("group", name="Selected pictures")
    await expect(bar.locator(".count")).to_have_text("2 of 3 selected")
    # Who does not see the bar is told by what was there before it.
    await expect(page.locator("assets-page > [role=status]")).to_have_text("2 of 3 selected")
    await page.keyboard.press("Escape")
    await expect(bar).to_have_count(0)
    await page.keyboard.press("Control+a")
    await expect(bar.locator(".count")).to_have_text("3 of 3 selected")
    assert await axe(page) == ""

    await bar.get_by_role("button", name="Make public").click()
    dialog = page.get_by_role("dialog", name="Show everybody where it was taken?")
    await expect(dialog).to_contain_text("1 of 3 pictures tell where they were taken.")
    assert await axe(page) == ""
    await dialog.get_by_role("button", name="Only the 2 without a place").click()
    await expect(page.get_by_text("2 pictures are public now")).to_be_visible()
    await expect(page.locator("photo-tile").get_by_title("Public")).to_have_count(2)

    # Another tab may have deleted what is shown here.
    await stored(client, "gone.jpg")
    gone = (await listed(client))[0]["id"]
    await client.data("PATCH", f"/assets/{gone}", json={"isPublic": True})
    await page.reload()
    await expect(page.locator("photo-tile").get_by_title("Public")).to_have_count(3)
    await client.data("POST", "/assets/batch-delete", json=[gone])
    await page.keyboard.press("Control+a")
    await bar.get_by_role("button", name="Make private").click()
    dialog = page.get_by_role("dialog", name="1 picture failed")
    await expect(dialog.get_by_role("listitem")).to_contain_text("gone.jpg")
    await dialog.get_by_role("button", name="Close").click()
    await expect(tile(page, "gone.jpg")).to_have_count(0)
    await expect(page.locator("photo-tile").get_by_title("Public")).to_have_count(0)

    await page.keyboard.press("Control+a")
    await bar.get_by_role("button", name="Run…").click()
    await page.get_by_role("radio", name="ai-caption").check()
    await page.get_by_label("language").fill("de")
    await page.get_by_role("dialog").get_by_role("button", name="Run").click()
    await expect(page.get_by_text("3 runs started")).to_be_visible()
    caption = ANSWERS["caption"]["caption"]
    await expect(page.locator("photo-tile .said")).to_have_text([caption] * 3)

    await page.locator("photo-tile a").first.focus()
    await page.keyboard.press("Space")
    await page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog", name="Delete 1 picture?")
    await dialog.get_by_role("button", name="Delete").press("Enter")
    await expect(tile(page, "here.jpg")).to_have_count(0)
    await expect(page.locator("photo-tile a").first).to_be_focused()
    assert [item["originalFileName"] for item in await listed(client)] == ["b.jpg", "a.jpg"]


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_it_fits_every_screen_and_says_that_nobody_writes_captions(
    signed_in: Page, client: Client, provider: str, look: Look
) -> None:
    page = signed_in
    path = f"/system/ai/providers/{provider}"
    await client.data("PATCH", path, json={"isActive": False})
    await stored(client, "a.jpg", HOSTILE)
    await open_page(page)
    await expect(page.get_by_role("link", name="Choose an AI provider")).to_be_visible()
    assert await axe(page) == ""
    assert await overflow(page) <= 0
    await page.locator("photo-tile input").first.check()
    await expect(page.get_by_role("button", name="Make private")).to_be_visible()
    assert await axe(page) == ""
    assert await overflow(page) <= 0
    await client.data("PATCH", path, json={"isActive": True})


async def test_who_may_only_look_is_offered_nothing_else(page: Page, client: Client) -> None:
    user = {"username": "reader", "password": PASSWORD, "role": "user"}
    await client.data("POST", "/users", status=201, json=user)
    await stored(client, "a.jpg")
    await page.goto("/login")
    await send_form(page, "reader", PASSWORD)
    await expect(tile(page, "a.jpg")).to_be_visible()
    await expect(page.get_by_role("button", name="Upload")).to_have_count(0)
    await expect(page.locator("photo-tile input")).to_have_count(0)
    await drop(page, "main", [Dropped("b.jpg", another_cat())])
    assert len(await listed(client)) == 1
