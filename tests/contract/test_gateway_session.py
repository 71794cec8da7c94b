"""Signing in and out through the gateway, with tokens and with cookies."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any

import httpx
import pytest
from nekohub.accounts.v1 import accounts_pb2 as pb

from services.chassis.clock import datetime_of, now, timestamp
from services.chassis.errors import HubError, ResourceExhausted, Unauthenticated
from tests.contract.gateway_accounts import token
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub
from tests.contract.test_gateway_users import USER, WHEN_TEXT

AUTH = "/api/v1/auth"
LOGIN = {"username": "mia", "password": "correct horse"}
CSRF = {"X-NekoHub-CSRF": "1"}
BEARER = {"authorization": f"Bearer {token()}"}
COOKIES = {"cookie": f"nekohub_session={token()}; nekohub_refresh=refresh-1"}


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.accounts.requests.clear()
    shared.accounts.failure = None
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


def cookies_of(response: httpx.Response) -> dict[str, Morsel[str]]:
    """What a response tells a browser to keep."""
    found: dict[str, Morsel[str]] = {}
    for value in response.headers.get_list("set-cookie"):
        found |= SimpleCookie(value)
    return found


async def test_login(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.post(f"{AUTH}/login", json=LOGIN)
    assert response.status_code == 200
    session = hub.accounts.session
    assert response.json()["data"] == {
        "accessToken": session.access_token,
        "refreshToken": "refresh-1",
        "accessTokenExpiresAtUtc": WHEN_TEXT,
        "refreshTokenExpiresAtUtc": response.json()["data"]["refreshTokenExpiresAtUtc"],
        "user": USER,
    }
    assert response.headers["cache-control"] == "no-store"
    assert cookies_of(response) == {}
    assert hub.accounts.requests == [
        pb.LoginRequest(username="mia", password="correct horse", client_address="127.0.0.1")
    ]


@pytest.mark.parametrize(
    ("base_url", "path", "is_secure"),
    [
        ("http://127.0.0.1:5121", "/api/v1/auth", False),
        ("https://hub.example.com", "/api/v1/auth", True),
        ("https://example.com/hub", "/hub/api/v1/auth", True),
    ],
)
async def test_login_with_a_session_sets_two_cookies(
    base_url: str, path: str, is_secure: bool
) -> None:
    async with running_hub(base_url=base_url) as hub, client_of(hub, None) as client:
        response = await client.post(f"{AUTH}/login", json=LOGIN | {"session": True})
        cleared = await client.post(f"{AUTH}/logout", headers=COOKIES | CSRF)
    found = cookies_of(response)
    session = hub.accounts.session
    assert {name: morsel.value for name, morsel in found.items()} == {
        "nekohub_session": session.access_token,
        "nekohub_refresh": session.refresh_token,
    }
    assert [morsel["path"] for morsel in found.values()] == ["/", path]
    for morsel in found.values():
        assert (morsel["httponly"], morsel["samesite"]) == (True, "strict")
        assert bool(morsel["secure"]) == is_secure
        assert morsel["domain"] == ""
        assert 0 <= 30 * 86_400 - int(morsel["max-age"]) < 3600
    gone = cookies_of(cleared)
    assert [morsel["path"] for morsel in gone.values()] == ["/", path]
    assert [(morsel.value, morsel["max-age"]) for morsel in gone.values()] == [("", "0")] * 2


async def test_a_session_that_is_nearly_over_is_kept_no_longer(hub: Hub) -> None:
    before = timestamp(datetime_of(hub.accounts.session.refresh_expire_time))
    hub.accounts.session.refresh_expire_time.CopyFrom(timestamp(now() - timedelta(minutes=1)))
    try:
        async with client_of(hub, None) as client:
            response = await client.post(f"{AUTH}/login", json=LOGIN | {"session": True})
    finally:
        hub.accounts.session.refresh_expire_time.CopyFrom(before)
    assert [each["max-age"] for each in cookies_of(response).values()] == ["0", "0"]


@pytest.mark.parametrize("route", ["refresh", "logout"])
async def test_a_token_in_the_body_needs_no_header_beside_it(
    hub: Hub, client: httpx.AsyncClient, route: str
) -> None:
    response = await client.post(
        f"{AUTH}/{route}", json={"refreshToken": "mine"}, headers=BEARER | COOKIES
    )
    assert response.status_code in (200, 204)
    assert [request.refresh_token for request in hub.accounts.requests] == ["mine"]
    if route == "refresh":
        assert cookies_of(response) == {}


@pytest.mark.parametrize("route", ["refresh", "logout"])
@pytest.mark.parametrize("body", [None, {}, {"refreshToken": None}])
async def test_a_token_of_the_cookie_needs_the_header(
    hub: Hub, client: httpx.AsyncClient, route: str, body: dict[str, Any] | None
) -> None:
    given: dict[str, Any] = {} if body is None else {"json": body}
    for headers in (COOKIES, COOKIES | BEARER):
        alone = await client.post(f"{AUTH}/{route}", headers=headers, **given)
        assert (alone.status_code, error_of(alone)["code"]) == (403, "auth_csrf_missing")
    assert hub.accounts.requests == []
    response = await client.post(f"{AUTH}/{route}", headers=COOKIES | CSRF, **given)
    assert response.status_code in (200, 204)
    assert [request.refresh_token for request in hub.accounts.requests] == ["refresh-1"]
    assert [*cookies_of(response)] == ["nekohub_session", "nekohub_refresh"]
    assert response.headers["cache-control"] == "no-store"


async def test_signing_out_everywhere(hub: Hub, client: httpx.AsyncClient) -> None:
    for headers, body, asked in (
        (COOKIES | CSRF, {"everywhere": True}, ("refresh-1", True)),
        (BEARER, {"everywhere": True, "refreshToken": "mine"}, ("mine", True)),
        (BEARER, {"everywhere": False, "refreshToken": "mine"}, ("mine", False)),
        (COOKIES | CSRF, {}, ("refresh-1", False)),
    ):
        response = await client.post(f"{AUTH}/logout", headers=headers, json=body)
        assert (response.status_code, response.content) == (204, b"")
        assert [(each.value, each["max-age"]) for each in cookies_of(response).values()] == [
            ("", "0"),
            ("", "0"),
        ]
        token, everywhere = asked
        assert hub.accounts.requests == [
            pb.LogoutRequest(refresh_token=token, everywhere=everywhere)
        ]
        hub.accounts.requests.clear()


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        (COOKIES, {"everywhere": True}, "auth_csrf_missing"),
        (BEARER, {"everywhere": True}, "request_invalid"),
        (COOKIES | CSRF, {"everywhere": "yes"}, "request_invalid"),
        (COOKIES | CSRF, {"everywhere": None}, "request_invalid"),
        ({"authorization": f"Bearer {API_KEY}"}, {"everywhere": True}, "auth_forbidden"),
        ({}, {"everywhere": True, "refreshToken": "mine"}, "auth_unauthorized"),
    ],
)
async def test_who_may_not_sign_out_everywhere(
    hub: Hub, client: httpx.AsyncClient, headers: dict[str, str], body: dict[str, Any], code: str
) -> None:
    response = await client.post(f"{AUTH}/logout", headers=headers, json=body)
    assert error_of(response)["code"] == code
    assert cookies_of(response) == {}
    assert hub.accounts.requests == []


@pytest.mark.parametrize("route", ["refresh", "logout"])
async def test_without_any_refresh_token_it_is_named(
    hub: Hub, client: httpx.AsyncClient, route: str
) -> None:
    response = await client.post(f"{AUTH}/{route}", headers=BEARER | CSRF)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert "'refreshToken'" in error_of(response)["message"]
    assert hub.accounts.requests == []


async def test_refresh_needs_no_access_token(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.post(f"{AUTH}/refresh", json={"refreshToken": "mine"})
    assert response.json()["data"]["accessToken"] == hub.accounts.session.access_token


@pytest.mark.parametrize("sent", [{"Origin": "http://hub"}, {"Sec-Fetch-Site": "same-origin"}])
async def test_a_page_with_a_session_is_told_no_token(
    hub: Hub, client: httpx.AsyncClient, sent: dict[str, str]
) -> None:
    opened = await client.post(f"{AUTH}/login", json=LOGIN | {"session": True}, headers=sent)
    client.cookies.clear()
    renewed = await client.post(f"{AUTH}/refresh", headers=sent | COOKIES | CSRF)
    for response in (opened, renewed):
        session = response.json()["data"]
        assert (session["accessToken"], session["refreshToken"]) == (None, None)
        assert session["accessTokenExpiresAtUtc"] == WHEN_TEXT
        assert cookies_of(response)["nekohub_session"].value == hub.accounts.session.access_token


async def test_a_page_without_a_session_keeps_its_tokens_itself(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    response = await client.post(f"{AUTH}/login", json=LOGIN, headers={"Origin": "http://hub"})
    assert response.json()["data"]["accessToken"] == hub.accounts.session.access_token


@pytest.mark.parametrize("route", ["login", "refresh"])
async def test_a_body_may_be_no_longer_than_its_fields(
    hub: Hub, client: httpx.AsyncClient, route: str
) -> None:
    response = await client.post(f"{AUTH}/{route}", json={"username": "x" * 16384})
    assert (response.status_code, error_of(response)["code"]) == (413, "request_too_large")
    assert "16384 bytes" in error_of(response)["message"]
    assert hub.accounts.requests == []


async def test_me(hub: Hub, client: httpx.AsyncClient) -> None:
    for headers in (BEARER, COOKIES):
        response = await client.get(f"{AUTH}/me", headers=headers)
        assert (response.status_code, response.json()) == (200, {"data": USER})
    assert hub.accounts.requests == [pb.GetUserRequest(user_id="user-1")] * 2


async def test_a_key_is_nobody_who_has_signed_in(hub: Hub, client: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {API_KEY}"}
    for response in (
        await client.get(f"{AUTH}/me", headers=headers),
        await client.post(f"{AUTH}/logout", json={"refreshToken": "mine"}, headers=headers),
    ):
        assert (response.status_code, error_of(response)["code"]) == (403, "auth_forbidden")
    assert hub.accounts.requests == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unauthenticated("AUTH_INVALID_CREDENTIALS", "m"), 401),
        (Unauthenticated("AUTH_USER_INACTIVE", "m"), 401),
        (Unauthenticated("AUTH_REFRESH_TOKEN_INVALID", "m"), 401),
        (Unauthenticated("AUTH_REFRESH_TOKEN_REUSED", "m"), 401),
        (ResourceExhausted("AUTH_RATE_LIMITED", "m", retry_after="37"), 429),
    ],
)
async def test_what_accounts_refuses_is_passed_on(
    hub: Hub, client: httpx.AsyncClient, error: HubError, status: int
) -> None:
    hub.accounts.failure = error
    for response in (
        await client.post(f"{AUTH}/login", json=LOGIN | {"session": True}),
        await client.post(f"{AUTH}/refresh", headers=COOKIES | CSRF),
    ):
        assert (response.status_code, error_of(response)["code"]) == (status, error.reason.lower())
        assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
        assert response.headers.get("retry-after") == ("37" if status == 429 else None)
        assert cookies_of(response) == {}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "mia"},
        {"password": "correct horse"},
        {"username": "mia", "password": ["correct horse"]},
        {"username": "mia", "password": "correct horse", "session": "yes"},
        {"username": "mia", "password": "correct horse", "passwort": "correct horse"},
    ],
)
async def test_a_wrong_login_is_refused_without_its_values(
    hub: Hub, client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    response = await client.post(f"{AUTH}/login", json=body)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert "horse" not in response.text
    assert hub.accounts.requests == []


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"],
)
async def test_a_form_of_another_page_signs_nobody_in(
    hub: Hub, client: httpx.AsyncClient, content_type: str
) -> None:
    response = await client.post(
        f"{AUTH}/login",
        content=b'{"username": "mia", "password": "correct horse", "session": true}',
        headers={"content-type": content_type},
    )
    assert response.status_code == 400
    assert hub.accounts.requests == []


async def test_nothing_secret_is_logged(
    hub: Hub, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await client.post(f"{AUTH}/login", json=LOGIN | {"session": True})
    await client.post(f"{AUTH}/refresh", headers=COOKIES | CSRF)
    await client.get(f"{AUTH}/me", headers=BEARER)
    hub.accounts.failure = RuntimeError("a fault")  # type: ignore[assignment]
    await client.post(f"{AUTH}/login", json=LOGIN)
    ours = [each for each in caplog.records if each.name.startswith(("gateway", "services"))]
    logged = "\n".join(f"{each.getMessage()} {each.exc_text} {each.__dict__}" for each in ours)
    assert "/api/v1/auth/login" in logged
    for secret in ("correct horse", "refresh-1", token(), hub.accounts.session.access_token):
        assert secret not in logged


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ([], "127.0.0.1"),
        ([("x-forwarded-for", "198.51.100.7")], "198.51.100.7"),
        ([("x-forwarded-for", "192.0.2.1, 198.51.100.7, 10.1.2.3")], "198.51.100.7"),
    ],
)
async def test_accounts_hears_where_a_login_comes_from(
    headers: list[tuple[str, str]], address: str
) -> None:
    trusted = ("127.0.0.0/8", "10.0.0.0/8")
    async with running_hub(trusted_proxies=trusted) as hub, client_of(hub, None) as client:
        await client.post(f"{AUTH}/login", json=LOGIN, headers=headers)
    assert [request.client_address for request in hub.accounts.requests] == [address]


async def test_whom_nobody_trusts_is_not_believed(hub: Hub, client: httpx.AsyncClient) -> None:
    headers = {"x-forwarded-for": "198.51.100.7"}
    await client.post(f"{AUTH}/login", json=LOGIN, headers=headers)
    assert [request.client_address for request in hub.accounts.requests] == ["127.0.0.1"]
