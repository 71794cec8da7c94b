"""People sign in, and may what they may: over HTTP, with the real services behind it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.hub_process import CAT, Client, Hub, running_hub

PASSWORD = "correct horse battery"
CSRF = {"X-NekoHub-CSRF": "1"}


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub that believes its clients about where they are, so that one test limits no other."""
    folder = tmp_path_factory.mktemp("hub")
    async with running_hub(folder, NEKOHUB_TRUSTED_PROXIES="127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
async def admin(hub: Hub) -> AsyncIterator[Client]:
    """A client of the superAdmin, with the password that the hub made."""
    password = (hub.folder / "admin-password").read_text().strip()
    async with await signed_in(hub, "admin", password) as client:
        yield client


@pytest.fixture
async def nobody(hub: Hub) -> AsyncIterator[Client]:
    """A client without any credential."""
    async with Client(hub.url, {}) as client:
        yield client


async def session_of(hub: Hub, username: str, password: str = PASSWORD) -> dict[str, Any]:
    """What signing in is answered with."""
    body = {"username": username, "password": password}
    async with Client(hub.url, {}) as client:
        session: dict[str, Any] = await client.data("POST", "/auth/login", json=body)
    return session


def with_token(hub: Hub, session: dict[str, Any]) -> Client:
    """A client with the session's access token."""
    return Client(hub.url, {"Authorization": f"Bearer {session['accessToken']}"})


async def signed_in(hub: Hub, username: str, password: str = PASSWORD) -> Client:
    """A client of a user."""
    return with_token(hub, await session_of(hub, username, password))


async def made(admin: Client, username: str, *permissions: str, role: str = "user") -> str:
    """The id of a new user."""
    body = {
        "username": username,
        "password": PASSWORD,
        "role": role,
        "permissions": [*permissions],
    }
    user_id: str = (await admin.data("POST", "/users", status=201, json=body))["id"]
    return user_id


async def code(client: Client, method: str, path: str, **request: Any) -> str:
    """Status and code of an answer, "200" of one that went well."""
    response = await client.request(method, path, **request)
    told = "" if response.is_success else f" {response.json()['error']['code']}"
    return f"{response.status_code}{told}"


async def test_a_user_may_what_was_granted_and_no_more(hub: Hub, admin: Client) -> None:
    assert (await admin.data("GET", "/auth/me"))["role"] == "superAdmin"
    user_id = await made(admin, "Leo", "assets.create", "users.read")
    async with await signed_in(hub, "leo") as leo:
        me = await leo.data("GET", "/auth/me")
        assert (me["id"], me["username"], me["role"]) == (user_id, "Leo", "user")
        assert me["permissions"] == ["assets.read", "assets.create", "users.read"]
        assert me["lastLoginAtUtc"] is not None
        asset = await leo.upload(runEnrichment="false")
        assert (await leo.data("GET", f"/users/{user_id}")) == me
        for method, path, needed in (
            ("DELETE", f"/assets/{asset['id']}", "assets.delete"),
            ("GET", "/system/ai/providers", "aiProviders.read"),
            ("POST", "/users", "users.create"),
            ("PATCH", f"/users/{user_id}", "users.update"),
            ("PATCH", f"/users/{user_id}/permissions", "users.managePermissions"),
            ("POST", f"/users/{user_id}/status", "users.disable"),
            ("POST", f"/users/{user_id}/reset-password", "users.update"),
        ):
            error = await leo.error(method, path, status=403)
            assert error["code"] == "auth_forbidden"
            assert repr(needed) in error["message"]


async def test_users_are_managed(hub: Hub, admin: Client) -> None:
    user_id = await made(admin, "mia")
    path = f"/users/{user_id}"
    renamed = await admin.data("PATCH", path, json={"username": "Mia M."})
    assert renamed["username"] == "Mia M."
    assert await code(admin, "POST", "/users", json={"username": "x", "role": "user"}) == (
        "400 user_password_required"
    )
    taken = {"username": "MIA M.", "password": PASSWORD, "role": "user"}
    assert await code(admin, "POST", "/users", json=taken) == "409 user_username_conflict"
    above = taken | {"username": "root", "role": "superAdmin"}
    assert await code(admin, "POST", "/users", json=above) == (
        "403 user_super_admin_create_forbidden"
    )
    assert await code(admin, "GET", "/users/nobody") == "404 user_not_found"
    me = (await admin.data("GET", "/auth/me"))["id"]
    assert await code(admin, "POST", f"/users/{me}/status", json={"isActive": False}) in (
        "403 user_super_admin_disable_forbidden",
        "403 user_self_disable_forbidden",
    )
    found = await admin.data("GET", "/users", params={"query": "mia m", "pageSize": "1"})
    assert [user["id"] for user in found["items"]] == [user_id]
    first = await admin.data("GET", "/users", params={"pageSize": "1"})
    rest = await admin.data("GET", "/users", params={"cursor": first["nextCursor"]})
    assert len(rest["items"]) == first["total"] - 1
    assert first["items"][0] not in rest["items"]
    async with hub.client() as key:
        assert (await key.data("GET", path))["id"] == user_id
        assert await code(key, "GET", "/auth/me") == "403 auth_forbidden"


async def test_a_post_with_a_key_makes_one_user(hub: Hub, admin: Client) -> None:
    body = {"username": "once", "password": PASSWORD, "role": "user"}
    headers = {"Idempotency-Key": "once"}
    answers = [await admin.post("/users", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    other = body | {"password": f"{PASSWORD} 2"}
    assert await code(admin, "POST", "/users", json=other, headers=headers) == (
        "422 idempotency_key_reused"
    )


async def test_what_changes_counts_within_half_a_minute(hub: Hub, admin: Client) -> None:
    users = ("granted", "promoted", "disabled", "forgetful", "leaving", "unchanged", "everywhere")
    ids = {name: await made(admin, name) for name in users}
    sessions = {name: await session_of(hub, name) for name in users}
    sessions["everywhere else"] = await session_of(hub, "everywhere")
    names = tuple(sessions)
    clients = {name: with_token(hub, session) for name, session in sessions.items()}

    await admin.data(
        "PATCH", f"/users/{ids['granted']}/permissions", json={"permissions": ["users.read"]}
    )
    await admin.data("PATCH", f"/users/{ids['promoted']}", json={"role": "admin"})
    await admin.data("POST", f"/users/{ids['disabled']}/status", json={"isActive": False})
    reset = await admin.post(
        f"/users/{ids['forgetful']}/reset-password", json={"newPassword": f"{PASSWORD} 2"}
    )
    body = {"refreshToken": sessions["leaving"]["refreshToken"]}
    left = await clients["leaving"].post("/auth/logout", json=body)
    body = {"refreshToken": sessions["everywhere"]["refreshToken"], "everywhere": True}
    left_all = await clients["everywhere"].post("/auth/logout", json=body)
    assert [each.status_code for each in (reset, left, left_all)] == [204] * 3

    expected = {
        "granted": "200",
        "promoted": "200",
        "disabled": "401 auth_token_invalid",
        "forgetful": "401 auth_token_invalid",
        "leaving": "401 auth_token_invalid",
        "everywhere": "401 auth_token_invalid",
        "everywhere else": "401 auth_token_invalid",
        "unchanged": "403 auth_forbidden",
    }
    async with asyncio.timeout(30):
        while {name: await code(clients[name], "GET", "/users") for name in names} != expected:
            await asyncio.sleep(0.2)

    for name in ("disabled", "forgetful", "leaving", "everywhere", "everywhere else"):
        token = {"refreshToken": sessions[name]["refreshToken"]}
        assert await code(admin, "POST", "/auth/refresh", json=token) == (
            "401 auth_refresh_token_invalid"
        )
    for name, answer in (
        ("disabled", "auth_user_inactive"),
        ("forgetful", "auth_invalid_credentials"),
    ):
        tried = {"username": name, "password": PASSWORD}
        assert await code(admin, "POST", "/auth/login", json=tried) == f"401 {answer}"
    async with await signed_in(hub, "forgetful", f"{PASSWORD} 2") as again:
        assert await code(again, "GET", "/assets") == "200"
    for client in clients.values():
        await client.aclose()


async def test_a_refresh_token_works_once(hub: Hub, admin: Client, nobody: Client) -> None:
    await made(admin, "rotating")
    first = await session_of(hub, "rotating")
    second = await nobody.data(
        "POST", "/auth/refresh", json={"refreshToken": first["refreshToken"]}
    )
    assert second.keys() == first.keys()
    async with with_token(hub, second) as client:
        assert (await client.data("GET", "/auth/me"))["username"] == "rotating"
    for spent, answer in (
        (first["refreshToken"], "401 auth_refresh_token_reused"),
        (second["refreshToken"], "401 auth_refresh_token_invalid"),
        ("unknown", "401 auth_refresh_token_invalid"),
    ):
        token = {"refreshToken": spent}
        assert await code(nobody, "POST", "/auth/refresh", json=token) == answer


async def test_a_browser_needs_no_token(hub: Hub, admin: Client, nobody: Client) -> None:
    await made(admin, "browser", "assets.create", "assets.update")
    login = {"username": "browser", "password": PASSWORD, "session": True}
    await nobody.data("POST", "/auth/login", json=login)
    before = dict(nobody.cookies)
    assert before.keys() == {"nekohub_session", "nekohub_refresh"}

    files = {"file": ("cat.jpg", CAT.read_bytes(), "image/jpeg")}
    private = {"runEnrichment": "false", "isPublic": "false"}
    assert await code(nobody, "POST", "/assets", files=files, data=private) == (
        "403 auth_csrf_missing"
    )
    asset = await nobody.data(
        "POST", "/assets", status=202, files=files, data=private, headers=CSRF
    )
    content = await nobody.get(f"/assets/{asset['id']}/content")
    assert content.content == CAT.read_bytes()
    run = await nobody.data(
        "POST",
        f"/assets/{asset['id']}/skills/thumbnail/run",
        status=202,
        headers=CSRF | {"Prefer": "respond-async"},
    )
    events = await nobody.get(f"/executions/{run['executionId']}/events")
    assert "event: done" in events.text

    assert await code(nobody, "POST", "/auth/refresh") == "403 auth_csrf_missing"
    renewed = await nobody.data("POST", "/auth/refresh", headers=CSRF)
    assert dict(nobody.cookies) == {
        "nekohub_session": renewed["accessToken"],
        "nekohub_refresh": renewed["refreshToken"],
    }
    assert nobody.cookies["nekohub_refresh"] != before["nekohub_refresh"]
    assert await code(nobody, "GET", "/auth/me") == "200"
    wrong = {"Authorization": "Bearer a-wrong-key"}
    assert await code(nobody, "GET", "/auth/me", headers=wrong) == "401 api_key_invalid"

    assert await code(nobody, "POST", "/auth/logout") == "403 auth_csrf_missing"
    assert await code(nobody, "POST", "/auth/logout", headers=CSRF) == "204"
    assert dict(nobody.cookies) == {}
    assert await code(nobody, "GET", "/auth/me") == "401 auth_unauthorized"


async def test_who_guesses_has_to_wait(hub: Hub, admin: Client, nobody: Client) -> None:
    await made(admin, "guessed")

    async def guess(username: str, password: str, forwarded: str) -> httpx.Response:
        body = {"username": username, "password": password}
        return await nobody.post("/auth/login", json=body, headers={"X-Forwarded-For": forwarded})

    for number in range(10):
        # What stands left of the address is made up.
        answer = await guess("guessed", f"guess {number}", f"192.0.2.{number}, 198.51.100.1")
        assert answer.status_code == 401
    for username, forwarded in (
        ("guessed", "198.51.100.2"),
        ("somebody", "192.0.2.99, 198.51.100.1"),
    ):
        limited = await guess(username, PASSWORD, forwarded)
        assert (limited.status_code, limited.json()["error"]["code"]) == (429, "auth_rate_limited")
        assert 1 <= int(limited.headers["Retry-After"]) <= 60
    assert (await guess("somebody", PASSWORD, "198.51.100.2")).status_code == 401


async def test_the_log_holds_no_secret(hub: Hub, admin: Client, nobody: Client) -> None:
    await made(admin, "discreet")
    session = await session_of(hub, "discreet")
    await nobody.post("/auth/login", json={"username": "discreet", "password": "a wrong one"})
    token = {"refreshToken": session["refreshToken"]}
    for _ in range(2):
        await nobody.post("/auth/refresh", json=token)
    await nobody.get("/auth/me", headers={"Authorization": f"Bearer {session['accessToken']}x"})
    log = hub.log()
    assert "/api/v1/auth/refresh" in log
    generated = (hub.folder / "admin-password").read_text().strip()
    for secret in (PASSWORD, "a wrong one", generated, session["refreshToken"]):
        assert secret not in log
    assert session["accessToken"].split(".")[1] not in log


async def test_secrets_of_tokens_are_replaced_over_restarts(tmp_path: Path) -> None:
    old, new = "old-secret-of-the-tests-0123456789", "new-secret-of-the-tests-0123456789"
    settings = {"NEKOHUB_JWT_SECRET": old, "NEKOHUB_ADMIN_PASSWORD": PASSWORD}
    async with running_hub(tmp_path / "hub", **settings) as hub:
        first = await session_of(hub, "admin")
        await hub.stop()
        hub.settings["NEKOHUB_JWT_SECRET"] = f"{new},{old}"
        await hub.start()
        async with with_token(hub, first) as client:
            assert await code(client, "GET", "/assets") == "200"
        second = await session_of(hub, "admin")
        await hub.stop()
        hub.settings["NEKOHUB_JWT_SECRET"] = new
        await hub.start()
        async with with_token(hub, first) as client:
            assert await code(client, "GET", "/assets") == "401 auth_token_invalid"
            token = {"refreshToken": first["refreshToken"]}
            renewed = await client.data("POST", "/auth/refresh", json=token)
        for session in (second, renewed):
            async with with_token(hub, session) as client:
                assert await code(client, "GET", "/assets") == "200"
