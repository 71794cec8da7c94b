"""What a page must be for everybody: axe-core, run in it, and whether it fits the screen."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import Page

GRAVE = frozenset({"serious", "critical"})
RUN = "() => axe.run(document, {resultTypes: ['violations'], preload: false})"
OVERFLOW = """async () => {
    // What is laid out by its element's size is so in the frame after.
    for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
    return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}"""


async def axe(page: Page) -> str:
    """What it finds serious or critical, for a person to read; "" if there is nothing.

    Our script gets in through the debugger, so that the page's policy need not allow it.
    """
    await page.evaluate(_source())
    found = await page.evaluate(RUN)
    return "\n".join(_told(each) for each in found["violations"] if each["impact"] in GRAVE)


async def overflow(page: Page) -> int:
    """By how many pixels it scrolls sideways."""
    wider: int = await page.evaluate(OVERFLOW)
    return wider


@cache
def _source() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def _told(violation: dict[str, Any]) -> str:
    lines = [f"{violation['impact']}: {violation['help']} ({violation['id']})"]
    for node in violation["nodes"]:
        lines += [f"  {node['html']}", f"    {node['failureSummary']}"]
    return "\n".join(lines)
