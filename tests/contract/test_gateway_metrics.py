"""/metrics: what was asked is counted, and nothing that is asked makes it large."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.routes.table import TABLE
from tests.contract.gateway_hub import AUTH, Hub, client_of, running_hub

ASSET = "/api/v1/assets/{id}"
REQUESTS = "nekohub_http_requests_total"
SECONDS = "nekohub_http_request_duration_seconds"


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("a")
        yield hub


@pytest.fixture
async def anonymous(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(client: httpx.AsyncClient) -> Samples:
    """Every sample by its name and labels."""
    response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def labels(**given: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(given.items()))


async def test_requests_are_counted_by_the_tables_route(
    hub: Hub, anonymous: httpx.AsyncClient
) -> None:
    for asset_id in ("a", "a", "b", "a%20b"):
        await anonymous.get(f"/api/v1/assets/{asset_id}", headers=AUTH)
    await anonymous.get("/api/v1/assets/a")
    await anonymous.head("/api/v1/assets/a", headers=AUTH)
    await anonymous.put("/api/v1/assets/a")
    samples = await scraped(anonymous)
    counted = {
        (found["method"], found["status"]): value
        for (name, pairs), value in samples.items()
        if name == REQUESTS and (found := dict(pairs))["route"] == ASSET
    }
    assert counted == {
        ("GET", "200"): 2,
        ("GET", "404"): 2,
        ("GET", "401"): 1,
        ("HEAD", "200"): 1,
        ("PUT", "405"): 1,
    }
    assert samples[f"{SECONDS}_count", labels(method="GET", route=ASSET)] == 5
    assert samples[f"{SECONDS}_bucket", labels(method="GET", route=ASSET, le="+Inf")] == 5
    assert samples[f"{SECONDS}_sum", labels(method="GET", route=ASSET)] > 0


async def test_buckets_grow_from_bound_to_bound(hub: Hub, anonymous: httpx.AsyncClient) -> None:
    await anonymous.get("/api/v1/system/ping")
    buckets = [
        value
        for (name, pairs), value in (await scraped(anonymous)).items()
        if name == f"{SECONDS}_bucket" and dict(pairs)["route"] == "/api/v1/system/ping"
    ]
    assert len(buckets) == 15
    assert sorted(buckets) == buckets
    assert buckets[-1] == 1


async def test_what_is_nowhere_is_one_route(hub: Hub, anonymous: httpx.AsyncClient) -> None:
    for number in range(20):
        await anonymous.get(f"/nothing/{number}")
        await anonymous.request("PROPFIND", f"/api/v1/assets/{number}")
    samples = await scraped(anonymous)
    assert samples[REQUESTS, labels(method="GET", route="other", status="404")] == 20
    assert samples[REQUESTS, labels(method="other", route=ASSET, status="405")] == 20
    routes = {dict(pairs)["route"] for name, pairs in samples if name == REQUESTS}
    assert routes <= {"other", *(endpoint.path for endpoint in TABLE)}


async def test_requests_under_way_are_told(hub: Hub, anonymous: httpx.AsyncClient) -> None:
    await anonymous.get("/nothing")
    assert (await scraped(anonymous))["nekohub_http_requests_in_flight", ()] == 1
    _, writer = await hub.connect()
    writer.write(
        b"PATCH /api/v1/assets/a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
        b"Authorization: %s\r\n\r\n" % AUTH["authorization"].encode()
    )
    await writer.drain()
    async with asyncio.timeout(10):
        while (await scraped(anonymous))["nekohub_http_requests_in_flight", ()] != 2:
            pass
        writer.close()
        closed = (REQUESTS, labels(method="PATCH", route=ASSET, status="closed"))
        while (await scraped(anonymous)).get(closed) != 1:
            pass
    assert (await scraped(anonymous))["nekohub_http_requests_in_flight", ()] == 1


async def test_the_build_and_the_process_are_told(hub: Hub, anonymous: httpx.AsyncClient) -> None:
    samples = await scraped(anonymous)
    (build,) = [dict(pairs) for name, pairs in samples if name == "nekohub_build_info"]
    assert build.keys() == {"version", "python"}
    assert samples["process_cpu_seconds_total", ()] > 0
    assert samples["process_resident_memory_bytes", ()] > 0


async def test_two_hubs_in_one_process_count_each_its_own(anonymous: httpx.AsyncClient) -> None:
    await anonymous.get("/nothing")
    async with running_hub() as other, client_of(other, None) as client:
        samples = await scraped(client)
    assert not any(name == REQUESTS for name, _ in samples)
