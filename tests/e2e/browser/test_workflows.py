"""/workflows in a browser: built by keyboard and by dragging, kept while unsaved."""

import json
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import DARK, PHONE, Look
from tests.e2e.browser.guard import Guard
from tests.e2e.hub_process import Client

WORKFLOWS = "/system/workflows"
HOSTILE = "<img src=x onerror=alert(1)> \u05d0\u05d1 " + "W" * 60
FOREIGN: dict[str, Any] = {
    "viewport": {"zoom": 2},
    "nodes": [
        {"id": "a", "type": "thumbnail", "position": {"x": 300}, "data": {"label": "<b>small</b>"}},
        {"id": "note", "data": {"label": "<i>read me</i>"}},
        {"id": "b", "data": {"skillId": "sharpen", "parameters": {"deep": [1, None]}}},
        {"id": "c", "data": {"skillId": {"no": "text"}}},
        {"id": "d", "data": "nothing"},
    ],
    "edges": [{"source": "a", "target": "b", "animated": True}],
}
"""What an editor of graphs may have written, with what the hub does not know."""


async def create(client: Client, name: str, graph: Any, **fields: Any) -> Any:
    body = {"name": name, "graphJson": json.dumps(graph), **fields}
    return await client.data("POST", WORKFLOWS, status=201, json=body)


async def graph_of(client: Client, name: str) -> Any:
    workflows = await client.data("GET", WORKFLOWS)
    (found,) = [each for each in workflows if each["name"] == name]
    return json.loads(found["graphJson"])


def skills_of(graph: Any) -> list[Any]:
    return [node["data"]["skillId"] for node in graph["nodes"]]


def names(page: Page) -> Locator:
    """What the editor's rows are called, in their order."""
    return page.locator("skill-row .name")


def said(page: Page) -> Locator:
    return page.locator("skill-sequence [role=status]")


async def reach(page: Page, name: str, key: str = "Tab") -> None:
    """Goes on with a key until what has this accessible name is focused."""
    wanted = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    for _ in range(60):
        await page.keyboard.press(key)
        if await wanted.first.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{name!r} cannot be reached with {key}")


async def test_by_keyboard_from_nothing_to_an_upload_that_runs_it(
    signed_in: Page, client: Client
) -> None:
    page = signed_in
    await page.goto("/workflows")
    await expect(page.get_by_role("heading", name="No workflows yet")).to_be_visible()
    assert await axe(page) == ""
    await reach(page, "Make the first workflow")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Name")).to_be_focused()
    await page.keyboard.type("By keyboard")

    for skill in ("enrich", "thumbnail", "watermark"):
        await reach(page, f"{skill} ")
        await page.keyboard.press("Enter")
    await expect(said(page)).to_have_text("watermark added, 3 of 3")
    await reach(page, "thumbnail, 2 of 3", "Shift+Tab")
    await page.keyboard.press("Alt+ArrowUp")
    await expect(said(page)).to_have_text("thumbnail, 1 of 3")
    await expect(page.get_by_role("button", name="thumbnail, 1 of 3")).to_be_focused()
    await page.keyboard.press("Alt+ArrowDown")
    await reach(page, "Move down: thumbnail")
    await page.keyboard.press("Enter")
    await expect(said(page)).to_have_text("thumbnail, 3 of 3")
    await expect(names(page)).to_have_text(["enrich", "watermark", "thumbnail"])

    await reach(page, "enrich, 1 of 3", "Shift+Tab")
    await reach(page, "Remove: enrich")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="watermark, 1 of 2")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    while not await page.get_by_label("text").evaluate("each => each === document.activeElement"):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Ours")
    await expect(page.locator("skill-row .summary").first).to_contain_text("text: “Ours”")
    assert await axe(page) == ""
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Workflows")
    assert await graph_of(client, "By keyboard") == {
        "nodes": [
            {"id": "1", "data": {"skillId": "watermark", "parameters": {"text": "Ours"}}},
            {"id": "2", "data": {"skillId": "thumbnail", "parameters": {}}},
        ],
        "edges": [{"source": "1", "target": "2"}],
    }
    await reach(page, "Make auto-run: By keyboard")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Every upload runs By keyboard.")).to_be_visible()
    asset = await client.enriched((await client.upload())["id"])
    assert asset["latestExecutionSummary"]["skillName"] == "By keyboard"
    assert {each["kind"] for each in asset["derivatives"]} == {"watermarked", "thumbnail_256"}


async def test_dragged_and_kept_until_it_is_saved(signed_in: Page, client: Client) -> None:
    skills = ("exif-strip", "thumbnail", "renditions")
    nodes = [{"id": skill, "data": {"skillId": skill}} for skill in skills]
    workflow = await create(client, "Dragged", {"nodes": nodes})
    page = signed_in
    await page.goto(f"/workflows?id={workflow['id']}")
    await page.locator("skill-row .grip").first.hover()
    await page.mouse.down()
    box = await page.locator("skill-sequence li").last.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 20, box["y"] + box["height"], steps=5)
    await expect(page.locator("skill-sequence .mark")).to_be_visible()
    await page.mouse.up()
    await expect(names(page)).to_have_text(["thumbnail", "renditions", "exif-strip"])
    await expect(said(page)).to_have_text("exif-strip, 3 of 3")

    await page.locator("skill-row .grip").first.hover()
    await page.mouse.down()
    await page.mouse.move(box["x"] + 20, box["y"] + box["height"], steps=5)
    await page.keyboard.press("Escape")
    await page.mouse.up()
    await expect(names(page)).to_have_text(["thumbnail", "renditions", "exif-strip"])

    await page.get_by_role("link", name="All workflows").click()
    await expect(page.get_by_text("Unsaved changes")).to_be_visible()
    assert skills_of(await graph_of(client, "Dragged")) == list(skills)
    await page.go_back()
    await page.reload()
    await expect(
        page.get_by_text("These are changes that have not been saved yet.")
    ).to_be_visible()
    await expect(names(page)).to_have_text(["thumbnail", "renditions", "exif-strip"])
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("“Dragged” saved")).to_be_visible()
    await expect(page.get_by_text("Unsaved changes")).to_have_count(0)
    assert skills_of(await graph_of(client, "Dragged")) == ["thumbnail", "renditions", "exif-strip"]


