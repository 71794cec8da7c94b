"""A browser for a test process, and pages of a hub that may not do what ours do not."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser.chromium import ABSENT, LIGHT, PATIENCE, Look, executable, opened, started
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.signing_in import give_session
from tests.e2e.hub_process import Hub


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one of this process; tests that need it are skipped if there is none."""
    if executable() is None:
        pytest.skip(ABSENT)
    expect.set_options(timeout=PATIENCE)
    async with started() as running:
        yield running


@pytest.fixture
def look() -> Look:
    """The screen that `page` is shown on; tests for others parametrize it."""
    return LIGHT


@pytest.fixture
def guard(hub: Hub) -> Guard:
    """What `page` has done that it may not; tests allow what they provoke."""
    return Guard(hub.url)


@pytest.fixture
async def context(
    browser: Browser, hub: Hub, guard: Guard, look: Look
) -> AsyncIterator[BrowserContext]:
    """A profile without cookies; the test fails if one of its pages did what it may not."""
    async with opened(browser, hub.url, look) as made:
        guard.watch(made)
        yield made
        await guard.settle(made)
    assert guard.complaints == []


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """An empty page of somebody who has not signed in."""
    return await context.new_page()


@pytest.fixture
async def signed_in(context: BrowserContext, hub: Hub, page: Page) -> Page:
    """The page of somebody who has signed in."""
    await give_session(context, hub)
    return page
