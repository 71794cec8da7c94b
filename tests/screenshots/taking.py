"""Looks at pages and keeps what is seen."""

import asyncio
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, BrowserContext

from tests.e2e.browser.chromium import LOOKS, Look, opened
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import give_session
from tests.e2e.hub_process import Hub
from tests.screenshots.stage import Stage

MOST_BYTES = 150_000
"""Of a file that is kept in the repository."""
COLOURS = (256, 192, 128, 96, 64, 48, 32)
SETTLED = """() => new Promise(resolve => {
    const quiet = 300, longest = 4000;
    let timer = setTimeout(resolve, quiet);
    const again = () => { clearTimeout(timer); timer = setTimeout(resolve, quiet); };
    new MutationObserver(again).observe(document,
        {subtree: true, childList: true, attributes: true, characterData: true});
    document.addEventListener("load", again, true);
    setTimeout(resolve, longest);
})"""
"""Resolves when nothing has changed for a moment, or has not stopped to for long."""
SEEN = """() => Promise.allSettled([...document.images]
    .filter(each => each.getBoundingClientRect().top < innerHeight)
    .map(each => each.decode()))"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, who looks at it, and on which screens README shows it."""

    name: str
    path: str
    shown: tuple[Look, ...] = ()
    is_signed_in: bool = True

    def file(self, look: Look) -> str:
        """What it is called on this screen."""
        return f"{self.name}-{look}.png"


async def take(
    browser: Browser,
    hub: Hub,
    stage: Stage,
    shots: Iterable[Shot],
    folder: Path,
    *,
    all_looks: bool,
) -> list[str]:
    """Writes a file for each shot and screen; tells what pages did that they may not."""
    shots = list(shots)
    told: list[str] = []

    async def on(look: Look, is_signed_in: bool) -> None:
        wanted = [
            shot
            for shot in shots
            if shot.is_signed_in is is_signed_in and (all_looks or look in shot.shown)
        ]
        if not wanted:
            return
        async with opened(browser, hub.url, look) as context:
            if is_signed_in:
                await give_session(context, hub)
            for shot in wanted:
                path = shot.path.format(asset=stage.asset_id, public=stage.public_id)
                guard = Guard(hub.url)
                guard.watch(context)
                seen = await _seen(context, path)
                target = folder / shot.file(look)
                await asyncio.to_thread(target.write_bytes, seen if all_looks else _small(seen))
                await guard.settle(context)
                told.extend(f"{shot.file(look)}: {each}" for each in guard.complaints)

    async with asyncio.TaskGroup() as group:
        for look in LOOKS:
            for is_signed_in in (True, False):
                group.create_task(on(look, is_signed_in))
    return sorted(set(told))


async def _seen(context: BrowserContext, path: str) -> bytes:
    page = await context.new_page()
    try:
        await page.goto(path)
        await page.evaluate(SETTLED)
        await page.evaluate(SEEN)
        return await page.screenshot(animations="disabled", caret="hide")
    finally:
        await page.close()


def _small(seen: bytes) -> bytes:
    """The same in fewer colours, as many as the size allows."""
    content = b""
    with Image.open(io.BytesIO(seen)) as opened_image:
        picture = opened_image.convert("RGB")
    for colours in COLOURS:
        reduced = picture.quantize(colours, dither=Image.Dither.NONE)
        target = io.BytesIO()
        reduced.save(target, "PNG", optimize=True)
        content = target.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content
