"""Every example of the users' page on AI skills, field for field, through the running command."""

import asyncio
import json
import re

import httpx

from tests.e2e.hub_process import Client, Hub, running_hub
from tests.fakes import ANSWERS, FakeOpenAI, Scripted, completion

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
UTC = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
STEPS = ["caption", "alt-text", "structured-metadata"]


async def test_available_skills_are_listed(client: Client) -> None:
    skills = await client.data("GET", "/assets/skills")
    enrich = skills[0]
    assert list(enrich)[:3] == ["skillName", "description", "steps"]
    assert enrich["skillName"] == "enrich"
    assert (
        enrich["description"]
        == "Generates a caption, alt text, and structured metadata for an image."
    )
    assert enrich["steps"] == STEPS
    assert [each["name"] for each in enrich["parameters"]] == ["language"]
    names = {each["skillName"] for each in skills}
    assert {"ai-caption", "thumbnail", *(name for name, _, _ in IMAGE_SKILLS)} <= names
    (convert,) = [each for each in skills if each["skillName"] == "format-convert"]
    (target, keep, quality) = convert["parameters"]
    assert (target["name"], target["default"]) == ("targetFormat", "webp")
    assert (keep["name"], keep["default"]) == ("keepOriginal", True)
    assert (quality["name"], quality["minimum"], quality["maximum"]) == ("quality", 0, 100)


async def test_a_run_answers_with_every_step_and_the_asset(
    client: Client, fake: FakeOpenAI
) -> None:
    await client.use(fake)
    uploaded = await client.upload(runEnrichment="false")
    ran = await client.data("POST", f"/assets/{uploaded['id']}/skills/enrich/run", json={})
    assert list(ran) == ["succeeded", "skillName", "steps", "asset"]
    assert (ran["succeeded"], ran["skillName"]) == (True, "enrich")
    assert ran["steps"] == [
        {"name": name, "succeeded": True, "errorMessage": None} for name in STEPS
    ]
    asset = ran["asset"]
    assert (asset["id"], asset["status"], asset["derivatives"]) == (uploaded["id"], "ready", [])
    results = {each["kind"]: each for each in asset["structuredResults"]}
    # In the order of the pipeline, whichever step ended first.
    assert list(results) == STEPS
    for kind, result in results.items():
        assert set(result) == {"kind", "payloadJson", "createdAtUtc"}
        assert json.loads(result["payloadJson"]) == ANSWERS[kind]
        assert UTC.match(result["createdAtUtc"])
    assert (
        results["caption"]["payloadJson"] == '{"caption": "A tabby cat sitting on a wooden floor."}'
    )
    summary = asset["latestExecutionSummary"]
    assert UUID.match(summary["executionId"])
    assert summary["skillName"] == "enrich"
    assert summary["triggerSource"] == "manual"
    assert summary["succeeded"] is True
    assert UTC.match(summary["startedAtUtc"])
    assert UTC.match(summary["completedAtUtc"])
    assert summary["startedAtUtc"] <= summary["completedAtUtc"]
    for step, name in zip(summary["steps"], STEPS, strict=True):
        assert (step["stepName"], step["succeeded"], step["errorMessage"]) == (name, True, None)
    assert asset == await client.data("GET", f"/assets/{asset['id']}")


async def test_a_run_needs_no_body(client: Client) -> None:
    uploaded = await client.upload(runEnrichment="false")
    path = f"/assets/{uploaded['id']}/skills/ai-caption/run"
    ran = await client.data("POST", path)
    assert [step["name"] for step in ran["steps"]] == ["caption"]


async def test_a_failing_step_says_why_and_the_others_go_on(
    client: Client, fake: FakeOpenAI
) -> None:
    uploaded = await client.upload(runEnrichment="false")
    refusal = {"error": {"message": "This model cannot look at cats.", "type": "invalid"}}
    fake.answers["alt-text"] = Scripted(400, refusal)
    try:
        ran = await client.data("POST", f"/assets/{uploaded['id']}/skills/enrich/run", json={})
    finally:
        fake.answers["alt-text"] = ANSWERS["alt-text"]
    assert ran["succeeded"] is False
    caption, alt_text, metadata = ran["steps"]
    assert (caption["succeeded"], metadata["succeeded"]) == (True, True)
    assert alt_text["succeeded"] is False
    assert "This model cannot look at cats." in alt_text["errorMessage"]
    asset = ran["asset"]
    assert asset["status"] == "ready"
    assert {each["kind"] for each in asset["structuredResults"]} == {
        "caption",
        "structured-metadata",
    }
    assert asset["latestExecutionSummary"]["succeeded"] is False
    assert asset["latestExecutionSummary"]["steps"][1]["errorMessage"] == alt_text["errorMessage"]


