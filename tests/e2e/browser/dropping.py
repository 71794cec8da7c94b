"""Files from outside the browser, as a person drops or pastes them."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import JSHandle, Page

MADE = """files => {
    const transfer = new DataTransfer();
    for (const {name, type, bytes} of files) {
        const content = Uint8Array.from(atob(bytes), each => each.charCodeAt(0));
        transfer.items.add(new File([content], name, {type}));
    }
    return transfer;
}"""

PASTED = """transfer => document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true}))"""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file on a person's disk."""

    name: str
    content: bytes
    type: str = "image/jpeg"


async def transfer(page: Page, files: Sequence[Dropped]) -> JSHandle:
    """A DataTransfer of them, for an event."""
    return await page.evaluate_handle(
        MADE,
        [
            {"name": file.name, "type": file.type, "bytes": base64.b64encode(file.content).decode()}
            for file in files
        ],
    )


async def drop(page: Page, selector: str, files: Sequence[Dropped]) -> None:
    """Drags files over an element and lets go of them there."""
    carried = await transfer(page, files)
    for event in ("dragenter", "dragover", "drop"):
        await page.dispatch_event(selector, event, {"dataTransfer": carried})


async def paste(page: Page, files: Sequence[Dropped]) -> None:
    """Pastes files where the focus is."""
    await page.evaluate(PASTED, await transfer(page, files))
