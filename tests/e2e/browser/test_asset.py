"""/assets/{id}, as somebody uses it who has one picture in mind."""

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import DARK, PHONE, Look
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import send_form
from tests.e2e.hub_process import Client, Hub, located_cat, running_hub
from tests.echo_steps import put_package
from tests.fakes import ANSWERS, FakeOpenAI, Scripted

HOSTILE = (
    "<img src=x onerror=document.title='hit'><script>document.title='hit'</script>\u202egnp.exe"
)
NAME = "<img src=x onerror=document.title='hit'>\u202egnp.jpg"
LONG = "W" * 400
PASSWORD = "a long password"
DEEP: Any = 1
for _ in range(25):
    DEEP = {HOSTILE: [DEEP]}
SHAPES: dict[str, Any] = {
    "caption": {"caption": [HOSTILE, {"b": None}]},
    "alt-text": {"altText": None},
    "structured-metadata": {
        "title": {"x": HOSTILE},
        "tags": [1, None, HOSTILE],
        "objects": "no list",
        "colors": ["red", "url(//x)", "var(--x)", HOSTILE],
        "scene": LONG * 20,
        "text": "line\n" * 200,
        "__proto__": [HOSTILE],
    },
    "constructor": {"toString": HOSTILE, LONG: LONG},
    "__proto__": {"all": list(range(3000)), "": "", "none": []},
    "null": {"nothing": None},
    "empty": {},
    "deep": DEEP,
}
"""What a skill of strangers may leave as its results, by their kinds."""
STRANGE = f"""
import json

from services.skills.step import StepResult, StructuredResult, step

SHAPES = json.loads({json.dumps(SHAPES)!r})


@step("strange", description="Leaves what nobody expects.")
async def strange(ctx, asset, params):
    return StepResult(results=tuple(StructuredResult(*each) for each in SHAPES.items()))
"""


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub with a skill of strangers."""
    steps = put_package(tmp_path_factory.mktemp("steps"), "nekohub_strange_steps", STRANGE)
    folder = tmp_path_factory.mktemp("hub")
    async with running_hub(folder, PYTHONPATH=str(steps)) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
async def provider(hub: Hub, fake: FakeOpenAI) -> str:
    """The id of the profile that is active."""
    async with hub.client() as client:
        return str((await client.use(fake))["id"])


@pytest.fixture(autouse=True)
async def as_before(fake: FakeOpenAI) -> AsyncIterator[None]:
    """Has the scripted server answer as usual again."""
    yield
    fake.gate = None
    fake.answers = {**ANSWERS}


async def stored(client: Client, content: bytes | None = None, **fields: str) -> str:
    """The id of a picture on which nothing has run."""
    asset = await client.upload(content, runEnrichment="false", **fields)
    return str(asset["id"])


async def described(client: Client, asset_id: str) -> Any:
    """A picture, once it has a description."""
    return await client.once(lambda asset: asset["description"] is not None, f"/assets/{asset_id}")


async def open_page(page: Page, asset_id: str) -> None:
    """Opens the page of a picture and waits until it has been drawn."""
    await page.goto(f"/assets/{asset_id}")
    await expect(page.get_by_role("heading", level=1)).not_to_be_empty()


def part(page: Page, name: str) -> Locator:
    """A text that is changed where it stands."""
    has = page.get_by_role("button", name=f"Edit: {name}").or_(page.get_by_label(name, exact=True))
    return page.locator("editable-text").filter(has=has)


async def run(page: Page, name: str, **parameters: str) -> None:
    """Has a skill run by keyboard alone."""
    await page.get_by_role("button", name="Run a skill").press("Enter")
    dialog = page.get_by_role("dialog", name="Run on this picture")
    await dialog.get_by_role("radio", name=name, exact=True).press("Space")
    for label, value in parameters.items():
        await dialog.get_by_label(label, exact=True).fill(value)
    await dialog.get_by_role("button", name="Run", exact=True).press("Enter")


async def test_texts_are_changed_where_they_stand(
    signed_in: Page, client: Client, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of 400")
    asset_id = await stored(client, altText="A cat")
    await open_page(page, asset_id)
    assert await axe(page) == ""
    text = part(page, "Alt text")
    edit, box = text.get_by_role("button"), text.get_by_role("textbox")

    await edit.press("Enter")
    await expect(box).to_be_focused()
    await page.keyboard.type(", no dog")
    await page.keyboard.press("Escape")
    await expect(edit).to_be_focused()
    await expect(text.locator(".prose")).to_have_text("A cat")
    await page.get_by_role("button", name="Undo").press("Enter")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("A cat, no dog")
    await box.fill("a" * 1001)
    assert await axe(page) == ""
    await page.keyboard.press("Control+Enter")
    complaint = "the alt text has 1001 characters; at most 1000 are taken"
    await expect(text.get_by_role("alert")).to_have_text(complaint)
    await expect(box).to_be_focused()
    await box.fill("Our <b>cat</b>")
    await page.keyboard.press("Control+Enter")
    await expect(text.get_by_role("status")).to_have_text("Saved")
    await expect(text.locator(".prose")).to_have_text("Our <b>cat</b>")
    assert (await client.data("GET", f"/assets/{asset_id}"))["altText"] == "Our <b>cat</b>"

    # What was not saved is there again after another page, and not saved over somebody else's.
    await edit.press("Enter")
    await expect(box).to_be_focused()
    await page.keyboard.type(", and a dog")
    await page.get_by_role("link", name="Runs", exact=True).click()
    await expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    await page.go_back()
    await expect(text.get_by_text("What you wrote before is back")).to_be_visible()
    await expect(box).to_have_value("Our <b>cat</b>, and a dog")
    await client.data("PATCH", f"/assets/{asset_id}", json={"altText": "Theirs"})
    await box.press("Control+Enter")
    await expect(text.get_by_role("status")).to_contain_text("was changed meanwhile")
    await expect(text.get_by_role("status").locator(".prose")).to_have_text("Theirs")
    assert (await client.data("GET", f"/assets/{asset_id}"))["altText"] == "Theirs"
    await page.keyboard.press("Control+Enter")
    await expect(text.locator(".prose")).to_have_text("Our <b>cat</b>, and a dog")
    assert "nekohub.text" not in await page.evaluate("Object.keys(localStorage).join()")

    for decorates, told in ((True, "Decorative"), (False, "No alt text yet")):
        await edit.press("Enter")
        await text.get_by_role("checkbox").set_checked(decorates)
        await box.fill("", force=True)
        await text.get_by_role("button", name="Save").press("Enter")
        await expect(text.locator(".nothing")).to_contain_text(told)
        saved = (await client.data("GET", f"/assets/{asset_id}"))["altText"]
        assert saved == ("" if decorates else None)

    name = part(page, "File name")
    await name.locator(".prose").click()
    await name.get_by_role("textbox").fill(NAME)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x")
    assert (await page.title()).startswith("<img src=x")


@pytest.mark.parametrize("look", [DARK], ids=str)
async def test_a_run_is_watched_and_what_it_made_is_compared(
    signed_in: Page, client: Client, look: Look
) -> None:
    page = signed_in
    asset_id = await stored(client, isPublic="false")
    await open_page(page, asset_id)
    await run(page, "watermark", text="Mine", opacity="2")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("opacity")).to_be_focused()
    assert await axe(page) == ""
    await dialog.get_by_label("opacity").fill("1")
    await page.keyboard.press("Enter")

    live = page.locator("live-run")
    await expect(live.get_by_role("status")).to_have_text("Done: 1 step")
    await expect(live.locator(".chip")).to_have_text("watermarked")
    made = page.locator("derivative-list li")
    await expect(made.get_by_role("heading")).to_have_text("watermarked")
    first = await made.locator("img").get_attribute("src")
    assert await axe(page) == ""
    await live.get_by_role("button", name="Close").press("Enter")
    await expect(page.get_by_role("button", name="Run a skill")).to_be_focused()

    compare = made.get_by_role("button", name="Compare watermarked with the original")
    await compare.press("Enter")
    edge = page.get_by_role("slider")
    await edge.press("ArrowLeft")
    await expect(edge).to_have_attribute("aria-valuetext", "49% original")
    assert await axe(page) == ""
    await page.keyboard.press("Escape")
    await expect(compare).to_be_focused()
    await page.get_by_role("button", name="Show the picture in full").press("Enter")
    await expect(page.get_by_role("dialog", name="The whole picture")).to_be_visible()
    await page.keyboard.press("Escape")

    ran = page.locator("run-history li").first
    await ran.locator("summary").press("Enter")
    await expect(ran).to_contain_text("With text: Mine, opacity: 1")
    await ran.get_by_role("button", name="Run again").press("Enter")
    await expect(live.get_by_role("status")).to_have_text("Done: 1 step")
    await expect(made.locator("img")).not_to_have_attribute("src", str(first))
    runs = (await client.data("GET", f"/assets/{asset_id}/executions"))["items"]
    assert [each["steps"][0]["parameters"] for each in runs] == [{"text": "Mine", "opacity": 1}] * 2


async def test_what_is_typed_outlasts_a_run_which_is_cancelled_or_fails(
    signed_in: Page, client: Client, fake: FakeOpenAI, provider: str
) -> None:
    page = signed_in
    asset_id = await stored(client)
    fake.gate = asyncio.Event()
    fake.let_through = frozenset({"caption"})
    await client.data("POST", f"/assets/{asset_id}/skills/enrich/run", status=202, **ASYNC)
    await described(client, asset_id)
    # The run that is on when the page opens is watched.
    await open_page(page, asset_id)
    live = page.locator("live-run")
    description = part(page, "Description")
    await expect(live.get_by_role("status")).to_have_text("1 of 3 steps done")
    await expect(description.locator(".prose")).to_have_text(ANSWERS["caption"]["caption"])
    alt = part(page, "Alt text")
    await alt.get_by_role("button").click()
    await expect(alt.get_by_role("textbox")).to_be_focused()
    await page.keyboard.type("What I see")
    fake.gate.set()
    await expect(live.get_by_role("status")).to_have_text("Done: 3 steps")
    await expect(alt.get_by_text("was changed meanwhile")).to_be_visible()
    await expect(alt.get_by_role("textbox")).to_have_value("What I see")
    await page.keyboard.press("Control+Enter")
    await expect(alt.locator(".prose")).to_have_text("What I see")
    await live.get_by_role("button", name="Close").click()

    fake.gate = asyncio.Event()
    fake.let_through = frozenset()
    await run(page, "ai-caption")
    await expect(live).to_have_count(1)
    await run(page, "enrich")
    await expect(live).to_have_count(2)
    for each in (live.nth(0), live.nth(1)):
        await each.get_by_role("button", name="Cancel").press("Enter")
        await expect(each.get_by_role("status")).to_contain_text("Cancelled")
        await expect(each.get_by_role("button", name="Run again")).to_be_focused()
    await live.first.get_by_role("button", name="Close").press("Enter")
    await live.first.get_by_role("button", name="Close").press("Enter")

    fake.gate.set()
    fake.answers["caption"] = Scripted(400, {"error": {"message": f"alas {HOSTILE}"}})
    await run(page, "ai-caption")
    await expect(live.locator(".reason")).to_contain_text("alas <img src=x")
    await client.data("PATCH", f"/system/ai/providers/{provider}", json={"isActive": False})
    await live.get_by_role("button", name="Run again").press("Enter")
    await expect(live.first.get_by_role("link", name="To the AI providers")).to_be_visible()
    await page.get_by_role("button", name="Run a skill").click()
    await expect(page.get_by_role("dialog")).to_contain_text("No AI provider is active.")
    assert await axe(page) == ""
    await client.data("PATCH", f"/system/ai/providers/{provider}", json={"isActive": True})
    assert await page.title() != "hit"


async def test_runs_are_watched_to_their_end_by_a_hub_that_was_killed(
    signed_in: Page, client: Client, hub: Hub, fake: FakeOpenAI, guard: Guard
) -> None:
    page = signed_in
    guard.allow("ERR_|status of 50")
    asset_id = await stored(client)
    fake.gate = asyncio.Event()
    # One more than have a stream of events each.
    for language in ("de", "fr", "it", "es"):
        body = {"parameters": {"language": language}}
        path = f"/assets/{asset_id}/skills/ai-caption/run"
        await client.data("POST", path, status=202, json=body, **ASYNC)
    await open_page(page, asset_id)
    live = page.locator("live-run")
    await expect(live.get_by_role("button", name="Cancel the run")).to_have_count(4)
    hub.port = int(hub.url.rpartition(":")[2])
    async with page.expect_event("requestfailed", lambda each: not each.url.endswith("/events")):
        await hub.stop(signal.SIGKILL)
    bar = page.get_by_text("What is shown may be out of date.")
    await expect(bar).to_be_visible()
    await hub.start()
    fake.gate.set()
    await expect(live.get_by_text("Done: 1 step")).to_have_count(4, timeout=30_000)
    await expect(page.locator("main .note")).to_have_count(0)
    await expect(bar).to_be_hidden()


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_whatever_a_result_is_it_is_text_and_fits_a_phone(
    signed_in: Page, client: Client, look: Look
) -> None:
    page = signed_in
    asset_id = await stored(client)
    name = LONG[:90] + NAME
    await client.data("PATCH", f"/assets/{asset_id}", json={"originalFileName": name})
    ran = await client.data("POST", f"/assets/{asset_id}/skills/strange/run")
    assert ran["succeeded"], ran
    await open_page(page, asset_id)
    await expect(page.locator("result-view")).to_have_count(len(SHAPES))
    summaries = page.locator("result-view details:not([open]) summary")
    await summaries.evaluate_all("all => all.forEach(each => each.click())")
    await expect(page.locator("result-view pre")).to_have_count(len(SHAPES))
    assert await page.locator("main :is(script, img[src=x])").count() == 0
    swatches = page.locator("result-view .swatch")
    assert await swatches.first.evaluate("each => each.style.backgroundColor") == "red"
    assert await overflow(page) == 0
    assert await axe(page) == ""
    assert await page.title() != "hit"


async def test_a_place_is_told_knowingly_and_what_is_gone_is_said_to_be(
    signed_in: Page, client: Client, hub: Hub, fake: FakeOpenAI, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of 40[014]")
    asset_id = await stored(client, located_cat(), isPublic="false")
    await open_page(page, asset_id)
    public = page.get_by_role("switch", name="Public")
    dialog = page.get_by_role("dialog", name="Show everybody where it was taken?")
    await public.press("Space")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(public).not_to_be_checked()
    await expect(public).to_be_focused()
    await page.keyboard.press("Space")
    await dialog.get_by_role("button", name="Publish all the same").press("Enter")
    await expect(page.get_by_role("button", name="Copy the address")).to_be_visible()
    assert (await client.data("GET", f"/assets/{asset_id}"))["isPublic"]

    # It is deleted elsewhere while somebody watches.
    fake.gate = asyncio.Event()
    await run(page, "ai-caption")
    await expect(page.locator("live-run").get_by_text("Running").first).to_be_visible()
    await client.data("DELETE", f"/assets/{asset_id}")
    gone = page.get_by_role("heading", name="This picture has been deleted")
    await expect(gone).to_be_visible()
    await page.goto("/assets/skills")
    await expect(page.get_by_role("heading", name="There is no such picture")).to_be_visible()

    # From the list to the one beside it, and back to the list without it.
    older, newer = await stored(client), await stored(client)
    await page.goto("/assets?sort=newest")
    await page.locator(f"a[href$='{newer}']").first.press("Enter")
    await expect(page.get_by_role("link", name="Next picture")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await page.wait_for_url(f"**/assets/{older}")
    await expect(page.get_by_role("link", name="Previous picture")).to_be_visible()
    await page.get_by_role("button", name="Delete").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Delete").press("Enter")
    await page.wait_for_url("**/assets?sort=newest")
    await expect(page.locator(f"a[href$='{newer}']").first).to_be_visible()
    await expect(page.locator(f"a[href$='{older}']")).to_have_count(0)
    await client.error("GET", f"/assets/{older}", status=404)

    # Who may only look is offered nothing else.
    reader = {"username": "reader", "password": PASSWORD, "role": "user"}
    await client.data("POST", "/users", status=201, json=reader)
    await page.context.clear_cookies()
    asset_id = await stored(client)
    await page.goto(f"/login?next=/assets/{asset_id}")
    await send_form(page, "reader", PASSWORD)
    await expect(page.locator("asset-texts")).to_contain_text("Public")
    changing = re.compile("Edit|Run|Delete|Cancel")
    assert await page.locator("main").get_by_role("button", name=changing).count() == 0
    assert await page.get_by_role("switch").count() == 0


ASYNC = {"headers": {"Prefer": "respond-async"}}
