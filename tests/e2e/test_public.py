"""What anybody may see, what many assets at once come to, and how much there is: over HTTP."""

import io
from typing import Any

import httpx
from PIL import Image

from tests.e2e.hub_process import CAT, Client, Hub

HIDDEN = {
    "storageKey",
    "storageProvider",
    "checksumSha256",
    "isPublic",
    "hasLocation",
    "structuredResults",
    "latestExecutionSummary",
    "usage",
}


async def upload(client: Client, **fields: Any) -> Any:
    return await client.upload(CAT.read_bytes(), runEnrichment="false", **fields)


async def test_anybody_sees_what_is_public_and_nothing_else(hub: Hub, client: Client) -> None:
    cat = CAT.read_bytes()
    shown = await client.upload(cat, skill="ai-caption", description="Shown to all")
    await client.enriched(shown["id"])
    hidden = await upload(client, isPublic="false", description="Shown to none")
    async with Client(hub.url, {}) as anonymous, httpx.AsyncClient(timeout=60) as plain:
        found = await anonymous.data("GET", "/public/assets")
        assert [each["id"] for each in found["items"]] == [shown["id"]]
        assert (await anonymous.data("GET", "/public/assets?query=shown"))["total"] == 1
        [item] = found["items"]
        one = await anonymous.data("GET", f"/public/assets/{shown['id']}")
        for each in (item, one):
            assert not HIDDEN & each.keys()
            assert (await plain.get(each["publicUrl"])).content == cat
        refused = await anonymous.error("GET", f"/public/assets/{hidden['id']}", status=404)
        assert refused["code"] == "asset_not_found"

        made = await plain.get(item["thumbnailUrl"])
        assert made.status_code == 200
        with Image.open(io.BytesIO(made.content)) as picture:
            assert (picture.format, max(picture.size)) == ("WEBP", 256)
        etag = {"If-None-Match": made.headers["etag"]}
        assert (await plain.get(item["thumbnailUrl"], headers=etag)).status_code == 304
        part = await plain.get(item["thumbnailUrl"], headers={"Range": "bytes=-5"})
        assert (part.status_code, part.content) == (206, made.content[-5:])
        size = (await plain.head(item["thumbnailUrl"])).headers["content-length"]
        assert int(size) == len(made.content)
        guessed = item["thumbnailUrl"].replace(shown["id"], hidden["id"])
        assert (await plain.get(guessed)).status_code == 404

        await client.data("PATCH", f"/assets/{shown['id']}", json={"isPublic": False})
        for url in (item["thumbnailUrl"], item["publicUrl"]):
            assert (await plain.get(url)).status_code == 404
        assert (await anonymous.data("GET", "/public/assets"))["items"] == []
    owners = await client.get(f"/assets/{hidden['id']}/derivatives/thumbnail_256/content")
    assert owners.status_code == 200


async def test_a_batch_and_what_is_left(hub: Hub, client: Client) -> None:
    before = await client.data("GET", "/assets/usage-stats")
    ids = [(await upload(client))["id"] for _ in range(3)]
    await client.data("POST", f"/assets/{ids[0]}/skills/thumbnail/run")
    await client.data("POST", f"/assets/{ids[0]}/skills/thumbnail/run")
    assert await client.data("GET", "/assets/usage-stats") == {
        "totalAssets": before["totalAssets"] + 3,
        "totalBytes": before["totalBytes"] + 3 * CAT.stat().st_size,
        "totalDerivatives": before["totalDerivatives"] + 1,
        "contentTypeBreakdown": [
            {
                "contentType": "image/jpeg",
                "count": before["totalAssets"] + 3,
                "totalBytes": before["totalBytes"] + 3 * CAT.stat().st_size,
            }
        ],
        "mostActiveSkill": {"skillName": "thumbnail", "runCount": 2},
    }

    path, headers = "/assets/batch-delete", {"Idempotency-Key": "batch"}
    asked = [*ids[:2], "no-id", ids[0], "no-id"]
    first, repeat = [await client.post(path, json=asked, headers=headers) for _ in range(2)]
    answer = {"requestedCount": 5, "deletedCount": 2, "notFoundIds": ["no-id"]}
    assert first.json() == repeat.json() == {"data": answer}
    assert "Idempotent-Replayed" not in first.headers
    assert repeat.headers["Idempotent-Replayed"] == "true"
    reused = await client.error("POST", path, status=422, json=ids, headers=headers)
    assert reused["code"] == "idempotency_key_reused"
    for gone in ids[:2]:
        assert (await client.error("GET", f"/assets/{gone}", status=404))["code"]
    assert (await client.data("GET", f"/assets/{ids[2]}"))["id"] == ids[2]
    assert await client.data("POST", path, json=[*ids]) == {
        "requestedCount": 3,
        "deletedCount": 1,
        "notFoundIds": ids[:2],
    }
    after = await client.data("GET", "/assets/usage-stats")
    assert after["mostActiveSkill"] == {"skillName": "thumbnail", "runCount": 2}
    assert after | {"mostActiveSkill": None} == before | {"mostActiveSkill": None}
