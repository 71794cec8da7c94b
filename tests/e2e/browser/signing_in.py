"""The super admin of a hub, signed in."""

from playwright.async_api import BrowserContext, Page

from tests.e2e.hub_process import Hub

NAME = "admin"


def password(hub: Hub) -> str:
    """What the hub made at its first start."""
    return (hub.folder / "admin-password").read_text().strip()


async def sign_in(page: Page, hub: Hub) -> None:
    """Signs in as a person does, through the form."""
    await page.goto("/login")
    await page.fill("input[name=username]", NAME)
    await page.fill("input[name=password]", password(hub))
    await page.click("button[type=submit]")
    await page.wait_for_url("**/assets")


async def give_session(context: BrowserContext, hub: Hub) -> None:
    """Gives a context the cookies of a session, without a page."""
    answer = await context.request.post(
        "/api/v1/auth/login",
        data={"username": NAME, "password": password(hub), "session": True},
    )
    assert answer.ok, await answer.text()
