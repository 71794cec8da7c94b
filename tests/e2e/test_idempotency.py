"""Uploads over HTTP with an Idempotency-Key: one asset and one run, in one process and in two."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import S3Server
from tests.e2e.hub_process import CAT, Client, Hub
from tests.e2e.scaled import Scaled, scaled_hub
from tests.fakes import FakeOpenAI, fake_openai
from tests.unit.pictures import encoded, gradient

KEY = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
STEPS = 3


async def upload(
    client: Client,
    key: str,
    content: bytes | None = None,
    name: str = "cat.jpg",
    **fields: str,
) -> httpx.Response:
    """Uploads a picture, the cat unless another is given, and runs nothing unless told to."""
    files = {"file": (name, content or CAT.read_bytes(), "image/jpeg")}
    data = {"runEnrichment": "false"} | fields
    return await client.post("/assets", files=files, data=data, headers={KEY: key})


def id_of(response: httpx.Response) -> str:
    """The asset of an upload that was taken."""
    assert response.status_code == 202, response.text
    asset_id: str = response.json()["data"]["id"]
    assert response.headers["Location"] == f"/api/v1/assets/{asset_id}"
    return asset_id


def code_of(response: httpx.Response, status: int) -> str:
    """Why an upload was refused."""
    assert response.status_code == status, response.text
    code: str = response.json()["error"]["code"]
    return code


async def total(client: Client) -> int:
    """How many assets there are."""
    found: int = (await client.data("GET", "/assets"))["total"]
    return found


async def test_a_repeat_gets_the_same_asset_as_it_is_now(hub: Hub, client: Client) -> None:
    before = await total(client)
    first = await upload(client, "repeat", description="A cat.")
    await client.data("PATCH", f"/assets/{id_of(first)}", json={"altText": "Changed."})
    repeat = await upload(client, "repeat", description="A cat.")

    assert id_of(repeat) == id_of(first)
    assert REPLAYED not in first.headers
    assert repeat.headers[REPLAYED] == "true"
    assert repeat.json()["data"] == await client.data("GET", f"/assets/{id_of(first)}")
    assert repeat.json()["data"]["altText"] == "Changed."
    assert await total(client) == before + 1


async def test_a_repeat_tells_of_the_run(client: Client, fake: FakeOpenAI) -> None:
    await client.use(fake)
    first = await upload(client, "run", runEnrichment="true")
    enriched = await client.enriched(id_of(first))
    repeat = await upload(client, "run", runEnrichment="true")
    assert repeat.json()["data"]["latestExecutionSummary"] == enriched["latestExecutionSummary"]
    assert len(fake.requests) == STEPS


@pytest.mark.parametrize(
    "other",
    [
        {"content": encoded(gradient(9, 9), "JPEG")},
        {"name": "dog.jpg"},
        {"description": "A dog."},
        {"altText": "A cat."},
        {"isPublic": "false"},
        {"runEnrichment": "true"},
        {"skill": "thumbnail"},
    ],
    ids=",".join,
)
async def test_other_content_is_refused(client: Client, other: dict[str, Any]) -> None:
    key = f"reuse of {','.join(other)}"
    given: dict[str, Any] = {"description": "A cat."}
    first = await upload(client, key, **given)
    before = await total(client)

    refused = await upload(client, key, **(given | other))
    assert code_of(refused, 422) == "idempotency_key_reused"
    assert REPLAYED not in refused.headers
    assert await total(client) == before
    assert id_of(await upload(client, key, **given)) == id_of(first)


async def test_equal_ones_at_once_are_one_asset(hub: Hub, client: Client) -> None:
    before = await total(client)
    made = await asyncio.gather(*(upload(client, "at once") for _ in range(8)))

    assert len({id_of(each) for each in made}) == 1
    assert sum(REPLAYED in each.headers for each in made) == 7
    assert await total(client) == before + 1
    stored = list((hub.folder / "objects").glob("*/*/*/*.jpg"))
    assert len(stored) == before + 1


async def test_the_repeat_of_what_was_deleted_is_not_found(client: Client) -> None:
    first = await upload(client, "deleted")
    await client.data("DELETE", f"/assets/{id_of(first)}")
    assert code_of(await upload(client, "deleted"), 404) == "asset_not_found"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
async def test_what_is_no_key_is_refused_and_named(client: Client, key: str) -> None:
    refused = await upload(client, key)
    assert code_of(refused, 400) == "request_invalid"
    assert KEY in refused.json()["error"]["message"]
    assert id_of(await upload(client, "x" * 255))


async def test_a_refused_upload_leaves_its_key_free(client: Client) -> None:
    refused = await upload(client, "mended", CAT.read_bytes()[:-100])
    assert code_of(refused, 400) == "asset_file_invalid"
    mended = await upload(client, "mended")
    assert id_of(mended)
    assert REPLAYED not in mended.headers


async def test_a_key_counts_for_a_day(hub: Hub, client: Client) -> None:
    first = await upload(client, "a day")
    assert REPLAYED in (await upload(client, "a day")).headers
    old = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=24, minutes=1)
    with closing(sqlite3.connect(hub.folder / "assets.sqlite3")) as database, database:
        database.execute(
            "UPDATE request SET created_at = ? WHERE resource_id = ?",
            (str(old), id_of(first)),
        )
    again = await upload(client, "a day")
    assert id_of(again) != id_of(first)
    assert REPLAYED not in again.headers


async def test_a_key_counts_for_its_route(client: Client) -> None:
    assert id_of(await upload(client, "route"))
    profile = {"name": "another", "apiBaseUrl": "local://", "modelName": "m", "isActive": False}
    made = await client.post("/system/ai/providers", json=profile, headers={KEY: "route"})
    assert made.status_code == 201, made.text
    assert REPLAYED not in made.headers


@pytest.fixture
async def scaled(tmp_path: Path, postgres_url: str, s3: S3Server) -> AsyncIterator[Scaled]:
    """A hub of processes."""
    async with scaled_hub(tmp_path, postgres_url, s3) as running:
        yield running


async def test_two_processes_store_equal_ones_once(scaled: Scaled, tmp_path: Path) -> None:
    first_url = scaled.url
    first = {f"first {name}": scaled.processes.pop(name) for name in ("assets", "gateway")}
    scaled.processes |= first
    scaled.settings["NEKOHUB_ASSETS_ADDRESS"] = f"unix:{tmp_path}/second.sock"
    await scaled.start("assets")
    await scaled.start("gateway")
    assert scaled.url != first_url

    async with (
        fake_openai() as fake,
        scaled.client() as here,
        Client(first_url, dict(here.headers)) as there,
    ):
        await here.use(fake)
        made = await asyncio.gather(
            *(upload(client, "both", runEnrichment="true") for client in (here, there) * 4)
        )
        assert len({id_of(each) for each in made}) == 1
        assert sum(REPLAYED in each.headers for each in made) == 7
        assert await total(there) == 1
        asset = await here.enriched(id_of(made[0]))
        assert asset["latestExecutionSummary"]["succeeded"] is True
        assert len(fake.requests) == STEPS
