"""Many assets at once, and how many there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from nekohub.assets.v1 import assets_pb2 as pb
from nekohub.skills.v1 import skills_pb2

from tests.contract.gateway_counterparts import READER_KEY
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub

BATCH = "/api/v1/assets/batch-delete"
USAGE = "/api/v1/assets/usage-stats"


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("a")
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.assets.batches.clear()
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_a_batch(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.post(BATCH, json=["a", "nope"])
    assert response.status_code == 200
    assert response.json()["data"] == {
        "requestedCount": 2,
        "deletedCount": 1,
        "notFoundIds": ["nope"],
    }
    assert hub.assets.batches == [pb.BatchDeleteAssetsRequest(asset_ids=["a", "nope"])]


async def test_a_repeat_is_marked(hub: Hub, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    first, repeat = [await client.post(BATCH, json=["a"], headers=headers) for _ in range(2)]
    assert "idempotent-replayed" not in first.headers
    assert repeat.headers["idempotent-replayed"] == "true"
    assert repeat.json() == first.json()
    assert [len(each.request_id) for each in hub.assets.batches] == [64, 64]


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        (b"", 400, "a JSON array of strings"),
        (b"{}", 400, "a JSON array of strings"),
        (b'"a"', 400, "a JSON array of strings"),
        (b"null", 400, "a JSON array of strings"),
        (b'["a"', 400, "no JSON"),
        (b'["a", 1]', 400, "item '1'"),
        (b'["a", null]', 400, "item '1'"),
        (b'[["a"]]', 400, "item '0'"),
        (b'["\\ud800"]', 400, "no JSON"),
        (b"[" * 40 + b"]" * 40, 400, "nested"),
        (orjson.dumps(["a"] * 1001), 400, "1000"),
        (orjson.dumps([1] * 1001), 400, "1000"),
        (orjson.dumps(["a" * 2**20]), 413, "1048576"),
    ],
)
async def test_what_is_no_array_of_ids(
    hub: Hub, client: httpx.AsyncClient, body: bytes, status: int, named: str
) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post(BATCH, content=body, headers=headers)
    code = {400: "request_invalid", 413: "request_too_large"}[status]
    assert (response.status_code, error_of(response)["code"]) == (status, code)
    assert named in error_of(response)["message"]
    assert hub.assets.batches == []


@pytest.mark.parametrize("ids", [[], ["x" * 900] * 1000, ["a\0b", "🐈", ""]])
async def test_what_is_one(hub: Hub, client: httpx.AsyncClient, ids: list[str]) -> None:
    response = await client.post(BATCH, json=ids)
    assert response.json()["data"]["requestedCount"] == len(ids)
    [asked] = hub.assets.batches
    assert list(asked.asset_ids) == ids


async def test_deleting_needs_the_permission(hub: Hub) -> None:
    async with client_of(hub, READER_KEY) as reader, client_of(hub, None) as anonymous:
        refused = await reader.post(BATCH, json=["a"])
        unknown = await anonymous.post(BATCH, json=["a"])
        assert (await reader.get(USAGE)).status_code == 200
        assert (await anonymous.get(USAGE)).status_code == 401
    assert (refused.status_code, unknown.status_code) == (403, 401)
    assert "assets.delete" in error_of(refused)["message"]
    assert hub.assets.batches == []


FEW = pb.GetUsageResponse(
    total_assets=3,
    total_bytes=2**53,
    total_derivatives=4,
    content_types=[
        pb.ContentTypeUsage(content_type="image/png", count=2, total_bytes=5),
        pb.ContentTypeUsage(content_type="image/gif", count=1, total_bytes=6),
    ],
)
OFTEN = skills_pb2.GetSkillUsageResponse(
    most_active=skills_pb2.SkillUsage(skill_name="enrich", run_count=7)
)


@pytest.mark.parametrize(
    ("of_assets", "of_skills", "data"),
    [
        (
            pb.GetUsageResponse(),
            skills_pb2.GetSkillUsageResponse(),
            {
                "totalAssets": 0,
                "totalBytes": 0,
                "totalDerivatives": 0,
                "contentTypeBreakdown": [],
                "mostActiveSkill": None,
            },
        ),
        (
            FEW,
            OFTEN,
            {
                "totalAssets": 3,
                "totalBytes": 2**53,
                "totalDerivatives": 4,
                "contentTypeBreakdown": [
                    {"contentType": "image/png", "count": 2, "totalBytes": 5},
                    {"contentType": "image/gif", "count": 1, "totalBytes": 6},
                ],
                "mostActiveSkill": {"skillName": "enrich", "runCount": 7},
            },
        ),
    ],
)
async def test_how_much_there_is(
    hub: Hub,
    client: httpx.AsyncClient,
    of_assets: pb.GetUsageResponse,
    of_skills: skills_pb2.GetSkillUsageResponse,
    data: dict[str, Any],
) -> None:
    hub.assets.usage, hub.skills.usage = of_assets, of_skills
    assert (await client.get(USAGE)).json() == {"data": data}


async def test_fixed_paths_are_no_ids(client: httpx.AsyncClient) -> None:
    for method, path, allow in (("DELETE", USAGE, "GET, HEAD"), ("GET", BATCH, "POST")):
        response = await client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, allow)
