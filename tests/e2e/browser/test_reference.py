"""/docs, as people see it."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser.accessibility import axe, overflow
from tests.e2e.browser.chromium import DARK, LIGHT, PHONE, Look
from tests.e2e.browser.guard import Guard

MOST = "main > section:nth-of-type(n + 3)"
"""Sections that are made as the first two are: axe takes seconds for all."""


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=str)
async def test_axe_finds_nothing_grave(page: Page, look: Look) -> None:
    await page.goto("/docs")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("NekoHub")
    await page.evaluate("most => document.querySelectorAll(most).forEach(e => e.remove())", MOST)
    assert await axe(page) == ""


@pytest.mark.parametrize("look", [PHONE], ids=str)
async def test_it_fits_a_phone(page: Page, look: Look) -> None:
    await page.goto("/docs")
    await expect(
        page.get_by_role("heading", name="POST /api/v1/assets", exact=True)
    ).to_be_visible()
    assert await overflow(page) == 0


async def test_a_session_is_given(signed_in: Page, guard: Guard) -> None:
    guard.allow("/favicon.ico")
    answer = await signed_in.goto("/api/v1/auth/me")
    assert answer is not None
    assert (await answer.json())["data"]["username"] == "admin"