async def test_what_another_editor_wrote_is_kept_or_said_to_change(
    signed_in: Page, client: Client
) -> None:
    workflow = await create(client, HOSTILE, FOREIGN, description=f"</p>{HOSTILE}")
    page = signed_in
    await page.goto(f"/workflows?id={workflow['id']}")
    await expect(names(page)).to_have_text(["thumbnail", "sharpen", '{"no":"text"}', "d"])
    await expect(page.get_by_text("1 note of another editor")).to_contain_text("<i>read me</i>")
    await page.get_by_label("Description").fill("Known")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Workflows")
    assert await graph_of(client, HOSTILE) == FOREIGN
    assert await axe(page) == ""

    await page.get_by_role("link", name=HOSTILE, exact=True).click()
    await page.get_by_role("button", name="thumbnail, 1 of 4").click()
    await page.get_by_role("button", name="Leave it out").click()
    await page.get_by_role("button", name="sharpen, 2 of 4").press("Alt+ArrowUp")
    await expect(page.get_by_text("Saving replaces the 1 connection")).to_be_visible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Workflows")
    first, note, *others = FOREIGN["nodes"]
    mended = {"label": "<b>small</b>", "skillId": "thumbnail", "parameters": {}}
    assert await graph_of(client, HOSTILE) == {
        "viewport": {"zoom": 2},
        "nodes": [others[0], first | {"data": mended}, *others[1:], note],
        "edges": [{"source": s, "target": t} for s, t in (("b", "a"), ("a", "c"), ("c", "d"))],
    }


async def test_what_the_hub_refuses_stands_where_it_is_wrong(
    signed_in: Page, client: Client, guard: Guard
) -> None:
    guard.allow(r"status of 4\d\d")
    nodes = [{"id": "1", "data": {"skillId": "thumbnail"}}, {"data": {"skillId": "sharpen"}}]
    workflow = await create(client, "Draft", {"nodes": nodes})
    await create(client, "Taken", {"nodes": []})
    page = signed_in
    await page.goto(f"/workflows?id={workflow['id']}")
    await page.get_by_label("Every upload runs it").check()
    await page.get_by_role("button", name="Save").click()
    row = page.locator("skill-row").nth(1)
    await expect(row.get_by_role("alert")).to_contain_text('"sharpen" (node ')
    await expect(page.get_by_role("button", name="sharpen, 2 of 2")).to_be_focused()

    await row.get_by_role("button", name="Remove").click()
    await page.get_by_label("Name").fill("taken")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_label("Name")).to_be_focused()
    await expect(page.locator(".field .complaint").first).to_contain_text("taken")

    await client.data("PUT", f"{WORKFLOWS}/{workflow['id']}", json=body_of(workflow))
    await page.get_by_label("Name").fill("Mine")
    await page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Somebody else has changed this workflow")
    await dialog.get_by_role("button", name="Replace it").click()
    await expect(page.get_by_text("“Mine” saved")).to_be_visible()
    assert skills_of(await graph_of(client, "Mine")) == ["thumbnail"]


def body_of(workflow: Any) -> dict[str, Any]:
    return {"name": workflow["name"], "graphJson": workflow["graphJson"], "description": "Theirs"}


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_copied_and_deleted_on_a_phone(signed_in: Page, client: Client, look: Look) -> None:
    await create(client, "W" * 100, {"nodes": [{"data": {"skillId": "x" * 200}}]})
    page = signed_in
    await page.goto("/workflows")
    copy = page.get_by_role("button", name=f"Copy: {'W' * 100}")
    await copy.tap()
    copied = "W" * 93 + " (copy)"
    await expect(page.get_by_role("link", name=copied, exact=True)).to_be_visible()
    assert await overflow(page) <= 0
    await page.get_by_role("button", name=f"Delete: {copied}").tap()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").tap()
    await expect(page.get_by_role("link", name=copied, exact=True)).to_have_count(0)
    await page.get_by_role("link", name="W" * 100, exact=True).tap()
    await expect(names(page)).to_have_text("x" * 200)
    assert await overflow(page) <= 0


@pytest.mark.parametrize("look", [DARK], ids=str)
async def test_axe_finds_nothing_grave_in_the_dark(
    signed_in: Page, client: Client, look: Look
) -> None:
    workflow = await create(client, "Dark", FOREIGN)
    page = signed_in
    await page.goto(f"/workflows?id={workflow['id']}")
    for name in ("thumbnail, 1 of 4", "sharpen, 2 of 4", "d, 4 of 4"):
        await page.get_by_role("button", name=name).click()
    assert await axe(page) == ""
    await page.goto("/workflows")
    await expect(page.get_by_role("link", name="Dark", exact=True)).to_be_visible()
    assert await axe(page) == ""
