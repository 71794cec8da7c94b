"""Looks at pages and keeps what is seen."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Error

from tests.e2e.browser.chromium import LOOKS, Look, opened
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import a_session, give_session
from tests.e2e.hub_process import Hub
from tests.screenshots.shrinking import small
from tests.screenshots.stage import Stage

SETTLED = """() => new Promise(resolve => {
    const quiet = 300, longest = 8000;
    const isComing = () =>
        document.querySelector(".note.loading") || !document.querySelector("main > *");
    const look = () => isComing() ? again() : resolve();
    let timer = setTimeout(look, quiet);
    const again = () => { clearTimeout(timer); timer = setTimeout(look, quiet); };
    new MutationObserver(again).observe(document,
        {subtree: true, childList: true, attributes: true, characterData: true});
    document.addEventListener("load", again, true);
    setTimeout(resolve, longest);
})"""
"""Resolves when all has come and nothing changes for a moment, or it has changed for long."""
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

    def on(self, look: Look) -> str:
        """What it is called on this screen."""
        return f"{self.name}-{look}"


@dataclass(frozen=True, slots=True)
class Looking:
    """Who looks at what, and where the pictures go."""

    browser: Browser
    hub: Hub
    stage: Stage
    folder: Path
    all_looks: bool
    """Whether every page is looked at on every screen, and kept as it is."""

    def wanted(self, shots: Sequence[Shot], look: Look, *, is_signed_in: bool) -> list[Shot]:
        """What one person looks at on one screen."""
        return [
            shot
            for shot in shots
            if shot.is_signed_in is is_signed_in and (self.all_looks or look in shot.shown)
        ]

    def path(self, shot: Shot) -> str:
        """Where the page is."""
        return shot.path.format(asset=self.stage.asset_id, public=self.stage.public_id)


async def take(looking: Looking, shots: Sequence[Shot]) -> list[str]:
    """Writes a file for each shot and screen; tells what pages did that they may not."""
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_by_one(looking, look, wanted))
            for look in LOOKS
            for is_signed_in in (True, False)
            if (wanted := looking.wanted(shots, look, is_signed_in=is_signed_in))
        ]
    return sorted(each for task in tasks for each in task.result())


async def _by_one(looking: Looking, look: Look, shots: Sequence[Shot]) -> list[str]:
    """Those that one person looks at on one screen."""
    told: list[str] = []
    async with opened(looking.browser, looking.hub.url, look) as context:
        if shots[0].is_signed_in:
            async with await context.new_page() as page:
                await give_session(page, await a_session(looking.hub))
        for shot in shots:
            guard = Guard(looking.hub.url)
            guard.watch(context)
            try:
                seen = await _seen(context, looking.path(shot))
            except Error as error:
                told.append(f"{shot.on(look)}: {error.message}")
                continue
            told += [f"{shot.on(look)}: {each}" for each in guard.complaints]
            if looking.all_looks:
                (looking.folder / f"{shot.on(look)}.png").write_bytes(seen)
            else:
                made = await asyncio.to_thread(small, seen)
                (looking.folder / f"{shot.on(look)}.webp").write_bytes(made)
    return told


async def _seen(context: BrowserContext, path: str) -> bytes:
    page = await context.new_page()
    try:
        await page.goto(path)
        await page.evaluate(SETTLED)
        await page.evaluate(SEEN)
        return await page.screenshot(animations="disabled", caret="hide")
    finally:
        await page.close()