async def test_a_run_may_ask_for_a_language_and_a_picture_may_only_decorate(
    client: Client, fake: FakeOpenAI
) -> None:
    uploaded = await client.upload(runEnrichment="false")
    path = f"/assets/{uploaded['id']}/skills/enrich/run"
    fake.answers["alt-text"] = {"altText": ""}
    before = len(fake.requests)
    try:
        ran = await client.data("POST", path, json={"parameters": {"language": "de"}})
    finally:
        fake.answers["alt-text"] = ANSWERS["alt-text"]
    assert ran["succeeded"] is True
    assert [" tag de," in each.text for each in fake.requests[before:]] == [True] * 3
    assert ran["asset"]["altText"] == ""
    assert (await client.data("GET", f"/assets/{uploaded['id']}"))["altText"] == ""
    body = {"parameters": {"language": "en_US"}}
    error = await client.error("POST", path, status=400, json=body)
    assert error["code"] == "skill_parameters_invalid"
    assert error["message"].endswith("; write en-US, with a hyphen")


async def test_an_upload_is_enriched_in_the_background(client: Client) -> None:
    uploaded = await client.upload()
    assert uploaded["status"] == "ready"
    assert uploaded["latestExecutionSummary"] is None
    asset = await client.enriched(uploaded["id"])
    summary = asset["latestExecutionSummary"]
    assert (summary["skillName"], summary["triggerSource"]) == ("enrich", "upload")
    assert summary["succeeded"] is True
    assert [(step["stepName"], step["succeeded"]) for step in summary["steps"]] == [
        (name, True) for name in STEPS
    ]
    assert asset["description"] == ANSWERS["caption"]["caption"]
    assert asset["altText"] == ANSWERS["alt-text"]["altText"]


async def test_while_a_run_goes_on_the_summary_is_open(client: Client, fake: FakeOpenAI) -> None:
    seen = len(fake.requests)
    fake.gate = asyncio.Event()
    try:
        uploaded = await client.upload(skill="ai-caption")
        async with asyncio.timeout(20):
            await fake.arrived(seen + 1)
        asset = await client.data("GET", f"/assets/{uploaded['id']}")
    finally:
        fake.gate.set()
        fake.gate = None
    summary = asset["latestExecutionSummary"]
    assert (summary["completedAtUtc"], summary["succeeded"]) == (None, None)
    assert UTC.match(summary["startedAtUtc"])
    ended = (await client.enriched(uploaded["id"]))["latestExecutionSummary"]
    assert ended["executionId"] == summary["executionId"]
    assert ended["succeeded"] is True


async def test_an_upload_without_enrichment_runs_nothing(client: Client, fake: FakeOpenAI) -> None:
    silent = await client.upload(runEnrichment="false")
    # What was uploaded later has ended, so the earlier one would have begun.
    await client.enriched((await client.upload())["id"])
    asset = await client.data("GET", f"/assets/{silent['id']}")
    assert asset["latestExecutionSummary"] is None
    assert asset["structuredResults"] == []
    ran = await client.data("POST", f"/assets/{silent['id']}/skills/ai-caption/run", json={})
    assert ran["succeeded"] is True


async def test_without_an_active_profile_a_step_says_what_to_do(
    client: Client, fake: FakeOpenAI
) -> None:
    profile = await client.data("GET", "/system/ai/providers/active")
    await client.data("PATCH", f"/system/ai/providers/{profile['id']}", json={"isActive": False})
    try:
        assert await client.data("GET", "/system/ai/providers/active") is None
        asset = await client.enriched((await client.upload())["id"])
    finally:
        await client.data("PATCH", f"/system/ai/providers/{profile['id']}", json={"isActive": True})
    assert asset["status"] == "ready"
    summary = asset["latestExecutionSummary"]
    assert summary["succeeded"] is False
    for step in summary["steps"]:
        assert step["succeeded"] is False
        assert "active" in step["errorMessage"]
        assert "/api/v1/system/ai/providers" in step["errorMessage"]


async def test_the_model_sees_a_small_upright_picture_and_the_key(
    client: Client, fake: FakeOpenAI
) -> None:
    seen = len(fake.requests)
    uploaded = await client.upload(runEnrichment="false")
    await client.data("POST", f"/assets/{uploaded['id']}/skills/ai-caption/run", json={})
    (asked,) = fake.requests[seen:]
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == "Bearer sk-planted-0123456789"
    assert asked.body["model"] == "fake-vision-1"
    (shown,) = asked.images
    assert shown.startswith(b"\xff\xd8")
    assert b"Exif" not in shown


async def test_a_model_that_comes_back_is_asked_again(client: Client, fake: FakeOpenAI) -> None:
    seen = len(fake.requests)
    fake.script(Scripted(503, "busy"), Scripted(429, "slow down", {"Retry-After": "0"}))
    uploaded = await client.upload(runEnrichment="false")
    ran = await client.data("POST", f"/assets/{uploaded['id']}/skills/ai-caption/run", json={})
    assert ran["succeeded"] is True
    assert len(fake.requests) == seen + 3


