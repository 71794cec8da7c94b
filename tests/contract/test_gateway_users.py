"""Users through the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.accounts.v1 import accounts_pb2 as pb

from services.chassis.errors import (
    AlreadyExists,
    HubError,
    InvalidArgument,
    NotFound,
    PermissionDenied,
)
from tests.contract.gateway_accounts import PERMISSIONS, token
from tests.contract.gateway_counterparts import WHEN
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub

URL = "/api/v1/users"
ONE = f"{URL}/user-1"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"
USER = {
    "id": "user-1",
    "username": "mia",
    "role": "user",
    "isActive": True,
    "permissions": ["assets.read"],
    "createdAtUtc": WHEN_TEXT,
    "updatedAtUtc": WHEN_TEXT,
    "lastLoginAtUtc": None,
}
KEY_HOLDER = pb.Principal(
    id="api-key:test", permissions=sorted(PERMISSIONS), role=pb.ROLE_SUPER_ADMIN
)


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.accounts.requests.clear()
    shared.accounts.failure = None
    shared.accounts.replayed = False
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_a_page_of_users(hub: Hub, client: httpx.AsyncClient) -> None:
    found = await client.get(URL, params={"page": "3", "pageSize": "1000", "query": " Mi "})
    assert found.json() == {
        "data": {
            "items": [USER],
            "page": 3,
            "pageSize": 100,
            "total": 1,
            "totalIsCapped": False,
            "nextCursor": "next",
        }
    }
    await client.get(URL, params={"cursor": "next"})
    await client.get(URL, params={"keyword": "mi"})
    await client.get(URL, params={"query": "leo", "keyword": "mi"})
    assert hub.accounts.requests == [
        pb.ListUsersRequest(page_size=100, skip=200, query="Mi"),
        pb.ListUsersRequest(page_size=20, page_token="next"),
        pb.ListUsersRequest(page_size=20, query="mi"),
        pb.ListUsersRequest(page_size=20, query="leo"),
    ]


async def test_one_user(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await client.get(ONE)).json() == {"data": USER}
    missing = await client.get(f"{URL}/user-2")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "user_not_found")
    hub.accounts.user.last_login_time.CopyFrom(WHEN)
    hub.accounts.user.role = pb.ROLE_ADMIN
    try:
        told = (await client.get(ONE)).json()["data"]
    finally:
        hub.accounts.user.ClearField("last_login_time")
        hub.accounts.user.role = pb.ROLE_USER
    assert told == USER | {"role": "admin", "lastLoginAtUtc": WHEN_TEXT}


async def test_create(hub: Hub, client: httpx.AsyncClient) -> None:
    body = {"username": "mia", "password": "correct horse", "role": "user"}
    made = await client.post(URL, json=body)
    await client.post(
        URL, json=body | {"role": "admin", "isActive": False, "permissions": ["users.read"]}
    )
    assert (made.status_code, made.json()) == (201, {"data": USER})
    assert made.headers["location"] == ONE
    plain = pb.CreateUserRequest(
        actor=KEY_HOLDER,
        username="mia",
        password="correct horse",
        role=pb.ROLE_USER,
        is_active=True,
    )
    other = pb.CreateUserRequest()
    other.CopyFrom(plain)
    other.role, other.is_active = pb.ROLE_ADMIN, False
    other.permissions.append("users.read")
    assert hub.accounts.requests == [plain, other]


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        ("superAdmin", pb.ROLE_SUPER_ADMIN),
        ("Admin", pb.ROLE_UNSPECIFIED),
        ("ROLE_ADMIN", pb.ROLE_UNSPECIFIED),
        ("", pb.ROLE_UNSPECIFIED),
    ],
)
async def test_which_roles_may_be_given_is_for_accounts_to_say(
    hub: Hub, client: httpx.AsyncClient, role: str, asked: pb.Role
) -> None:
    await client.post(URL, json={"username": "mia", "role": role})
    await client.patch(ONE, json={"role": role})
    assert [request.role for request in hub.accounts.requests] == [asked, asked]


@pytest.mark.parametrize(
    ("body", "mask"),
    [
        ({}, []),
        ({"username": "leo"}, ["username"]),
        ({"role": "admin"}, ["role"]),
        ({"username": "leo", "role": "admin"}, ["role", "username"]),
        ({"username": ""}, ["username"]),
    ],
)
async def test_patch_names_what_was_given(
    hub: Hub, client: httpx.AsyncClient, body: dict[str, Any], mask: list[str]
) -> None:
    changed = await client.patch(ONE, json=body)
    assert (changed.status_code, changed.json()) == (200, {"data": USER})
    assert hub.accounts.requests == [
        pb.UpdateUserRequest(
            actor=KEY_HOLDER,
            user_id="user-1",
            update_mask=FieldMask(paths=mask),
            username=body.get("username", ""),
            role=pb.ROLE_ADMIN if "role" in body else pb.ROLE_UNSPECIFIED,
        )
    ]


async def test_permissions_status_and_password(hub: Hub, client: httpx.AsyncClient) -> None:
    answers = [
        await client.patch(f"{ONE}/permissions", json={"permissions": ["users.read"]}),
        await client.post(f"{ONE}/status", json={"isActive": False}),
        await client.post(f"{ONE}/reset-password", json={"newPassword": "correct horse"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 204]
    assert [answer.json() for answer in answers[:2]] == [{"data": USER}] * 2
    assert answers[2].content == b""
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert hub.accounts.requests == [
        pb.SetPermissionsRequest(actor=KEY_HOLDER, user_id="user-1", permissions=["users.read"]),
        pb.SetUserStatusRequest(actor=KEY_HOLDER, user_id="user-1", is_active=False),
        pb.ResetPasswordRequest(actor=KEY_HOLDER, user_id="user-1", new_password="correct horse"),
    ]


async def test_who_has_signed_in_is_the_actor(hub: Hub, client: httpx.AsyncClient) -> None:
    given = ("users.update", "users.disable")
    headers = {"authorization": f"Bearer {token(permissions=given, role='admin')}"}
    await client.patch(ONE, json={}, headers=headers)
    assert hub.accounts.requests[0].actor == pb.Principal(
        id="user-1", permissions=sorted(given), role=pb.ROLE_ADMIN, username="mia"
    )


POSTS: list[tuple[str, dict[str, Any]]] = [
    (URL, {"username": "mia", "password": "correct horse", "role": "user"}),
    (f"{ONE}/status", {"isActive": True}),
    (f"{ONE}/reset-password", {"newPassword": "correct horse"}),
]


@pytest.mark.parametrize(("path", "body"), POSTS, ids=["create", "status", "password"])
async def test_each_post_has_its_effect_once(
    hub: Hub, client: httpx.AsyncClient, path: str, body: dict[str, Any]
) -> None:
    mine = {"authorization": f"Bearer {token()}"}
    other = {"authorization": f"Bearer {token(user_id='user-2')}"}
    key = {"Idempotency-Key": "once"}
    first = await client.post(path, json=body, headers=key)
    hub.accounts.replayed = True
    repeat = await client.post(path, json=body, headers=key)
    for headers in ({}, {"Idempotency-Key": "other"}, key | mine, key | other):
        await client.post(path, json=body, headers=headers)
    assert "idempotent-replayed" not in first.headers
    assert repeat.headers["idempotent-replayed"] == "true"
    ids = [request.request_id for request in hub.accounts.requests]
    assert ids[0] == ids[1] != ""
    assert ids[2] == ""
    assert len(set(ids)) == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("POST", URL, {"username": 1}, "'username'"),
        ("POST", URL, {"username": None}, "'username'"),
        ("POST", URL, {"name": "mia"}, "'name'"),
        ("POST", URL, {"permissions": "users.read"}, "'permissions'"),
        ("POST", URL, {"permissions": [1]}, "'permissions.0'"),
        ("POST", URL, {"isActive": "yes"}, "'isActive'"),
        ("PATCH", ONE, {"username": None}, "'username'"),
        ("PATCH", ONE, {"role": None}, "'role'"),
        ("PATCH", ONE, {"isActive": True}, "'isActive'"),
        ("PATCH", f"{ONE}/permissions", {}, "'permissions'"),
        ("POST", f"{ONE}/status", {}, "'isActive'"),
        ("POST", f"{ONE}/status", {"isActive": 1}, "'isActive'"),
        ("POST", f"{ONE}/reset-password", {"newPassword": 12345678}, "'newPassword'"),
        ("POST", f"{ONE}/reset-password", {"password": "correct horse"}, "'password'"),
    ],
)
async def test_a_wrong_body_names_the_field_and_no_value(
    hub: Hub,
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, Any],
    named: str,
) -> None:
    response = await client.request(method, path, json=body)
    error = error_of(response)
    assert (response.status_code, error["code"]) == (400, "request_invalid")
    assert named in error["message"]
    assert "12345678" not in response.text
    assert "horse" not in response.text
    assert hub.accounts.requests == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidArgument("USER_USERNAME_REQUIRED", "m"), 400),
        (InvalidArgument("USER_PASSWORD_REQUIRED", "m"), 400),
        (NotFound("USER_NOT_FOUND", "m"), 404),
        (AlreadyExists("USER_USERNAME_CONFLICT", "m"), 409),
        (AlreadyExists("IDEMPOTENCY_KEY_REUSED", "m"), 422),
        (PermissionDenied("USER_SUPER_ADMIN_CREATE_FORBIDDEN", "m"), 403),
        (PermissionDenied("USER_SELF_DISABLE_FORBIDDEN", "m"), 403),
        (PermissionDenied("USER_MANAGE_FORBIDDEN", "m"), 403),
    ],
)
async def test_what_accounts_refuses_is_passed_on(
    hub: Hub, client: httpx.AsyncClient, error: HubError, status: int
) -> None:
    hub.accounts.failure = error
    for path, body in POSTS:
        response = await client.post(path, json=body)
        assert (response.status_code, error_of(response)["code"]) == (status, error.reason.lower())
