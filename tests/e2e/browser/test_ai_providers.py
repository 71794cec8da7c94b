"""/ai-providers, as somebody uses it who sets a model up."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import PHONE, Look
from tests.e2e.browser.guard import Guard
from tests.e2e.hub_process import Client
from tests.fakes import FakeOpenAI, Scripted, completion

KEY = "sk-planted-9876543210"
HOSTILE = "<img src=x onerror=document.title='hit'>"
SAID = f"{HOSTILE}\u202e dlrow \u202c" + "word " * 200 + "w" * 1000
NONE_ACTIVE = "No AI provider is active: pictures get no captions, alt texts or tags until one is."


@pytest.fixture(autouse=True)
async def alone(client: Client, fake: FakeOpenAI) -> AsyncIterator[None]:
    """Only the built-in engine is there before a test, and active."""
    yield
    fake.script_nothing()
    for profile in await client.data("GET", "/system/ai/providers"):
        path = f"/system/ai/providers/{profile['id']}"
        if profile["apiBaseUrl"] == "local://":
            await client.data("PATCH", path, json={"isActive": True})
        else:
            await client.data("DELETE", path)


def card(page: Page, name: str) -> Locator:
    """What shows a provider."""
    return page.locator("provider-card").filter(has=page.get_by_role("heading", name=name))


async def made(client: Client, fake: FakeOpenAI, name: str, **fields: object) -> None:
    """A provider that is there already."""
    profile = {"name": name, "apiBaseUrl": fake.base_url, "apiKey": KEY, "modelName": "fake-1"}
    await client.data("POST", "/system/ai/providers", status=201, json=profile | fields)


async def test_one_is_made_of_a_preset_and_tried_out(
    signed_in: Page, fake: FakeOpenAI, client: Client
) -> None:
    page = signed_in
    fake.script(Scripted(body=completion({"caption": SAID})))
    await page.goto("/ai-providers")
    await expect(page.get_by_text("Only the built-in engine is active.")).to_be_visible()
    await page.get_by_role("button", name="Add a provider").click()
    dialog = page.get_by_role("dialog", name="Add a provider")
    await dialog.get_by_label("OpenAI", exact=True).check()
    await expect(dialog.get_by_role("link")).to_have_attribute("href", re.compile("^https://"))
    await dialog.get_by_label("Key").fill(KEY)
    await dialog.get_by_label("Gemini").check()
    await expect(dialog.get_by_label("Key")).to_have_value("")
    await dialog.get_by_label("Ollama").check()
    await expect(dialog.get_by_label("Address")).to_have_value("http://127.0.0.1:11434/v1")
    await expect(dialog.get_by_label("Model")).to_have_value("llama3.2-vision")
    await dialog.get_by_label("Name").fill(HOSTILE)
    await dialog.get_by_label("Address").fill(fake.base_url)
    await dialog.get_by_label("Key").fill(KEY)

    await dialog.get_by_role("button", name="Test it before saving").click()
    await expect(dialog.locator("blockquote")).to_have_text(SAID, use_inner_text=False)
    await expect(dialog).to_contain_text("It answered, but it did not see the picture")
    await expect(dialog).to_contain_text("fake-vision-1")
    await dialog.get_by_role("button", name="Save").click()

    saved = card(page, HOSTILE)
    await expect(saved).to_contain_text("Active")
    await expect(saved).to_contain_text("sk-***")
    await expect(saved.locator("blockquote")).to_be_visible()
    await expect(page.get_by_role("button", name="Add a provider")).to_be_focused()
    assert KEY not in await page.content()
    assert await page.evaluate("[...document.querySelectorAll('input')].map(e => e.value)") == []
    assert KEY not in await page.evaluate("JSON.stringify({...localStorage, ...history.state})")
    assert await page.title() == "AI providers – NekoHub"
    assert await page.locator("img").count() == 0
    found = await client.data("GET", "/system/ai/providers/active")
    assert (found["name"], found["modelName"]) == (HOSTILE, "llama3.2-vision")
    # It was tested again, so that what was found out is kept.
    await expect(saved.get_by_text("What was learnt of it")).to_be_visible()
    assert (await client.data("GET", "/system/ai/providers/active"))["capabilities"] is not None


async def test_by_keyboard_from_the_first_to_none(signed_in: Page, fake: FakeOpenAI) -> None:
    page, keys = signed_in, signed_in.keyboard
    await page.goto("/ai-providers")
    add = page.get_by_role("button", name="Add a provider")
    await add.focus()
    await keys.press("Enter")
    await keys.press("Space")
    for _ in range(5):
        await keys.press("ArrowDown")
    for text in ("Mine", fake.base_url, KEY, "fake-1"):
        await keys.press("Tab")
        await keys.press("ControlOrMeta+A")
        await keys.type(text)
    await keys.press("Enter")
    mine = card(page, "Mine")
    await expect(mine).to_contain_text("Not tested yet")
    await expect(add).to_be_focused()

    await mine.get_by_role("button", name="Test: Mine").press("Enter")
    await expect(mine.locator("blockquote")).to_have_text("A tabby cat sitting on a wooden floor.")
    await expect(mine).to_contain_text("Does not see pictures")
    await expect(mine.get_by_role("button", name="Test: Mine")).to_be_focused()

    await mine.get_by_role("button", name="Deactivate: Mine").press("Space")
    await expect(page.get_by_text(NONE_ACTIVE)).to_be_visible()
    activate = mine.get_by_role("button", name="Activate: Mine")
    await expect(activate).to_be_focused()
    await keys.press("Space")
    await expect(page.get_by_text(NONE_ACTIVE)).to_have_count(0)

    await mine.get_by_role("button", name="Delete: Mine").press("Enter")
    dialog = page.get_by_role("dialog", name="Delete Mine?")
    await expect(dialog).to_contain_text("It is the active one")
    await keys.press("Escape")
    await expect(mine.get_by_role("button", name="Delete: Mine")).to_be_focused()
    await keys.press("Enter")
    await dialog.get_by_role("button", name="Delete").press("Enter")
    await expect(mine).to_have_count(0)
    await expect(page.get_by_text(NONE_ACTIVE)).to_be_visible()
    await expect(page.get_by_role("button", name="Test: Built-in local engine")).to_be_focused()


async def test_what_is_refused_is_said_where_it_is(
    signed_in: Page, fake: FakeOpenAI, client: Client, guard: Guard
) -> None:
    page = signed_in
    guard.allow("status of 4(00|09)")
    await made(client, fake, "Mine", monthlyBudget=0, inputPricePerMillion=2.5)
    await made(client, fake, "Other", fallbackOrder=3)
    changes: list[str] = []
    page.on("request", lambda sent: changes.append(sent.method) if sent.method == "PATCH" else None)
    await page.goto("/ai-providers")
    await expect(card(page, "Mine")).to_contain_text("The budget is spent")
    await page.get_by_role("button", name="Edit: Other").click()
    dialog = page.get_by_role("dialog")
    key = dialog.get_by_label("Key")
    await expect(key).to_have_value("")
    await expect(key).to_have_accessible_description(re.compile("keep the saved key, sk-\\*\\*\\*"))

    await dialog.get_by_label("Address").fill("https://elsewhere.invalid/v1")
    await expect(key).to_have_accessible_description(re.compile("is not sent elsewhere"))
    for name in ("Test it before saving", "Save"):
        await dialog.get_by_role("button", name=name).click()
        await expect(key).to_be_focused()
        await expect(key).to_have_accessible_description(re.compile("Another address needs its"))
    assert changes == []

    await dialog.get_by_label("Address").fill(f"{fake.base_url}/")
    for label, value, words in (
        ("Name", "mine", "name"),
        ("Fallback order", "2000", "1 to 1000"),
        ("Price for tokens out", "2000000", "outputPricePerMillion"),
        ("Address", "ftp://127.0.0.1", "http"),
    ):
        control = dialog.get_by_label(label)
        former = await control.input_value()
        await control.fill(value)
        if label == "Address":
            await key.fill(KEY)
        await dialog.get_by_role("button", name="Save").click()
        await expect(control).to_be_focused()
        await expect(control).to_have_attribute("aria-invalid", "true")
        await expect(control).to_have_accessible_description(re.compile(words))
        await control.fill(former)
    await key.fill("")
    await dialog.get_by_label("Model").fill("fake-2")
    await dialog.get_by_role("button", name="Save").click()
    await expect(card(page, "Other")).to_contain_text("fake-2")
    await expect(page.get_by_role("button", name="Edit: Other")).to_be_focused()

    fake.script(*[Scripted(401, {"error": {"message": HOSTILE}})] * 2)
    await page.get_by_role("button", name="Test: Other").click()
    await expect(card(page, "Other")).to_contain_text("It gave no answer that can be used")
    await expect(card(page, "Other")).to_contain_text("rejected the API key")
    await page.get_by_role("button", name="Put the result away").click()
    await expect(page.get_by_role("button", name="Test: Other")).to_be_focused()


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_everybody_can_use_it_on_any_screen(
    signed_in: Page, fake: FakeOpenAI, client: Client, look: Look
) -> None:
    page = signed_in
    await made(client, fake, "W" * 90, monthlyBudget=5, outputPricePerMillion=0.6)
    fake.script(Scripted(body=completion({"caption": SAID})))
    await page.goto("/ai-providers")
    await page.get_by_role("button", name=re.compile("^Test: WWW")).click()
    await expect(page.locator("blockquote")).to_be_visible()
    assert await axe(page) == ""
    assert await overflow(page) <= 0
    await page.get_by_role("button", name="Add a provider").click()
    await page.get_by_role("dialog").get_by_label("Azure OpenAI").check()
    assert await axe(page) == ""
    assert await overflow(page) <= 0
