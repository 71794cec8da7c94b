"""Who may call what: every route, with no key, a wrong one, a weak one and a right one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from gateway.endpoint import Endpoint
from gateway.routes.table import TABLE
from tests.contract.gateway_counterparts import API_KEY, PERMISSIONS, READER_KEY
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub

GUARDED = [endpoint for endpoint in TABLE if endpoint.permission is not None]
READ = [endpoint for endpoint in TABLE if endpoint.method == "GET"]
OPEN = [endpoint for endpoint in TABLE if endpoint.permission is None]


@pytest.fixture(scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
async def anonymous(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


def _ids(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


async def _call(
    client: httpx.AsyncClient, endpoint: Endpoint, key: str | None = None
) -> httpx.Response:
    path = endpoint.path.replace("{key:path}", "nothing").replace("{", "").replace("}", "")
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    return await client.request(endpoint.method, path, headers=headers)


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
@pytest.mark.parametrize("key", [None, "wrong-key"])
async def test_a_guarded_route_is_closed_to_strangers(
    anonymous: httpx.AsyncClient, endpoint: Endpoint, key: str | None
) -> None:
    response = await _call(anonymous, endpoint, key)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    code = "auth_unauthorized" if key is None else "api_key_invalid"
    assert error_of(response)["code"] == code


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_a_guarded_route_is_open_to_who_may(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    response = await _call(anonymous, endpoint, API_KEY)
    assert response.status_code not in (401, 403, 405, 500)


@pytest.mark.parametrize("endpoint", READ, ids=_ids)
@pytest.mark.parametrize("key", [None, API_KEY])
async def test_a_head_is_answered_as_a_get_without_its_body(
    anonymous: httpx.AsyncClient, endpoint: Endpoint, key: str | None
) -> None:
    whole = await _call(anonymous, endpoint, key)
    head = await _call(anonymous, replace(endpoint, method="HEAD"), key)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers.keys() == whole.headers.keys()
    assert head.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize("endpoint", GUARDED, ids=_ids)
async def test_a_missing_permission_is_named(
    anonymous: httpx.AsyncClient, endpoint: Endpoint
) -> None:
    response = await _call(anonymous, endpoint, READER_KEY)
    assert (response.status_code == 403) == (endpoint.permission != "assets.read")
    if response.status_code == 403:
        error = error_of(response)
        assert error["code"] == "auth_forbidden"
        assert repr(endpoint.permission) in error["message"]


@pytest.mark.parametrize("endpoint", OPEN, ids=_ids)
async def test_an_open_route_asks_nobody(anonymous: httpx.AsyncClient, endpoint: Endpoint) -> None:
    assert (await _call(anonymous, endpoint)).status_code in (200, 404)


def test_every_permission_that_a_route_needs_exists() -> None:
    assert {endpoint.permission for endpoint in GUARDED} <= set(PERMISSIONS)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "auth_unauthorized"),
        ("Bearer", "auth_unauthorized"),
        ("Basic dXNlcjpwYXNz", "auth_unauthorized"),
        (API_KEY, "auth_unauthorized"),
        ("Bearer wrong", "api_key_invalid"),
        (f"Bearer {API_KEY}x", "api_key_invalid"),
        (f"Bearer {API_KEY} x", "api_key_invalid"),
        ("Bearer schlüssel", "api_key_invalid"),
    ],
)
async def test_headers_that_do_not_authenticate(
    anonymous: httpx.AsyncClient, value: str, code: str
) -> None:
    headers = {"authorization": value.encode("latin-1")}
    response = await anonymous.get("/api/v1/assets", headers=headers)  # type: ignore[arg-type]
    error = error_of(response)
    assert (response.status_code, error["code"]) == (401, code)
    assert API_KEY not in response.text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_counts_in_any_case(anonymous: httpx.AsyncClient, scheme: str) -> None:
    headers = {"authorization": f"{scheme}  {API_KEY}"}
    assert (await anonymous.get("/api/v1/assets", headers=headers)).status_code == 200
