"""What browser tests look with: it sees what is wrong, and gets through a strict policy."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import opened
from tests.e2e.browser.dropping import Dropped, drop
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.pages import script, served

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="
FAULTS = {
    "/logs": (script("console.error('alas')"), "^console: alas "),
    "/throws": (script("throw new Error('alas')"), "^uncaught: alas "),
    "/rejects": (script("Promise.reject(new Error('alas'))"), "^uncaught: alas "),
    "/script": ("<script>1</script>", "inline script violates .* Content Security Policy"),
    "/style": ('<p style="color: red">text</p>', "inline style violates"),
    "/handler": ('<p onclick="1">text</p>', "inline event handler violates"),
    "/trusts": (script("document.body.innerHTML = '<p>'"), "requires 'TrustedHTML'"),
    "/picture": (
        '<img alt="" src="http://elsewhere.invalid/a">',
        r"the image 'http://elsewhere\.invalid/a' violates",
    ),
    "/asks": (
        script("fetch('http://elsewhere.invalid/b').catch(() => 0)"),
        r"^a request elsewhere: GET http://elsewhere\.invalid/b$",
    ),
    "/refused": (script("fetch('/nothing')"), "status of 404 .*/nothing"),
}
"""What a page has, and what is said of it."""
DROPS = script("""
    const field = document.querySelector("#field");
    field.addEventListener("dragover", event => event.preventDefault());
    field.addEventListener("drop", async event => {
        const files = [...event.dataTransfer.files];
        const texts = await Promise.all(files.map(async file =>
            `${file.name} (${file.type}): ${await file.text()}`));
        field.textContent = texts.join(", ");
    });
""")
BODIES = {path: body for path, (body, _) in FAULTS.items()} | {
    "/fine": f'<img alt="" src="{PIXEL}">{script("console.warn(1)")}',
    "/unlabelled": "<h1>A field</h1><input>",
    "/wide": f"<p>{'a' * 1000}</p>",
    "/field": f'<div id="field"></div>{DROPS}',
}


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    """Where the pages are."""
    async with served(BODIES) as address:
        yield address


@pytest.fixture(scope="module")
async def shown(browser: Browser, url: str) -> AsyncIterator[Page]:
    """One that shows them, watched by nobody."""
    async with opened(browser, url) as context:
        yield await context.new_page()


async def watched(page: Page, url: str, path: str) -> Guard:
    """What is said of a page, once it has loaded and asked for what it asks for."""
    guard = Guard(url)
    guard.watch(page.context)
    await page.goto(path)
    await page.evaluate("fetch('/fine')")
    await guard.settle(page.context)
    return guard


@pytest.mark.parametrize("path", FAULTS)
async def test_a_fault_is_reported(shown: Page, url: str, path: str) -> None:
    guard = await watched(shown, url, path)
    pattern = re.compile(FAULTS[path][1], re.MULTILINE)
    assert pattern.search("\n".join(guard.complaints))


async def test_nothing_is_said_of_a_page_without_faults(shown: Page, url: str) -> None:
    assert (await watched(shown, url, "/fine")).complaints == []


async def test_what_is_expected_is_no_complaint(shown: Page, url: str) -> None:
    guard = await watched(shown, url, "/refused")
    guard.allow("status of 401")
    assert len(guard.complaints) == 1
    guard.allow(r"status of 404 .*/nothing")
    assert guard.complaints == []


async def test_axe_runs_under_the_policy(shown: Page) -> None:
    await shown.goto("/unlabelled")
    findings = await axe(shown)
    assert findings.startswith("critical: Form elements must have labels (label)\n  <input>\n")


async def test_what_is_wider_than_the_screen_is_measured(shown: Page) -> None:
    await shown.goto("/fine")
    assert await overflow(shown) == 0
    await shown.goto("/wide")
    assert await overflow(shown) > 1000


async def test_files_are_dropped(shown: Page) -> None:
    files = [Dropped("a <b>.jpg", "é".encode()), Dropped("b.png", b"2", "image/png")]
    await shown.goto("/field")
    await drop(shown, "#field", files)
    told = "a <b>.jpg (image/jpeg): é, b.png (image/png): 2"
    await expect(shown.locator("#field")).to_have_text(told)
