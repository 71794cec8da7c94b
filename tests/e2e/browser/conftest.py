"""A browser for a test process, and pages of a hub that may not do what ours do not."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser.chromium import ABSENT, LIGHT, PATIENCE, Look, executable, started
from tests.e2e.browser.guard import Guard
from tests.e2e.browser.profiles import Profiles
from tests.e2e.browser.signing_in import Session, a_session, give_session
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


@pytest.fixture(scope="module")
async def profiles(browser: Browser, hub: Hub) -> AsyncIterator[Profiles]:
    """One for each look: what it has loaded of the console, the next test need not load again."""
    async with AsyncExitStack() as stack:
        yield Profiles(stack, browser, hub)


@pytest.fixture
async def context(profiles: Profiles, guard: Guard, look: Look) -> AsyncIterator[BrowserContext]:
    """A profile without cookies; the test fails if one of its pages did what it may not."""
    context = await profiles.used(look)
    guard.watch(context)
    yield context
    await guard.settle(context)
    guard.leave(context)
    await profiles.clean(context)
    assert guard.complaints == []


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    """An empty page of somebody who has not signed in."""
    return context.pages[0]


@pytest.fixture(scope="module")
async def session(hub: Hub) -> Session:
    """The one that `signed_in` has; who ends it needs one of their own."""
    return await a_session(hub)


@pytest.fixture
async def signed_in(page: Page, session: Session) -> Page:
    """The page of somebody who has signed in."""
    await give_session(page, session)
    return page