async def test_a_rerun_replaces_what_a_model_wrote_and_nothing_else(
    client: Client, fake: FakeOpenAI
) -> None:
    uploaded = await client.upload(runEnrichment="false", altText="What I see")
    path = f"/assets/{uploaded['id']}/skills/enrich/run"
    await client.data("POST", path, json={})
    fake.answers["caption"] = {"caption": "Another cat."}
    try:
        asset = (await client.data("POST", path, json={}))["asset"]
    finally:
        fake.answers["caption"] = ANSWERS["caption"]
    assert (asset["description"], asset["altText"]) == ("Another cat.", "What I see")
    assert len(asset["structuredResults"]) == len(STEPS)
    await client.data("PATCH", f"/assets/{uploaded['id']}", json={"description": None})
    asset = (await client.data("POST", path, json={}))["asset"]
    assert (asset["description"], asset["altText"]) == (None, "What I see")


async def test_model_output_is_kept_as_text(client: Client, fake: FakeOpenAI) -> None:
    hostile = "</script><script>alert(1)</script>'; DROP TABLE asset; --\u202e {{7*7}} 🐈"
    uploaded = await client.upload(runEnrichment="false")
    fake.script(Scripted(body=completion({"caption": hostile})))
    ran = await client.data("POST", f"/assets/{uploaded['id']}/skills/ai-caption/run", json={})
    (result,) = ran["asset"]["structuredResults"]
    assert "<script>alert(1)</script>'; DROP TABLE asset; --" in result["payloadJson"]
    assert json.loads(result["payloadJson"])["caption"].startswith("</script>")


async def test_a_thumbnail_is_a_link_away(hub: Hub, client: Client) -> None:
    uploaded = await client.upload(runEnrichment="false")
    ran = await client.data("POST", f"/assets/{uploaded['id']}/skills/thumbnail/run", json={})
    (derivative,) = ran["asset"]["derivatives"]
    assert derivative["kind"] == "thumbnail_256"
    assert (derivative["contentType"], derivative["extension"]) == ("image/webp", ".webp")
    assert max(derivative["width"], derivative["height"]) == 256
    async with httpx.AsyncClient() as anonymous:
        content = await anonymous.get(derivative["publicUrl"])
    assert content.status_code == 200
    assert content.headers["content-type"] == "image/webp"
    assert len(content.content) == derivative["size"]
    assert derivative["publicUrl"].startswith(hub.url)


async def test_an_unknown_skill_and_an_unknown_asset(client: Client) -> None:
    uploaded = await client.upload(runEnrichment="false")
    error = await client.error("POST", f"/assets/{uploaded['id']}/skills/nope/run", status=404)
    assert error["code"] == "skill_not_found"
    error = await client.error(
        "POST", "/assets/01956f8d-88e4-7c6a-a8f1-5f235293db7a/skills/enrich/run", status=404
    )
    assert error["code"] == "asset_not_found"
    error = await client.error(
        "POST",
        f"/assets/{uploaded['id']}/skills/enrich/run",
        status=400,
        json={"parameters": {"speed": 3}},
    )
    assert error["code"] == "skill_parameters_invalid"
    assert "speed" in error["message"]


async def test_a_new_hub_enriches_with_the_built_in_engine(tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    async with (
        running_hub(tmp_path_factory.mktemp("built-in")) as hub,
        hub.client() as client,
    ):
        asset = await client.enriched((await client.upload())["id"])
        assert asset["latestExecutionSummary"]["succeeded"] is True
        payloads = {
            each["kind"]: json.loads(each["payloadJson"]) for each in asset["structuredResults"]
        }
        assert set(payloads) == set(STEPS)
        assert payloads["caption"]["engine"] == "local"
        assert "cat" not in payloads["caption"]["caption"].lower()


IMAGE_SKILLS: list[tuple[str, dict[str, object], dict[str, str]]] = [
    ("renditions", {}, {"w320": "image/webp"}),
    ("format-convert", {"TargetFormat": "JPG"}, {"converted_jpeg": "image/jpeg"}),
    ("exif-strip", {}, {"exif_stripped": "image/jpeg"}),
    ("watermark", {"Text": "© Mia", "position": "topleft"}, {"watermarked": "image/jpeg"}),
]


async def test_an_image_skill_leaves_its_derivatives(client: Client) -> None:
    uploaded = await client.upload(runEnrichment="false")
    left: dict[str, str] = {}
    for skill, parameters, kinds in IMAGE_SKILLS:
        path = f"/assets/{uploaded['id']}/skills/{skill}/run"
        ran = await client.data("POST", path, json={"parameters": parameters})
        assert (ran["succeeded"], [step["name"] for step in ran["steps"]]) == (True, [skill])
        left |= kinds
        found = {each["kind"]: each["contentType"] for each in ran["asset"]["derivatives"]}
        assert found == left


async def test_wrong_parameters_of_an_image_skill_are_named(client: Client) -> None:
    uploaded = await client.upload(runEnrichment="false")
    for skill, parameters, message in (
        ("format-convert", {"TargetFormat": "svg"}, "targetFormat must be one of webp, avif, "),
        ("watermark", {"Text": "a\nb"}, "text must have no control characters or line breaks"),
    ):
        path = f"/assets/{uploaded['id']}/skills/{skill}/run"
        error = await client.error("POST", path, status=400, json={"parameters": parameters})
        assert error["code"] == "skill_parameters_invalid"
        assert error["message"].startswith(message)
