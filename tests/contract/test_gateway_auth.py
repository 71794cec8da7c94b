"""Who may call what: every route, with each credential that there is and each that is none."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from gateway.endpoint import Endpoint
from gateway.openapi.document import document
from gateway.routes.table import TABLE
from services.chassis.clock import now
from services.chassis.tokens import AccessTokens
from tests.contract.gateway_accounts import (
    CLAIMS,
    DISABLED,
    ENDED,
    PERMISSIONS,
    forged,
    token,
)
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub

GUARDED = [endpoint for endpoint in TABLE if not endpoint.is_open]
OF_PERMISSION = [endpoint for endpoint in TABLE if endpoint.permission is not None]
OF_USERS = [endpoint for endpoint in TABLE if endpoint.signed_in]
UNSAFE = [endpoint for endpoint in GUARDED if endpoint.method != "GET"]
READ = [endpoint for endpoint in TABLE if endpoint.method == "GET"]
OPEN = [endpoint for endpoint in TABLE if endpoint.is_open]

RIGHT = token()
CSRF = {"x-nekohub-csrf": "1"}


def bearer(credential: str) -> dict[str, str]:
    """The header of a client that is no browser."""
    return {"authorization": f"Bearer {credential}"}


def cookie(credential: str) -> dict[str, str]:
    """The header that a browser sends by itself."""
    return {"cookie": f"theme=dark; nekohub_session={credential}"}


@dataclass(frozen=True)
class Case:
    """Headers, and the code that they are refused with."""

    name: str
    headers: dict[str, str]
    code: str


EXPIRED = token(issue_time=now() - timedelta(hours=1), expire_time=now() - timedelta(seconds=6))
STRANGERS = [
    Case("anonymous", {}, "auth_unauthorized"),
    Case("another scheme", {"authorization": "Basic bWlhOnBhc3M="}, "auth_unauthorized"),
    Case("wrong key", bearer("wrong-key"), "api_key_invalid"),
    Case("malformed token", bearer("eyJ.not.one"), "auth_token_invalid"),
    Case("another key", bearer(forged(b"k" * 32)), "auth_token_invalid"),
    Case("another hub", bearer(AccessTokens([SecretStr("x" * 32)]).signed(CLAIMS)),
         "auth_token_invalid"),
    Case("altered", bearer(RIGHT[:-8] + "AAAAAAAA"), "auth_token_invalid"),
    Case("alg none", bearer(forged(None)), "auth_token_invalid"),
    Case("another audience", bearer(forged(aud="other")), "auth_token_invalid"),
    Case("another issuer", bearer(forged(iss="other")), "auth_token_invalid"),
    Case("expired", bearer(EXPIRED), "auth_token_expired"),
    Case("disabled user", bearer(token(user_id=DISABLED)), "auth_token_invalid"),
    Case("ended session", bearer(token(session_id=ENDED)), "auth_token_invalid"),
    Case("empty cookie", cookie("") | CSRF, "auth_unauthorized"),
    Case("malformed cookie", cookie("eyJ.not.one") | CSRF, "auth_token_invalid"),
    Case("key as a cookie", cookie(API_KEY) | CSRF, "auth_token_invalid"),
    Case("expired cookie", cookie(EXPIRED) | CSRF, "auth_token_expired"),
    Case("wrong key, right cookie", bearer("wrong-key") | cookie(RIGHT) | CSRF,
         "api_key_invalid"),
    Case("another scheme, right cookie",
         {"authorization": "Basic bWlhOnBhc3M="} | cookie(RIGHT) | CSRF, "auth_unauthorized"),
]  # fmt: skip
KNOWN = [
    bearer(RIGHT),
    bearer(API_KEY),
    cookie(RIGHT) | CSRF,
    bearer(RIGHT) | cookie("eyJ.not.one"),
]


@pytest.fixture(scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
async def anonymous(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


def _ids(endpoint: Endpoint) -> str:
    return endpoint.route


async def _call(
    client: httpx.AsyncClient, endpoint: Endpoint, headers: dict[str, str] | None = None
) -> httpx.Response:
    path = endpoint.path.replace("{key:path}", "nothing").replace("{", "").replace("}", "")
    return await client.request(endpoint.method, path, headers=headers or {})


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_a_guarded_route_is_closed_to_strangers(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    for case in STRANGERS:
        response = await _call(anonymous, endpoint, case.headers)
        answer = (response.status_code, error_of(response)["code"])
        assert (case.name, *answer) == (case.name, 401, case.code)
        assert response.headers["www-authenticate"] == "Bearer"
        assert not any(value in response.text for value in case.headers.values() if value != "1")


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_a_guarded_route_is_open_to_who_may(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    for headers in KNOWN:
        response = await _call(anonymous, endpoint, headers)
        if endpoint.signed_in and headers == bearer(API_KEY):
            assert (response.status_code, error_of(response)["code"]) == (403, "auth_forbidden")
        else:
            assert response.status_code not in (401, 403, 405, 500), headers


@pytest.mark.parametrize("endpoint", OF_PERMISSION, ids=_ids)
async def test_a_missing_permission_is_named(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    others = tuple(each for each in PERMISSIONS if each != endpoint.permission)
    for headers in (
        bearer(token(permissions=others)),
        bearer(token(permissions=others, role="superAdmin")),
        cookie(token(permissions=others)) | CSRF,
    ):
        response = await _call(anonymous, endpoint, headers)
        error = error_of(response)
        assert (response.status_code, error["code"]) == (403, "auth_forbidden")
        assert repr(endpoint.permission) in error["message"]


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_one_permission_is_enough(anonymous: httpx.AsyncClient, endpoint: Endpoint) -> None:
    one = () if endpoint.permission is None else (endpoint.permission,)
    response = await _call(anonymous, endpoint, bearer(token(permissions=one)))
    assert response.status_code not in (401, 403, 405, 500)


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_a_cookie_alone_changes_nothing(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    for header in ({}, *({"x-nekohub-csrf": value} for value in ("", "0", "1, 1", "true"))):
        response = await _call(anonymous, endpoint, cookie(RIGHT) | header)
        if endpoint in UNSAFE:
            assert (response.status_code, error_of(response)["code"]) == (403, "auth_csrf_missing")
        else:
            assert response.status_code not in (401, 403, 405, 500)


@pytest.mark.parametrize("endpoint", READ, ids=_ids)
@pytest.mark.parametrize(
    "headers", [{}, bearer(API_KEY), cookie(RIGHT)], ids=["anonymous", "key", "cookie"]
)
async def test_a_head_is_answered_as_a_get_without_its_body(
    anonymous: httpx.AsyncClient, endpoint: Endpoint, headers: dict[str, str]
) -> None:
    whole = await _call(anonymous, endpoint, headers)
    head = await _call(anonymous, replace(endpoint, method="HEAD"), headers)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers.keys() == whole.headers.keys()
    # What is told of requests changes with each of them.
    if endpoint.path != "/metrics":
        assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize("endpoint", OPEN, ids=_ids)
@pytest.mark.parametrize(
    "headers", [{}, bearer("wrong"), cookie("eyJ.not.one")], ids=["anonymous", "key", "cookie"]
)
async def test_an_open_route_asks_nobody(
    anonymous: httpx.AsyncClient, endpoint: Endpoint, headers: dict[str, str]
) -> None:
    status = (await _call(anonymous, endpoint, headers)).status_code
    assert status in (200, 400, 404)
    # What is refused lacks a body.
    assert (status == 400) == (endpoint.method == "POST")


def test_only_these_routes_are_open() -> None:
    assert sorted(endpoint.route for endpoint in OPEN if "/auth/" in endpoint.path) == [
        "POST /api/v1/auth/login",
        "POST /api/v1/auth/refresh",
    ]
    assert {endpoint.path.removeprefix("/api/v1").split("/")[1] for endpoint in OPEN} - {
        "auth"
    } <= {"system", "public", "content", "health", "openapi.json", "docs", "metrics"}
    assert {endpoint.route for endpoint in OF_USERS} == {
        "POST /api/v1/auth/logout",
        "GET /api/v1/auth/me",
    }


def test_every_permission_that_a_route_needs_exists() -> None:
    assert {endpoint.permission for endpoint in OF_PERMISSION} <= set(PERMISSIONS)


def test_openapi_says_the_same() -> None:
    described = document(TABLE, "1.2.3", "https://hub.example.com")
    schemes = described["components"]["securitySchemes"]
    for endpoint in TABLE:
        path = described["paths"][endpoint.path.replace(":path", "")]
        operation = path[endpoint.method.lower()]
        assert operation.get("x-permission") == endpoint.permission
        ways = operation["security"]
        assert all(name in schemes for way in ways for name in way)
        header = "accessToken" if endpoint in OF_USERS else "bearer"
        session = {"session", "csrf"} if endpoint in UNSAFE else {"session"}
        assert [set(way) for way in ways] == ([] if endpoint in OPEN else [{header}, session])
        told = " ".join(each["description"] for each in operation["responses"].values())
        assert ("`auth_token_expired`" in told) == (endpoint in GUARDED)
        if endpoint in GUARDED:
            assert ("`auth_csrf_missing`" in told) == (endpoint in UNSAFE)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "auth_unauthorized"),
        ("Bearer", "auth_unauthorized"),
        ("Basic dXNlcjpwYXNz", "auth_unauthorized"),
        (API_KEY, "auth_unauthorized"),
        (RIGHT, "auth_unauthorized"),
        ("Bearer wrong", "api_key_invalid"),
        (f"Bearer {API_KEY}x", "api_key_invalid"),
        (f"Bearer {API_KEY} x", "api_key_invalid"),
        ("Bearer schlüssel", "api_key_invalid"),
        (f"Bearer {RIGHT}.x", "api_key_invalid"),
        (f"Bearer {RIGHT}x", "auth_token_invalid"),
        (f"Bearer eyJ{'a' * 5000}..", "auth_token_invalid"),
    ],
    ids=range(12),
)
async def test_headers_that_do_not_authenticate(
    anonymous: httpx.AsyncClient, value: str, code: str
) -> None:
    headers = {"authorization": value.encode("latin-1")}
    response = await anonymous.get("/api/v1/assets", headers=headers)  # type: ignore[arg-type]
    error = error_of(response)
    assert (response.status_code, error["code"]) == (401, code)
    assert API_KEY not in response.text
    assert RIGHT not in response.text


@pytest.mark.parametrize("credential", [API_KEY, RIGHT], ids=["key", "token"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_counts_in_any_case(
    anonymous: httpx.AsyncClient, scheme: str, credential: str
) -> None:
    headers = {"authorization": f"{scheme}  {credential}"}
    assert (await anonymous.get("/api/v1/assets", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (f"nekohub_session={RIGHT}", 200),
        (f"a=1;nekohub_session={RIGHT};b=2", 200),
        (f'a="x;  nekohub_session={RIGHT}', 200),
        (f"nekohub_session={RIGHT}; nekohub_session=eyJ.not.one", 200),
        (f"nekohub_session=eyJ.not.one; nekohub_session={RIGHT}", 401),
        (f"NEKOHUB_SESSION={RIGHT}", 401),
        (f"xnekohub_session={RIGHT}", 401),
        (f"nekohub_refresh={RIGHT}", 401),
        (f"a=nekohub_session={RIGHT}", 401),
        (f"nekohub_session {RIGHT}", 401),
    ],
    ids=range(10),
)
async def test_the_cookie_is_found_among_others(
    anonymous: httpx.AsyncClient, value: str, status: int
) -> None:
    response = await anonymous.get("/api/v1/assets", headers={"cookie": value})
    assert response.status_code == status
