"""/openapi.json and /docs: for anybody, told once, safe in a browser."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.routes.table import TABLE
from tests.contract.gateway_hub import BASE, client_of, running_hub


@pytest.fixture(scope="module")
async def anonymous() -> AsyncIterator[httpx.AsyncClient]:
    async with running_hub() as hub, client_of(hub, None) as client:
        yield client


async def test_the_document_is_for_anybody(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/openapi.json")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    described = response.json()
    assert described["openapi"] == "3.1.0"
    assert described["servers"] == [{"url": BASE}]
    methods = [
        method for path in described["paths"].values() for method in path if method != "head"
    ]
    assert len(methods) == len(TABLE)


async def test_the_page_is_for_anybody_and_runs_nothing(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/docs")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    policy = response.headers["content-security-policy"]
    style = response.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "unsafe" not in policy
    assert f"{BASE}/api/v1/assets" in response.text


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/metrics"])
async def test_a_head_has_no_body(anonymous: httpx.AsyncClient, path: str) -> None:
    response = await anonymous.head(path)
    assert (response.status_code, response.content) == (200, b"")
