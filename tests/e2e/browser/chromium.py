"""Debian's Chromium, driven by Playwright: started once, a context of its own for each page."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Browser, BrowserContext, async_playwright

PATIENCE = 10_000
"""How long what should happen may take, in milliseconds."""
ABSENT = "there is no Chromium: install it with `apt-get install chromium`"
ARGUMENTS = (
    # A container's root has no sandbox, and its /dev/shm may be small.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--mute-audio",
    # Nothing leaves this machine, whatever a page or the browser itself asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@dataclass(frozen=True, slots=True)
class Look:
    """A screen, and what its owner prefers."""

    name: str
    width: int = 1280
    height: int = 800
    is_dark: bool = False
    is_phone: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def color_scheme(self) -> Literal["dark", "light"]:
        """What its owner prefers, in the words of a style sheet."""
        return "dark" if self.is_dark else "light"


LIGHT = Look("light")
DARK = Look("dark", is_dark=True)
PHONE = Look("phone", 390, 844, is_phone=True)
LOOKS = (LIGHT, DARK, PHONE)


def executable() -> str | None:
    """Where it is installed; None if it is not."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def started() -> AsyncIterator[Browser]:
    """The browser, until the block ends."""
    path = executable()
    if path is None:
        raise FileNotFoundError(ABSENT)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def opened(browser: Browser, url: str, look: Look = LIGHT) -> AsyncIterator[BrowserContext]:
    """A profile without cookies, in which a path is one below the URL."""
    context = await browser.new_context(
        base_url=url,
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.color_scheme,
        is_mobile=look.is_phone,
        has_touch=look.is_phone,
        # What turns and pulses is drawn by the processor here, sixty times a second.
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        await context.close()
