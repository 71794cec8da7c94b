"""Workflows over HTTP: made, run by hand and by uploads; steps say what they were given."""

import asyncio
import json
import re
import shutil
import signal
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests import echo_steps
from tests.e2e.hub_process import Client, Hub, running_hub
from tests.fakes import fake_openai

ROOT = Path(__file__).parents[2]
WORKFLOWS = "/system/workflows"


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """A hub with a package of steps beside it."""
    steps = echo_steps.put(tmp_path_factory.mktemp("steps"))
    folder = tmp_path_factory.mktemp("hub")
    async with running_hub(folder, PYTHONPATH=str(steps)) as running:
        yield running


def body(name: str, *nodes: Any, **fields: Any) -> dict[str, Any]:
    return {"name": name, "graphJson": json.dumps({"nodes": nodes, "edges": []}), **fields}


def said(text: str) -> dict[str, Any]:
    return {"id": text, "type": "skill", "data": {"skillId": "echo", "saidText": text}}


async def create(client: Client, name: str, *nodes: Any, **fields: Any) -> Any:
    return await client.data("POST", WORKFLOWS, status=201, json=body(name, *nodes, **fields))


def echoed(asset: Any) -> str:
    (found,) = [each for each in asset["structuredResults"] if each["kind"] == "echo"]
    return str(json.loads(found["payloadJson"])["text"])


async def test_a_workflow_from_its_making_to_its_end(client: Client) -> None:
    made = await create(client, "Mine", said("one"), {"type": "thumbnail"}, said("two"))
    assert made == {
        "id": made["id"],
        "name": "Mine",
        "description": None,
        "isAutoRun": False,
        "graphJson": body("", said("one"), {"type": "thumbnail"}, said("two"))["graphJson"],
        "createdAtUtc": made["createdAtUtc"],
        "updatedAtUtc": made["createdAtUtc"],
    }
    path = f"{WORKFLOWS}/{made['id']}"
    asset_id = (await client.upload(runEnrichment="false"))["id"]

    response = await client.post(f"/assets/{asset_id}/workflows/{made['id']}/run")
    assert response.status_code == 202
    run = response.json()["data"]
    assert response.headers["location"] == f"/api/v1/executions/{run['executionId']}"
    assert run == {
        "assetId": asset_id,
        "workflowId": made["id"],
        "skillIds": ["echo", "thumbnail", "echo"],
        "executionId": run["executionId"],
    }
    execution = await client.ended(run["executionId"])
    assert (execution["skillName"], execution["triggerSource"]) == ("Mine", "workflow")
    assert execution["succeeded"] is True
    assert [step["stepName"] for step in execution["steps"]] == ["echo", "thumbnail", "echo"]
    asset = await client.data("GET", f"/assets/{asset_id}")
    assert echoed(asset) == "two"
    assert [each["kind"] for each in asset["derivatives"]] == ["thumbnail_256"]
    assert asset["latestExecutionSummary"]["executionId"] == run["executionId"]
    listed = await client.data("GET", "/executions", params={"skill": "Mine"})
    assert [each["executionId"] for each in listed["items"]] == [run["executionId"]]

    switched = await client.data("PATCH", f"{path}/autorun")
    assert switched["isAutoRun"] is True
    uploaded = await client.enriched((await client.upload())["id"])
    summary = uploaded["latestExecutionSummary"]
    assert (summary["skillName"], summary["triggerSource"]) == ("Mine", "upload")
    assert echoed(uploaded) == "two"

    other = await create(client, "Other", said("three"), isAutoRun=True, description="Says.")
    assert [each["name"] for each in await client.data("GET", WORKFLOWS)] == ["Other", "Mine"]
    assert (await client.data("GET", path))["isAutoRun"] is False
    assert echoed(await client.enriched((await client.upload())["id"])) == "three"
    named = await client.enriched((await client.upload(skill="thumbnail"))["id"])
    assert named["latestExecutionSummary"]["skillName"] == "thumbnail"

    # What is left out is cleared, but for isAutoRun.
    other_path = f"{WORKFLOWS}/{other['id']}"
    changed = await client.data("PUT", other_path, json=body("Another", said("four")))
    assert (changed["name"], changed["description"], changed["isAutoRun"]) == (
        "Another",
        None,
        True,
    )
    for each in (path, other_path):
        gone = await client.delete(each)
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await client.error("GET", each, status=404))["code"] == "workflow_profile_not_found"
    assert await client.data("GET", WORKFLOWS) == []
    assert (await client.data("GET", f"/executions/{run['executionId']}")) == execution


