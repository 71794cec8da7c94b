"""/gallery and its pictures, as somebody sees them who has not signed in."""

import asyncio
import io
import re
from collections.abc import AsyncIterator

import pytest
from PIL import Image
from playwright.async_api import Page, Request, Route, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import PATIENCE, PHONE, Look
from tests.e2e.browser.guard import Guard
from tests.e2e.hub_process import Client, Hub, running_hub

COUNT = 144
DRAWN = 120
"""More than lie within a screen around the view."""
SIZES = ((48, 32), (32, 48), (40, 40), (96, 24))
HOSTILE = "<img src=x onerror=document.title='hit'>\u202egnp.exe" + "long" * 40
TEXTS = {
    "description": f"{HOSTILE}\n\n{'<script>alert(1)</script> ' * 20}",
    "altText": f'"><svg onload=document.title="hit">{HOSTILE}',
}
LOADED = "document.querySelector('photo-grid')?.items.length"
CENTRE = "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('photo-tile')?.item.id"


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub whose public address is none that the browser reaches."""
    folder = tmp_path_factory.mktemp("hub")
    async with running_hub(folder, NEKOHUB_PUBLIC_BASE_URL="http://pictures.invalid") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
async def pictures(hub: Hub) -> list[str]:
    """The ids of public pictures, newest first; the first one has hostile texts."""
    async with hub.client() as client:
        ids = [
            each
            for first in range(0, COUNT - 1, 13)
            for each in await asyncio.gather(
                *(stored(client, f"picture-{n}.png") for n in range(first, first + 13))
            )
        ]
        ids.append(await stored(client, HOSTILE, **TEXTS))
        listed = [
            item["id"]
            for page in ("1", "2")
            for item in (await client.data("GET", f"/assets?pageSize=100&page={page}"))["items"]
        ]
    assert sorted(listed) == sorted(ids)
    return listed


async def stored(client: Client, name: str, **fields: str) -> str:
    """A public picture on which nothing has run."""
    target = io.BytesIO()
    number = int.from_bytes(name.encode()) % 997
    Image.new("RGB", SIZES[number % 4], (number % 256, 90, 160)).save(target, "PNG")
    fields = {"runEnrichment": "false", **fields}
    files = {"file": (name, target.getvalue(), "image/png")}
    asset = await client.data("POST", "/assets", status=202, files=files, data=fields)
    return str(asset["id"])


async def open_gallery(page: Page, query: str = "") -> None:
    """Opens the gallery and waits until it has been drawn."""
    await page.goto(f"/gallery{query}")
    await page.wait_for_selector("photo-tile img")


async def until(page: Page, condition: str) -> None:
    """Waits for an expression; Playwright's own way is refused by the page's policy."""
    async with asyncio.timeout(PATIENCE / 1000):
        await page.evaluate(
            f"""() => new Promise((done) => {{
                const look = () => ({condition}) ? done() : requestAnimationFrame(look);
                look();
            }})"""
        )


TO_END = f"""async () => {{
    const frame = () => new Promise(requestAnimationFrame);
    const scroll = () => scrollTo(0, document.documentElement.scrollHeight);
    // A browser may scroll to what was the end when it was asked to.
    for (; {LOADED} < {COUNT}; await frame()) scroll();
    for (const _ of [1, 2]) await frame();
    scroll();
}}"""
FLICK_UP = """async () => {
    for (; scrollY > 0; scrollBy(0, -innerHeight)) await new Promise(requestAnimationFrame);
}"""


async def load_all(page: Page) -> None:
    """Scrolls to the end until there is no more."""
    async with asyncio.timeout(PATIENCE / 1000):
        await page.evaluate(TO_END)


async def test_the_list_is_loaded_to_its_end_and_the_document_stays_small(page: Page) -> None:
    await open_gallery(page)
    await expect(page.get_by_role("status").first).to_have_text(f"{COUNT} pictures")
    await load_all(page)
    last = page.locator(f"photo-tile[aria-posinset='{COUNT}']")
    await expect(last.locator("img")).to_be_in_viewport()
    await expect(last).to_have_attribute("aria-setsize", str(COUNT))
    assert await page.locator("photo-tile").count() < DRAWN
    await expect(page.locator("photo-tile[aria-posinset='1']")).to_have_count(0)


async def test_what_is_passed_by_in_a_hurry_is_not_asked_for(page: Page) -> None:
    asked: set[str] = set()

    def note(sent: Request) -> None:
        if sent.resource_type == "image":
            asked.add(sent.url)

    page.on("request", note)
    await open_gallery(page)
    await load_all(page)
    came = "[...document.querySelectorAll('photo-tile img')].every(each => each.naturalWidth)"
    await until(page, came)
    await page.evaluate(FLICK_UP)
    await until(page, came)
    await expect(page.locator("photo-tile[aria-posinset='1'] img")).to_be_in_viewport()
    page.remove_listener("request", note)
    assert len(asked) < COUNT


async def test_it_is_walked_by_keyboard(page: Page, pictures: list[str]) -> None:
    await open_gallery(page)
    focused = page.locator("photo-tile:focus-within")
    await page.get_by_role("searchbox").focus()
    await page.keyboard.press("Tab")
    for key, place in (("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("Home", 1)):
        await page.keyboard.press(key)
        await expect(focused).to_have_attribute("aria-posinset", str(place))
    await page.keyboard.press("ArrowDown")
    below = int(await focused.get_attribute("aria-posinset") or 0)
    assert below > 2
    await page.keyboard.press("ArrowUp")
    # Which of the first row lies above depends on the order in which the uploads came.
    assert int(await focused.get_attribute("aria-posinset") or 0) < below
    await page.keyboard.press("PageDown")
    assert int(await focused.get_attribute("aria-posinset") or 0) > below
    await expect(focused).to_be_in_viewport()
    # What has the focus stays, however far it is scrolled away.
    await load_all(page)
    await page.keyboard.press("ArrowLeft")
    await expect(focused).to_be_in_viewport()
    place = int(await focused.get_attribute("aria-posinset") or 0)
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/gallery/{pictures[place - 1]}")


async def test_back_and_reload_come_to_the_same_place(page: Page, pictures: list[str]) -> None:
    await open_gallery(page)
    await load_all(page)
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    await until(page, CENTRE)
    seen = await page.evaluate(CENTRE)
    await page.locator(f"photo-tile a[href$='{seen}']").click()
    await page.wait_for_url(f"**/gallery/{seen}")
    place = pictures.index(seen)
    await expect(page.get_by_text(f"{place + 1} of {COUNT}")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_url(f"**/gallery/{pictures[place + 1]}")
    await page.get_by_role("link", name="Previous picture").click()
    await page.wait_for_url(f"**/gallery/{seen}")
    await expect(page.get_by_role("link", name="Previous picture")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.wait_for_url("**/gallery")
    await expect(page.locator(f"photo-tile a[href$='{seen}']")).to_be_focused()
    assert await page.evaluate(CENTRE) == seen
    await page.reload()
    await until(page, f"{LOADED} >= {place}")
    await until(page, f"{CENTRE} === '{seen}'")


async def test_what_is_searched_is_in_the_address(page: Page) -> None:
    await open_gallery(page)
    await page.get_by_role("searchbox").fill("picture-17.png")
    await expect(page.get_by_role("status").first).to_have_text("1 picture")
    await expect(page).to_have_url(re.compile(r"/gallery\?query=picture-17\.png$"))
    await page.locator("photo-tile a").click()
    await expect(page).to_have_title("picture-17.png – NekoHub")
    await expect(page.get_by_text("1 of 1")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_have_value("picture-17.png")
    await expect(page.locator("photo-tile")).to_have_count(1)
    await page.get_by_role("searchbox").fill("no such thing")
    await expect(page.get_by_role("heading", name="No pictures match")).to_be_visible()
    await page.get_by_role("button", name="Show all pictures").click()
    await expect(page).to_have_url(re.compile("/gallery$"))
    await expect(page.get_by_role("status").first).to_have_text(f"{COUNT} pictures")


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_hostile_texts_are_texts(page: Page, look: Look, pictures: list[str]) -> None:
    await open_gallery(page)
    assert await axe(page) == ""
    assert await overflow(page) <= 0
    await page.locator("photo-tile a").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("onerror=document.title")
    await until(page, "document.querySelector('picture-stage img').complete")
    await expect(page.locator("picture-stage img").last).to_have_attribute("alt", TEXTS["altText"])
    await expect(page.locator("picture-facts .description")).to_contain_text("<script>")
    assert not (await page.title()).startswith("hit")
    assert await axe(page) == ""
    assert await overflow(page) <= 0


async def test_what_cannot_be_loaded_says_so(page: Page, guard: Guard) -> None:
    guard.allow("status of 404|status of 503|ERR_FAILED")

    async def refuse(route: Route) -> None:
        await route.fulfill(
            status=503,
            json={"error": {"code": "service_unavailable", "message": "alas", "traceId": "t-1"}},
        )

    await page.goto("/gallery/01a21de6-0000-7000-8000-000000000000")
    await expect(page.get_by_role("heading", name="This picture is not here")).to_be_visible()
    await page.route("**/content/**", lambda route: route.abort())
    await page.route("**/public/assets?*cursor=*", refuse)
    await page.goto("/gallery")
    await expect(page.locator("photo-tile .broken").first).to_contain_text("onload=")
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text("alas")
    await expect(alert).to_contain_text("t-1")
    await page.unroute("**/public/assets?*cursor=*")
    await alert.get_by_role("button", name="Try again").click()
    await until(page, f"{LOADED} >= 100")
    await expect(alert).to_have_count(0)
