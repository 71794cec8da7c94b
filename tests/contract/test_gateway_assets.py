"""Listing, reading, changing and deleting assets, field for field."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from nekohub.assets.v1 import assets_pb2 as pb
from nekohub.skills.v1 import skills_pb2

from tests.contract.gateway_counterparts import WHEN, ended
from tests.contract.gateway_hub import BASE, Hub, client_of, error_of, running_hub

URL = "/api/v1/assets"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.assets.assets.clear()
    shared.assets.lists.clear()
    shared.assets.updates.clear()
    shared.skills.executions.clear()
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


def put_rich(hub: Hub, **fields: object) -> None:
    """An asset with everything on it, and an execution that ended."""
    hub.assets.put(
        "a",
        content=b"12345",
        description="",
        derivatives=[
            pb.Derivative(
                kind="thumbnail_256",
                content_type="image/webp",
                extension=".webp",
                size=3,
                width=256,
                height=192,
                storage_key="2026/04/08/a.thumbnail 256.webp",
                create_time=WHEN,
            )
        ],
        structured_results=[
            pb.StructuredResult(kind="caption", payload_json='{"caption":"x"}', create_time=WHEN)
        ],
        **fields,
    )
    hub.skills.executions["e"] = ended(
        skills_pb2.Execution(
            id="e",
            asset_id="a",
            skill_name="enrich",
            trigger_source=skills_pb2.TRIGGER_SOURCE_UPLOAD,
            steps=[skills_pb2.ExecutionStep(name=name) for name in ("caption", "alt-text")],
        )
    )


async def test_the_full_asset(hub: Hub, client: httpx.AsyncClient) -> None:
    put_rich(hub)
    response = await client.get(f"{URL}/a")
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["data"] == {
        "id": "a",
        "type": "image",
        "status": "ready",
        "originalFileName": "cat.png",
        "storedFileName": "a.png",
        "contentType": "image/png",
        "extension": ".png",
        "size": 5,
        "width": 640,
        "height": 480,
        "checksumSha256": "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5",
        "storageProvider": "local",
        "storageKey": "2026/04/08/a.png",
        "publicUrl": f"{BASE}/content/2026/04/08/a.png",
        "isPublic": True,
        "description": "",
        "altText": None,
        "hasLocation": False,
        "createdAtUtc": WHEN_TEXT,
        "updatedAtUtc": WHEN_TEXT,
        "derivatives": [
            {
                "kind": "thumbnail_256",
                "contentType": "image/webp",
                "extension": ".webp",
                "size": 3,
                "width": 256,
                "height": 192,
                "publicUrl": f"{BASE}/content/2026/04/08/a.thumbnail%20256.webp",
                "createdAtUtc": WHEN_TEXT,
            }
        ],
        "structuredResults": [
            {"kind": "caption", "payloadJson": '{"caption":"x"}', "createdAtUtc": WHEN_TEXT}
        ],
        "latestExecutionSummary": {
            "executionId": "e",
            "skillName": "enrich",
            "triggerSource": "upload",
            "startedAtUtc": WHEN_TEXT,
            "completedAtUtc": WHEN_TEXT,
            "succeeded": False,
            "steps": [
                {
                    "stepName": "caption",
                    "succeeded": True,
                    "errorMessage": None,
                    "startedAtUtc": WHEN_TEXT,
                    "completedAtUtc": WHEN_TEXT,
                },
                {
                    "stepName": "alt-text",
                    "succeeded": False,
                    "errorMessage": "the model said no",
                    "startedAtUtc": WHEN_TEXT,
                    "completedAtUtc": WHEN_TEXT,
                },
            ],
        },
        "usage": {"inputTokens": 30, "outputTokens": 50, "requests": 10, "cost": 0.8},
    }


async def test_a_private_asset_has_no_public_url(hub: Hub, client: httpx.AsyncClient) -> None:
    put_rich(hub, is_public=False)
    data = (await client.get(f"{URL}/a")).json()["data"]
    assert data["publicUrl"] is None
    assert data["derivatives"][0]["publicUrl"] is None


async def test_before_the_first_run_there_is_no_summary(
    hub: Hub, client: httpx.AsyncClient
) -> None:
    hub.assets.put("a")
    data = (await client.get(f"{URL}/a")).json()["data"]
    assert data["latestExecutionSummary"] is None
    assert data["usage"] == {"inputTokens": 0, "outputTokens": 0, "requests": 0, "cost": 0.0}


async def test_what_a_step_that_is_told_has_left_is_told_too(
    hub: Hub, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.assets.put("a")
    hub.assets.was_read.clear()

    async def ends() -> None:
        await hub.assets.was_read.wait()
        put_rich(hub)
        for step in hub.skills.executions["e"].steps:
            step.complete_time.GetCurrentTime()

    monkeypatch.setattr(hub.skills, "meanwhile", ends)
    data = (await client.get(f"{URL}/a")).json()["data"]
    assert data["latestExecutionSummary"]["steps"][0]["succeeded"] is True
    assert [each["kind"] for each in data["structuredResults"]] == ["caption"]


async def test_an_older_service_does_not_tell_what_was_used(
    hub: Hub, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_rich(hub)
    monkeypatch.setattr(hub.skills, "used", None)
    data = (await client.get(f"{URL}/a")).json()["data"]
    assert data["latestExecutionSummary"]["executionId"] == "e"
    assert data["usage"]["requests"] == 0


async def test_an_unknown_asset_is_404(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.get(f"{URL}/nope")
    assert (response.status_code, error_of(response)["code"]) == (404, "asset_not_found")


async def test_assets_asked_for_at_once_are_told_apart(
    hub: Hub, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.assets, "fitting", 2)
    put_rich(hub)
    for number in range(9):
        hub.assets.put(f"b{number}")
    ids = ["a", *(f"b{number}" for number in range(9)), "none"]
    answers = await asyncio.gather(*(client.get(f"/api/v1/assets/{each}") for each in ids))
    assert [answer.status_code for answer in answers] == [200] * 10 + [404]
    assert [answer.json()["data"]["id"] for answer in answers[:-1]] == ids[:-1]
    summaries = [answer.json()["data"]["latestExecutionSummary"] for answer in answers[:-1]]
    assert summaries[0]["executionId"] == "e"
    assert summaries[1:] == [None] * 9


async def test_lists_asked_for_at_once_are_told_apart(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.assets.put("a")
    words = ["cat", "dog", "cat", "", "dog"]
    answers = await asyncio.gather(*(client.get(f"{URL}?query={each}") for each in words))
    assert [len(answer.json()["data"]["items"]) for answer in answers] == [1] * 5
    assert {request.query for request in hub.assets.lists} == set(words)


async def test_a_list_item(hub: Hub, client: httpx.AsyncClient) -> None:
    put_rich(hub, alt_text="alt", has_location=True)
    data = (await client.get(URL)).json()["data"]
    [item] = data.pop("items")
    assert data == {
        "page": 1,
        "pageSize": 20,
        "total": 1,
        "totalIsCapped": False,
        "nextCursor": "next",
    }
    assert item == {
        "id": "a",
        "type": "image",
        "status": "ready",
        "originalFileName": "cat.png",
        "contentType": "image/png",
        "size": 5,
        "width": 640,
        "height": 480,
        "storageProvider": "local",
        "publicUrl": f"{BASE}/content/2026/04/08/a.png",
        "thumbnailUrl": f"{BASE}/api/v1/assets/a/derivatives/thumbnail_256/content",
        "isPublic": True,
        "description": "",
        "altText": "alt",
        "hasLocation": True,
        "createdAtUtc": WHEN_TEXT,
        "updatedAtUtc": WHEN_TEXT,
    }


DEFAULT = pb.ListAssetsRequest(page_size=20, order=pb.ASSET_ORDER_CREATE_TIME)
READY = pb.ASSET_STATUS_READY
SIZE = pb.ASSET_ORDER_SIZE


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("", {}),
        ("page=3&pageSize=10", {"skip": 20, "page_size": 10}),
        ("pageSize=1000", {"page_size": 100}),
        ("page=0&pageSize=0", {}),
        ("page=-1&pageSize=-5", {}),
        ("page=x&pageSize=1.5", {}),
        ("page=%D9%A1", {}),
        (f"page={'9' * 5000}&pageSize=100", {"skip": (2**53 - 2) * 100, "page_size": 100}),
        (f"page={2**53 - 1}", {"skip": (2**53 - 2) * 20}),
        ("cursor=abc", {"page_token": "abc"}),
        ("query=katze+%E2%98%95", {"query": "katze ☕"}),
        ("keyword=cat", {"query": "cat"}),
        ("query=+&keyword=cat", {"query": "cat"}),
        ("query=dog&keyword=cat", {"query": "dog"}),
        ("contentType=image/png", {"content_type": "image/png"}),
        ("contentType=IMAGE/*", {"content_type": "image/*"}),
        ("contentType=nonsense", {}),
        ("contentType=*/*", {}),
        ("status=ready", {"status": READY}),
        ("status=failed", {"match_none": True}),
        ("status=pending", {"match_none": True}),
        ("status=processing", {"match_none": True}),
        ("status=odd", {}),
        ("orderBy=size&orderDirection=asc", {"order": SIZE, "ascending": True}),
        ("sortBy=size&sortDirection=desc", {"order": SIZE}),
        ("orderBy=name&orderDirection=up", {}),
        ("unknown=1&status=", {}),
        ("%ff=%fe&query=%ff", {"query": "\ufffd"}),
    ],
)
async def test_a_query_is_read_with_goodwill(
    hub: Hub, client: httpx.AsyncClient, query: str, changes: dict[str, object]
) -> None:
    response = await client.get(f"{URL}?{query}")
    assert response.status_code == 200
    expected = pb.ListAssetsRequest()
    expected.CopyFrom(DEFAULT)
    for name, value in changes.items():
        setattr(expected, name, value)
    assert hub.assets.lists == [expected]


@pytest.mark.parametrize(
    ("body", "paths", "values"),
    [
        ("{}", [], {}),
        ('{"description": "x"}', ["description"], {"description": "x"}),
        ('{"description": null}', ["description"], {}),
        ('{"altText": "", "isPublic": false}', ["alt_text", "is_public"], {"alt_text": ""}),
        (
            '{"originalFileName": "n.png"}',
            ["original_file_name"],
            {"original_file_name": "n.png"},
        ),
        ('{"originalFileName": null}', ["original_file_name"], {}),
    ],
)
async def test_a_patch_tells_omitted_null_and_set_apart(
    hub: Hub, client: httpx.AsyncClient, body: str, paths: list[str], values: dict[str, Any]
) -> None:
    put_rich(hub)
    response = await client.patch(f"{URL}/a", content=body)
    assert response.status_code == 200
    assert response.json()["data"]["latestExecutionSummary"]["executionId"] == "e"
    assert response.json()["data"]["usage"]["requests"] == 10
    [update] = hub.assets.updates
    assert list(update.update_mask.paths) == paths
    assert update.asset == pb.Asset(id="a", **values)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'{"description": 5}', "'description'"),
        (b'{"isPublic": "yes"}', "'isPublic'"),
        (b'{"isPublic": 1}', "'isPublic'"),
        (b'{"isPublic": null}', "'isPublic'"),
        (b'{"colour": "red"}', "'colour'"),
        (b'{"alt_text": "x"}', "'alt_text'"),
        (b'{"description": 5, "colour": "red"}', "'colour'"),
        (b'{"description": NaN}', "JSON"),
        (b'{"description": Infinity}', "JSON"),
        (b'{"description": "\\ud800"}', "JSON"),
        (b'{"description": "\xff"}', "JSON"),
        (b"[" * 15_000, "JSON"),
        (b"[" * 100_000, "arrays and objects"),
        (b'{"description": [' + b"[]," * 10_000 + b"[]]}", "arrays and objects"),
        (b'{"colour": "' + b"[]," * 10_000 + b'"}', "colour"),
        (b'{"description": ' + b"[" * 40 + b"]" * 40 + b"}", "nested"),
    ],
)
async def test_a_bad_body_says_what_is_wrong(
    hub: Hub, client: httpx.AsyncClient, body: bytes, named: str
) -> None:
    response = await client.patch(f"{URL}/a", content=body)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert named in error_of(response)["message"]
    assert hub.assets.updates == []


async def test_a_body_of_another_type_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.patch(f"{URL}/a", data={"description": "x"})
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert "application/json" in error_of(response)["message"]


@pytest.mark.parametrize("declared", [True, False])
async def test_a_huge_body_is_refused(client: httpx.AsyncClient, declared: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    content = b" " * (1024 * 1024 + 1) if declared else pieces()
    response = await client.patch(f"{URL}/a", content=content)
    assert (response.status_code, error_of(response)["code"]) == (413, "request_too_large")


async def test_a_delete(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.assets.put("a")
    response = await client.delete(f"{URL}/a")
    assert response.status_code == 200
    assert response.json()["data"] == {
        "id": "a",
        "status": "deleted",
        "deletedAtUtc": WHEN_TEXT,
    }
    assert (await client.delete(f"{URL}/a")).status_code == 404


async def test_bootstrap_and_ping(client: httpx.AsyncClient) -> None:
    ping = await client.get("/api/v1/system/ping")
    assert ping.json() == {"data": {"status": "ok"}}
    bootstrap = await client.get("/api/v1/system/bootstrap")
    assert bootstrap.json() == {
        "data": {
            "apiKeyRequired": True,
            "maxUploadSizeBytes": 2097152,
            "allowedContentTypes": ["image/png", "image/jpeg"],
        }
    }
