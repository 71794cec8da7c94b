"""What anybody sees of public assets, field for field."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from nekohub.assets.v1 import assets_pb2 as pb

from tests.contract.gateway_counterparts import WHEN
from tests.contract.gateway_hub import BASE, Hub, client_of, error_of, running_hub

URL = "/api/v1/public/assets"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"
FOR_ALL: dict[str, Any] = {
    "id": "a",
    "type": "image",
    "status": "ready",
    "originalFileName": "cat.png",
    "contentType": "image/png",
    "size": 5,
    "width": 640,
    "height": 480,
    "publicUrl": f"{BASE}/content/2026/04/08/a.png",
    "description": None,
    "altText": "A cat.",
    "createdAtUtc": WHEN_TEXT,
    "updatedAtUtc": WHEN_TEXT,
    "derivatives": [
        {
            "kind": "w320",
            "contentType": "image/webp",
            "extension": ".webp",
            "size": 3,
            "width": 320,
            "height": 240,
            "publicUrl": f"{BASE}/content/2026/04/08/a/w320-x.webp",
            "createdAtUtc": WHEN_TEXT,
        }
    ],
}


@pytest.fixture(scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("private", is_public=False)
        hub.assets.put(
            "a",
            content=b"12345",
            alt_text="A cat.",
            has_location=True,
            derivatives=[
                pb.Derivative(
                    kind="w320",
                    content_type="image/webp",
                    extension=".webp",
                    size=3,
                    width=320,
                    height=240,
                    storage_key="2026/04/08/a/w320-x.webp",
                    create_time=WHEN,
                )
            ],
            structured_results=[
                pb.StructuredResult(kind="caption", payload_json='{"secret":1}', create_time=WHEN)
            ],
        )
        yield hub


@pytest.fixture
async def anonymous(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    hub.assets.lists.clear()
    async with client_of(hub, None) as client:
        yield client


async def test_the_list(hub: Hub, anonymous: httpx.AsyncClient) -> None:
    del hub.assets.assets["private"]
    data = (await anonymous.get(URL)).json()["data"]
    hub.assets.put("private", is_public=False)
    thumbnail = f"{BASE}/content/2026/04/08/a/thumbnail_256.webp"
    assert data == {
        "items": [FOR_ALL | {"thumbnailUrl": thumbnail}],
        "page": 1,
        "pageSize": 20,
        "total": 1,
        "totalIsCapped": False,
        "nextCursor": "next",
    }


async def test_one_asset(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get(f"{URL}/a")
    assert response.json()["data"] == FOR_ALL | {
        "storedFileName": "a.png",
        "extension": ".png",
    }


@pytest.mark.parametrize("asset_id", ["private", "unknown", "%00", "🐈"])
async def test_a_private_one_is_as_one_that_there_is_not(
    anonymous: httpx.AsyncClient, asset_id: str
) -> None:
    response = await anonymous.get(f"{URL}/{asset_id}")
    assert (response.status_code, error_of(response)["code"]) == (404, "asset_not_found")


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("", {}),
        ("page=3&pageSize=1000", {"skip": 200, "page_size": 100}),
        ("cursor=abc&query=cat&contentType=image/*",
         {"page_token": "abc", "query": "cat", "content_type": "image/*"}),
        ("contentType=nonsense&page=x", {}),
        ("status=failed&orderBy=size&orderDirection=asc", {}),
    ],
)  # fmt: skip
async def test_a_query_asks_for_public_ones_only(
    hub: Hub, anonymous: httpx.AsyncClient, query: str, changes: dict[str, object]
) -> None:
    assert (await anonymous.get(f"{URL}?{query}")).status_code == 200
    expected = pb.ListAssetsRequest(page_size=20, public_only=True)
    for name, value in changes.items():
        setattr(expected, name, value)
    assert hub.assets.lists == [expected]


@pytest.mark.parametrize("path", [URL, f"{URL}/a"])
async def test_nothing_else_is_allowed(anonymous: httpx.AsyncClient, path: str) -> None:
    for method in ("POST", "PATCH", "DELETE"):
        response = await anonymous.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    head = await anonymous.head(path)
    assert (head.status_code, head.content) == (200, b"")
