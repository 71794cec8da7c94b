"""The super admin of a hub, signed in."""

from playwright.async_api import BrowserContext, Page

from tests.e2e.hub_process import Hub

NAME = "admin"
EMPTY = '<!doctype html><html lang="en"><title>Empty</title><link rel="icon" href="data:,"></html>'
NOTED = "session => localStorage.setItem('nekohub.access-expires', Date.parse(session))"
"""What a page of ours keeps, so that it knows later that it is worth asking who has signed in."""


def password(hub: Hub) -> str:
    """What the hub made at its first start."""
    return (hub.folder / "admin-password").read_text().strip()


async def sign_in(page: Page, hub: Hub) -> None:
    """Signs in as a person does, through the form."""
    await page.goto("/login")
    await send_form(page, NAME, password(hub))
    await page.wait_for_url("**/assets")


async def send_form(page: Page, username: str, secret: str) -> None:
    """Fills in the form on the page, and sends it."""
    await page.fill("input[name=username]", username)
    await page.fill("input[name=password]", secret)
    await page.click("button[type=submit]")


async def give_session(context: BrowserContext, hub: Hub) -> None:
    """Gives a context what it has after signing in, without the form."""
    answer = await context.request.post(
        "/api/v1/auth/login",
        data={"username": NAME, "password": password(hub), "session": True},
    )
    assert answer.ok, await answer.text()
    session = (await answer.json())["data"]
    async with await context.new_page() as page:
        await page.route(
            "**/empty", lambda route: route.fulfill(body=EMPTY, content_type="text/html")
        )
        await page.goto("/empty")
        await page.evaluate(NOTED, session["accessTokenExpiresAtUtc"])
