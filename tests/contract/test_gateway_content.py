"""Bytes through the gateway: parts, conditions, headers, hang-ups."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator

import httpx
import pytest

from services.chassis.errors import Unavailable
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import BASE, Hub, client_of, error_of, running_hub

CONTENT = bytes(range(256)) * 2048
ETAG = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
PUBLIC = "/content/2026/04/08/public.png"
THUMBNAIL = "/content/2026/04/08/public/thumbnail_256.webp"
PRIVATE = "/api/v1/assets/private/content"
SIZE = len(CONTENT)


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("public", content=CONTENT)
        hub.assets.put("private", content=CONTENT, is_public=False)
        hub.assets.put("odd", content=b"x", content_type="text/html", original_file_name='ä".png')
        hub.assets.put("huge", content=bytes(64 * 1024 * 1024), is_public=False)
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.assets.reads.clear()
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_public_content_is_for_anybody(hub: Hub) -> None:
    async with client_of(hub, None) as anonymous:
        response = await anonymous.get(PUBLIC)
    assert response.status_code == 200
    assert response.content == CONTENT
    assert {name: response.headers[name] for name in sorted(response.headers)} == {
        "accept-ranges": "bytes",
        "cache-control": "public, max-age=31536000, immutable",
        "content-disposition": 'inline; filename="cat.png"',
        "content-length": str(SIZE),
        "content-security-policy": "sandbox",
        "content-type": "image/png",
        "date": response.headers["date"],
        "etag": ETAG,
        "x-content-type-options": "nosniff",
    }


async def test_private_content_is_kept_by_no_cache(client: httpx.AsyncClient) -> None:
    response = await client.get(PRIVATE)
    assert response.content == CONTENT
    assert response.headers["cache-control"] == "private, no-cache"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "key", ["2026/04/08/private.png", "", "nothing", "%2e%2e/%2e%2e%2fetc", "%00", "a//b", "%ff"]
)
async def test_what_is_not_public_is_not_found(client: httpx.AsyncClient, key: str) -> None:
    response = await client.get(f"/content/{key}")
    assert response.status_code == 404
    assert error_of(response)["code"] == "content_not_found"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_an_address_that_stays_when_its_bytes_change_is_kept_for_an_hour(
    hub: Hub, method: str
) -> None:
    async with client_of(hub, None) as anonymous:
        response = await anonymous.request(method, THUMBNAIL)
        known = await anonymous.request(method, THUMBNAIL, headers={"if-none-match": ETAG})
        private = await anonymous.request(method, THUMBNAIL.replace("public", "private"))
    assert (response.status_code, response.headers["etag"]) == (200, ETAG)
    assert response.headers["cache-control"] == "public, max-age=3600"
    assert (known.status_code, known.headers["cache-control"]) == (304, "public, max-age=3600")
    assert private.status_code == 404


@pytest.mark.parametrize(
    "path", [f"/api/v1/assets/public/{each}content" for each in ("", "derivatives/thumbnail_256/")]
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [{}, {"range": f"bytes={SIZE}-"}, {"if-none-match": "*"}])
async def test_a_public_asset_redirects(
    hub: Hub, client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]
) -> None:
    response = await client.request(method, path, headers=headers)
    assert response.status_code == 307
    assert [read.info_if_public for read in hub.assets.reads] == [True]
    assert response.headers["location"] == f"{BASE}{PUBLIC}"
    assert response.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("direct", ["true", "TRUE"])
async def test_a_public_asset_is_read_directly_if_so_wanted(
    hub: Hub, client: httpx.AsyncClient, direct: str
) -> None:
    response = await client.get("/api/v1/assets/public/content", params={"direct": direct})
    assert (response.status_code, response.content) == (200, CONTENT)
    assert response.headers["cache-control"] == "private, no-cache"
    assert [read.info_if_public for read in hub.assets.reads] == [False]


async def test_derivatives(client: httpx.AsyncClient) -> None:
    base = "/api/v1/assets/private/derivatives"
    assert (await client.get(f"{base}/thumbnail_256/content")).content == CONTENT
    missing = await client.get(f"{base}/other/content")
    assert (missing.status_code, error_of(missing)["code"]) == (404, "derivative_not_found")
    unknown = await client.get("/api/v1/assets/no/derivatives/thumbnail_256/content")
    assert (unknown.status_code, error_of(unknown)["code"]) == (404, "asset_not_found")


@pytest.mark.parametrize("path", [PUBLIC, PRIVATE])
@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=300000-", 300_000, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        (f"bytes=-{'9' * 40}", 0, SIZE - 1),
        (f"bytes=5-{'9' * 40}", 5, SIZE - 1),
        ("BYTES = 1 - 2", 1, 2),
    ],
)
async def test_a_range(
    client: httpx.AsyncClient, path: str, value: str, first: int, last: int
) -> None:
    response = await client.get(path, headers={"range": value})
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert response.headers["content-length"] == str(last - first + 1)
    assert response.content == CONTENT[first : last + 1]


@pytest.mark.parametrize(
    "value", ["bytes=0-1,4-5", "bytes=5-2", "bytes=", "bytes=-", "bytes=a-b", "lines=1-2", "1-2"]
)
async def test_a_range_that_makes_no_sense_is_ignored(
    client: httpx.AsyncClient, value: str
) -> None:
    response = await client.get(PRIVATE, headers={"range": value})
    assert response.status_code == 200
    assert response.content == CONTENT


@pytest.mark.parametrize("value", [f"bytes={SIZE}-", f"bytes={'9' * 40}-", "bytes=-0"])
async def test_a_range_beyond_the_end_is_416(client: httpx.AsyncClient, value: str) -> None:
    response = await client.get(PRIVATE, headers={"range": value})
    assert (response.status_code, error_of(response)["code"]) == (416, "content_range_invalid")
    assert response.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (ETAG, 206),
        ('"other"', 200),
        (f"W/{ETAG}", 200),
        ("Wed, 08 Apr 2026 10:05:00 GMT", 200),
    ],
)
async def test_if_range(client: httpx.AsyncClient, condition: str, status: int) -> None:
    headers = {"range": "bytes=0-1", "if-range": condition}
    assert (await client.get(PRIVATE, headers=headers)).status_code == status


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("known", "status"),
    [(ETAG, 304), (f"W/{ETAG}", 304), (f'"x", {ETAG}', 304), ("*", 304), ('"x"', 200)],
)
async def test_if_none_match(
    client: httpx.AsyncClient, method: str, known: str, status: int
) -> None:
    headers = (
        {"if-none-match": known, "range": "bytes=0-1"}
        if status == 304
        else {"if-none-match": known}
    )
    response = await client.request(method, PUBLIC, headers=headers)
    assert response.status_code == status
    assert response.headers["etag"] == ETAG
    if status == 304:
        assert response.content == b""


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(("second", "status"), [(ETAG, 304), ('"y"', 200)])
async def test_if_none_match_in_several_lines(
    client: httpx.AsyncClient, method: str, second: str, status: int
) -> None:
    lines = [("If-None-Match", '"x"'), ("If-None-Match", second)]
    assert (await client.request(method, PUBLIC, headers=lines)).status_code == status


async def test_head_reads_nothing(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.head(PRIVATE, headers={"range": "bytes=0-1"})
    assert response.status_code == 200
    assert response.headers["content-length"] == str(SIZE)
    assert response.content == b""
    assert [read.info_only for read in hub.assets.reads] == [True]


async def test_what_is_no_picture_is_an_attachment(client: httpx.AsyncClient) -> None:
    response = await client.get("/content/2026/04/08/odd.png")
    assert (
        response.headers["content-disposition"]
        == "attachment; filename=\"__.png\"; filename*=UTF-8''%C3%A4%22.png"
    )


async def test_a_stream_that_breaks_cuts_the_connection(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    hub.assets.break_off = Unavailable("SERVICE_UNAVAILABLE", "the store is gone")
    try:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(PRIVATE)
    finally:
        hub.assets.break_off = None
    assert (await client.get(PRIVATE)).content == CONTENT


async def test_a_client_that_hangs_up_ends_the_stream(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await hub.connect()
    request = "GET /api/v1/assets/huge/content HTTP/1.1\r\nHost: x\r\n"
    writer.write(f"{request}Authorization: Bearer {API_KEY}\r\n\r\n".encode())
    await reader.readexactly(100_000)
    # An answer without a body, in an earlier test, drops its read as well.
    hub.assets.read_dropped.clear()
    writer.transport.abort()
    await hub.assets.read_dropped.wait()
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_a_client_that_stops_reading_is_cut_off(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.server.STALL_SECONDS", 0.0)
    reader, writer = await hub.connect()
    request = "GET /api/v1/assets/huge/content HTTP/1.1\r\nHost: x\r\n"
    hub.assets.read_dropped.clear()
    writer.write(f"{request}Authorization: Bearer {API_KEY}\r\n\r\n".encode())
    async with asyncio.timeout(20):
        await hub.assets.read_dropped.wait()
        assert len(await reader.read(-1)) < 64 * 1024 * 1024
    writer.close()
