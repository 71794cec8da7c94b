"""The super admin of a hub, signed in."""

from dataclasses import dataclass
from http.cookiejar import Cookie

import httpx
from playwright.async_api import Page

from tests.e2e.browser.profiles import rest
from tests.e2e.hub_process import Hub

NAME = "admin"
NOTED = "expires => localStorage.setItem('nekohub.access-expires', Date.parse(expires))"
"""What a page of ours keeps, so that it knows later that it is worth asking who has signed in."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser has of one: its cookies, and until when it need not be renewed."""

    cookies: tuple[Cookie, ...]
    expires: str


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


async def a_session(hub: Hub) -> Session:
    """A new one, without a browser."""
    credentials = {"username": NAME, "password": password(hub), "session": True}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{hub.url}/api/v1/auth/login", json=credentials)
    assert answer.is_success, answer.text
    cookies = tuple(answer.cookies.jar)
    return Session(cookies, answer.json()["data"]["accessTokenExpiresAtUtc"])


async def give_session(page: Page, session: Session) -> None:
    """Gives the profile of a page what it has after signing in, without the form."""
    await page.context.add_cookies(
        [
            {
                "name": each.name,
                "value": each.value or "",
                "domain": each.domain,
                "path": each.path,
                "httpOnly": True,
                "sameSite": "Strict",
            }
            for each in session.cookies
        ]
    )
    await rest(page)
    await page.evaluate(NOTED, session.expires)
