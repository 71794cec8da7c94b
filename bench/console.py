"""What the console asks of a browser: captions of what is dropped, and a list of ten thousand."""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import Page

from bench import ai, growth, kept
from bench.hub import Hub, running
from bench.pictures import photograph
from bench.scale import Scale
from bench.table import Goal, Row
from tests.e2e.browser.chromium import opened, started

DROPPED = 20
SIZE = (1200, 800)
PATIENCE_MS = 60_000
CAPTIONED = f"""() => [...document.querySelectorAll("photo-tile")]
    .filter(each => each.textContent.includes("A tabby cat sitting")).length === {DROPPED}"""
OBSERVED = """() => {
    window.longest = 0;
    new PerformanceObserver(list => {
        for (const each of list.getEntries()) window.longest = Math.max(longest, each.duration);
    }).observe({type: "longtask"});
}"""
SCROLL_PIXELS = 1000
"""Of one turn of the wheel: a hard flick."""
AT_END = """count => document.querySelector("photo-grid").items.length >= count
    && innerHeight + scrollY >= document.documentElement.scrollHeight - 2"""
SMOOTH = Goal(50, 50, "ms", more_is_better=False)


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of captions and of scrolling."""
    return [await _captions(scale, folder / "dropped"), await _scrolling(scale, folder / "listed")]


async def _captions(scale: Scale, folder: Path) -> Row:
    times: list[float] = []
    async with ai.running(0) as endpoint:
        for number in range(scale.rounds):
            own = folder / str(number)
            async with running(own) as hub, started() as browser:
                profile = {"name": "bench", "apiBaseUrl": endpoint, "apiKey": "none"}
                profile |= {"modelName": "fake-vision-1"}
                await hub.data("POST", "/system/ai/providers", json=profile)
                async with opened(browser, hub.url) as context:
                    page = await context.new_page()
                    await _sign_in(page, hub, own)
                    times.append(await _captioned(page))
    what = f"{DROPPED} pictures chosen at once, until all captions are there"
    return Row(what, statistics.median(times), "s", note=f"{min(times):.2f} to {max(times):.2f} s")


async def _captioned(page: Page) -> float:
    await page.goto("/assets")
    chooser = page.locator("input[type=file]").first
    await chooser.wait_for(state="attached")
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.jpg") for number in range(DROPPED)]
        for number, file in enumerate(files):
            file.write_bytes(photograph(*SIZE, seed=number))
        before = time.perf_counter()
        await chooser.set_input_files(files)
        await page.wait_for_function(CAPTIONED, timeout=PATIENCE_MS)
        return time.perf_counter() - before


async def _scrolling(scale: Scale, folder: Path) -> Row:
    count = min(scale.few_assets, 10_000)
    await growth.prepare(folder, {}, count)
    await kept.thumbnails(folder)
    async with (
        running(folder) as hub,
        started() as browser,
        opened(browser, hub.url) as context,
    ):
        page = await context.new_page()
        await page.goto("/gallery")
        await page.locator("photo-tile").first.wait_for()
        await page.evaluate(OBSERVED)
        before = time.perf_counter()
        steps = 0
        while not await page.evaluate(AT_END, count):
            await page.mouse.wheel(0, SCROLL_PIXELS)
            steps += 1
        took = time.perf_counter() - before
        longest = float(await page.evaluate("longest"))
    note = f"{steps} turns of the wheel in {took:.0f} s; 0 stands for none over 50 ms"
    what = f"scrolling a gallery of {count:,}: longest task"
    return Row(what, longest, "ms", judged=longest, goal=SMOOTH, note=note)


async def _sign_in(page: Page, hub: Hub, folder: Path) -> None:
    await page.goto(f"{hub.url}/login")
    await page.fill("input[name=username]", "admin")
    await page.fill("input[name=password]", (folder / "admin-password").read_text().strip())
    await page.click("button[type=submit]")
    await page.wait_for_url("**/assets*")
