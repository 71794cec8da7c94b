"""Browser profiles that tests have one after the other."""

from contextlib import AsyncExitStack

from playwright.async_api import Browser, BrowserContext, Page

from tests.e2e.browser.chromium import Look, opened
from tests.e2e.hub_process import Hub

EMPTY = '<!doctype html><html lang="en"><title>Empty</title><link rel="icon" href="data:,"></html>'
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"


class Profiles:
    """Those for one hub, with one page each. They keep what they have loaded and compiled, which
    is most of what a page costs, but nothing of who used them.
    """

    def __init__(self, stack: AsyncExitStack, browser: Browser, hub: Hub) -> None:
        self._stack = stack
        self._browser = browser
        self._hub = hub
        self._made: dict[bool, BrowserContext] = {}
        """By whether it is a phone's."""

    async def used(self, look: Look) -> BrowserContext:
        """The one that has this look, as `clean` has left it."""
        if look.is_phone not in self._made:
            profile = opened(self._browser, self._hub.url, look)
            self._made[look.is_phone] = await self._stack.enter_async_context(profile)
            await self._made[look.is_phone].new_page()
        context = self._made[look.is_phone]
        (page,) = context.pages
        await page.set_viewport_size({"width": look.width, "height": look.height})
        await page.emulate_media(color_scheme=look.color_scheme)
        return context

    async def clean(self, context: BrowserContext) -> None:
        """Takes from a profile what a test has done with it."""
        page, *others = context.pages
        for other in others:
            await other.close()
        await context.set_offline(False)
        await page.unroute_all(behavior="ignoreErrors")
        # Nothing runs any more that could keep something.
        await rest(page)
        await page.evaluate(FORGET)
        await context.clear_cookies()


async def rest(page: Page) -> None:
    """Goes to a document of the hub's address in which nothing runs."""
    await page.route(
        "**/empty", lambda route: route.fulfill(body=EMPTY, content_type="text/html"), times=1
    )
    await page.goto("/empty")