async def test_what_is_refused_is_named(client: Client) -> None:
    asset_id = (await client.upload(runEnrichment="false"))["id"]
    draft = await create(client, "Draft")
    path, run = f"{WORKFLOWS}/{draft['id']}", f"/assets/{asset_id}/workflows/{draft['id']}/run"
    nobody, cut = "01956f8d-88e4-7c6a-a8f1-5f235293db7a", {"name": "x", "graphJson": "{"}
    for method, where, content, status, code, told in (
        ("POST", WORKFLOWS, {}, 400, "workflow_profile_name_required", "name"),
        ("POST", WORKFLOWS, body("x" * 101), 400, "workflow_profile_name_too_long", "101"),
        ("POST", WORKFLOWS, body(" dRAFT "), 409, "workflow_profile_name_conflict", "dRAFT"),
        (
            "POST",
            WORKFLOWS,
            body("x", description="x" * 1001),
            400,
            "workflow_profile_description_too_long",
            "1001",
        ),
        ("POST", WORKFLOWS, {"name": "x"}, 400, "workflow_profile_graph_json_required", "graph"),
        ("PUT", path, cut, 400, "workflow_profile_graph_json_invalid", "is no JSON"),
        ("PUT", path, {"graph": {}}, 400, "request_invalid", "'graph'"),
        ("PATCH", f"{path}/autorun", None, 400, "workflow_profile_has_no_skills", "Draft"),
        ("POST", run, None, 400, "workflow_profile_has_no_skills", "Draft"),
        ("POST", run, {"parameters": {}}, 400, "request_invalid", "'parameters'"),
        ("POST", run.replace(asset_id, nobody), None, 404, "asset_not_found", nobody),
        ("POST", run.replace(draft["id"], nobody), None, 404, "workflow_profile_not_found", nobody),
    ):
        error = await client.error(method, where, status=status, json=content)
        assert error["code"] == code
        assert told in error["message"]

    await client.data("PUT", path, json=body("Draft", {"id": "n1", "type": "nope"}))
    error = await client.error("POST", run, status=400)
    assert error["code"] == "workflow_profile_contains_unsupported_skills"
    assert '"nope" (node "n1")' in error["message"]
    await client.data("PUT", path, json=body("Draft", said("x" * 21)))
    error = await client.error("PATCH", f"{path}/autorun", status=400)
    assert error["code"] == "skill_parameters_invalid"
    assert error["message"].startswith(f'node "{"x" * 21}": saidText ')
    assert (await client.data("GET", f"/assets/{asset_id}"))["latestExecutionSummary"] is None
    await client.delete(path)


async def test_equal_requests_have_their_effect_once(client: Client) -> None:
    key, content = {"Idempotency-Key": "one"}, body("Once", said("once"))
    answers = await asyncio.gather(
        *(client.post(WORKFLOWS, json=content, headers=key) for _ in range(4))
    )
    (made,) = {answer.json()["data"]["id"] for answer in answers}
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 3
    error = await client.error("POST", WORKFLOWS, status=422, json=body("Twice"), headers=key)
    assert error["code"] == "idempotency_key_reused"

    asset_id = (await client.upload(runEnrichment="false"))["id"]
    run = f"/assets/{asset_id}/workflows/{made}/run"
    first = await client.post(run, headers=key)
    await client.delete(f"{WORKFLOWS}/{made}")
    repeat = await client.post(run, headers=key)
    assert (repeat.status_code, repeat.json()) == (202, first.json())
    assert repeat.headers["idempotent-replayed"] == "true"


async def test_a_run_that_is_killed_goes_on_as_it_was_accepted(tmp_path: Path) -> None:
    steps = echo_steps.put(tmp_path)
    async with (
        fake_openai() as fake,
        running_hub(tmp_path / "hub", PYTHONPATH=str(steps)) as hub,
    ):
        fake.gate = asyncio.Event()
        async with hub.client() as client:
            await client.use(fake)
            nodes = said("one"), {"type": "ai-caption"}, said("two")
            made = await create(client, "Before", *nodes, isAutoRun=True)
            asset_id = (await client.upload())["id"]
            async with asyncio.timeout(20):
                await fake.arrived(1)
            await client.data("PUT", f"{WORKFLOWS}/{made['id']}", json=body("After", said("three")))
        await hub.stop(signal.SIGKILL)
        fake.gate.set()
        await hub.start()
        async with hub.client() as client:
            asset = await client.enriched(asset_id)
            listed = await client.data("GET", f"/assets/{asset_id}/executions")
    assert [each["skillName"] for each in listed["items"]] == ["Before"]
    assert asset["latestExecutionSummary"]["succeeded"] is True
    steps_run = [each["stepName"] for each in asset["latestExecutionSummary"]["steps"]]
    assert steps_run == ["echo", "caption", "echo"]
    assert echoed(asset) == "two"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_the_page_s_commands_work_as_printed(hub: Hub) -> None:
    page = (ROOT / "docs" / "workflows.md").read_text()
    (block,) = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
    script = (
        block.replace("http://127.0.0.1:5121", hub.url)
        .replace("var/api-key", str(hub.folder / "api-key"))
        .replace("curl ", "curl -sS --fail-with-body -w '\\n' ")
    )
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, cwd=ROOT, stdout=PIPE, stderr=STDOUT
    )
    output = (await shell.communicate())[0].decode()
    assert shell.returncode == 0, output
    run, _, uploaded, listed, workflows = (
        json.loads(line)["data"] for line in output.splitlines() if line
    )
    assert run["skillIds"] == ["thumbnail", "ai-caption"]
    assert uploaded["status"] == "ready"
    assert run["executionId"] in {each["executionId"] for each in listed["items"]}
    assert workflows[0]["name"] == "Thumbnail and caption"
