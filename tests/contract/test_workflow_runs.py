"""Workflows as the skills service serves and runs them, on both databases."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from nekohub.skills.v1 import skills_pb2 as pb

from services.chassis.database import opened
from services.chassis.errors import (
    AlreadyExists,
    HubError,
    InvalidArgument,
    NotFound,
)
from services.chassis.ids import new_id
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from services.skills.graph import GRAPH_BYTES
from services.skills.model import ERROR_CHARACTERS, PlannedStep, Trigger
from services.skills.store import ExecutionStore
from services.skills.tables import workflow
from tests import echo_steps
from tests.contract.assets_hub import answered
from tests.contract.skills_hub import SkillsHub, running_skills, skills_settings
from tests.contract.steps_hub import StepsHub, steps_hub

UPLOAD: dict[str, Any] = {"skill": "", "trigger_source": pb.TRIGGER_SOURCE_UPLOAD}
NOBODY = "01956f8d-88e4-7c6a-a8f1-5f235293db7a"
ECHO = {"type": "echo"}
MESSAGE_BYTES = 4 * 1024 * 1024


@pytest.fixture(scope="module")
async def behind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StepsHub]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(echo_steps.put(tmp_path_factory.mktemp("steps"))))
        async with (
            PixelPool(size=1) as pixels,
            steps_hub(tmp_path_factory.mktemp("hub"), pixels) as made,
        ):
            yield made
    sys.modules.pop(echo_steps.MODULE, None)


@pytest.fixture
def settings(behind: StepsHub, database_url: str) -> Settings:
    return skills_settings(behind, database_url)


@pytest.fixture
async def hub(settings: Settings, behind: StepsHub) -> AsyncIterator[SkillsHub]:
    async with running_skills(settings, behind) as made:
        yield made


def graph(*nodes: Any) -> str:
    return json.dumps({"nodes": nodes})


def said(text: str) -> dict[str, Any]:
    return {"id": text, "data": {"skillId": "echo", "parameters": {"saidText": text}}}


async def create(
    hub: SkillsHub, name: str, *nodes: Any, request_id: str = "", **fields: Any
) -> pb.Workflow:
    given = pb.WorkflowInput(name=name, **{"graph_json": graph(*nodes)} | fields)
    request = pb.CreateWorkflowRequest(workflow=given, request_id=request_id)
    return (await answered(hub.stub.CreateWorkflow(request))).workflow


async def update(hub: SkillsHub, workflow_id: str, **fields: Any) -> pb.Workflow:
    given = pb.WorkflowInput(**fields)
    request = pb.UpdateWorkflowRequest(workflow_id=workflow_id, workflow=given)
    return (await answered(hub.stub.UpdateWorkflow(request))).workflow


async def delete(hub: SkillsHub, workflow_id: str) -> None:
    request = pb.DeleteWorkflowRequest(workflow_id=workflow_id)
    await answered(hub.stub.DeleteWorkflow(request))


async def listed(hub: SkillsHub) -> list[pb.Workflow]:
    return [each.workflow async for each in hub.stub.ListWorkflows(pb.ListWorkflowsRequest())]


async def start(
    hub: SkillsHub, asset_id: str, workflow_id: str, request_id: str = ""
) -> pb.StartWorkflowResponse:
    request = pb.StartWorkflowRequest(
        asset_id=asset_id, workflow_id=workflow_id, request_id=request_id or new_id()
    )
    return await answered(hub.stub.StartWorkflow(request))


async def refused(call: Awaitable[Any]) -> tuple[type[HubError], str]:
    with pytest.raises(HubError) as error:
        await call
    return type(error.value), error.value.reason


async def echoed(hub: SkillsHub, asset_id: str) -> str:
    """What the last echo has left."""
    (found,) = [
        each
        for each in (await hub.behind.assets.get(asset_id)).structured_results
        if each.kind == "echo"
    ]
    return str(json.loads(found.payload_json)["text"])


async def test_workflows_are_kept_and_listed_however_long_they_are(hub: SkillsHub) -> None:
    padding = "x" * (GRAPH_BYTES - 30)
    text = json.dumps({"nodes": [], "x": padding}, separators=(",", ":"))
    made = [await create(hub, f" w{number:02} ", graph_json=text) for number in range(20)]
    assert sum(len(each.graph_json) for each in made) > MESSAGE_BYTES
    active = await create(hub, "z", ECHO, is_auto_run=True, description=" Echoes. ")
    assert (active.name, active.description) == ("z", "Echoes.")
    assert not made[0].HasField("description")

    found = await listed(hub)

    assert [each.name for each in found] == ["z", *(f"w{number:02}" for number in range(20))]
    assert found[0] == active
    assert found[1] == made[0]
    read = await answered(hub.stub.GetWorkflow(pb.GetWorkflowRequest(workflow_id=made[3].id)))
    assert read.workflow == made[3]


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"name": ""}, "NAME_REQUIRED"),
    ({"name": " \0 \n"}, "NAME_REQUIRED"),
    ({"name": "x" * 101}, "NAME_TOO_LONG"),
    ({"name": "e" + "\u0301" * 100_000}, "NAME_TOO_LONG"),
    ({"name": "\u200b \ufeff"}, "NAME_REQUIRED"),
    *(({"name": each}, "NAME_REQUIRED") for each in "\u3164\u2800\ufe0f\u034f\U000e0100\u0378"),
    ({"name": "two\nlines"}, "NAME_REQUIRED"),
    ({"name": "a\0b"}, "NAME_REQUIRED"),
    ({"name": "\x1b[2J"}, "NAME_REQUIRED"),
    ({"name": "\u202egpj.exe"}, "NAME_REQUIRED"),
    ({"name": "a\u2028b"}, "NAME_REQUIRED"),
    ({"description": "x" * 1001}, "DESCRIPTION_TOO_LONG"),
    ({"graph_json": ""}, "GRAPH_JSON_REQUIRED"),
    ({"graph_json": "[]"}, "GRAPH_JSON_INVALID"),
    ({"graph_json": '{"nodes": [], "x": "' + "x" * GRAPH_BYTES + '"}'}, "GRAPH_JSON_INVALID"),
    ({"graph_json": graph(), "is_auto_run": True}, "HAS_NO_SKILLS"),
    ({"graph_json": graph({"type": "no"}), "is_auto_run": True}, "CONTAINS_UNSUPPORTED_SKILLS"),
)


async def test_what_is_no_workflow_is_refused(hub: SkillsHub) -> None:
    made = await create(hub, "x" * 100, description="x" * 1000)
    for fields, reason in REFUSED:
        expected = (InvalidArgument, f"WORKFLOW_PROFILE_{reason}")
        whole = {"name": "w", "graph_json": graph()} | fields
        assert await refused(create(hub, **whole)) == expected
        assert await refused(update(hub, made.id, **whole)) == expected
    assert await listed(hub) == [made]


async def test_names_that_look_the_same_are_the_same(hub: SkillsHub) -> None:
    made = await create(hub, " Cafe\u0301 ① ")
    assert made.name == "Café ①"
    conflict = (AlreadyExists, "WORKFLOW_PROFILE_NAME_CONFLICT")
    for name in ("Café ①", "CAFE\u0301 ①", "ｃafé 1", "Café\ufe0f 1", "Café 1\u3164"):
        assert await refused(create(hub, name)) == conflict
    assert len((await create(hub, "e\u0301" * 100)).name) == 100


async def test_a_run_is_one_execution_of_all_its_skills_steps(hub: SkillsHub) -> None:
    asset_id = await hub.upload()
    made = await create(
        hub,
        "Echo and caption",
        said("first"),
        {"type": "note", "data": {"skillId": "ai-caption"}},
        {"type": "thumbnail", "position": {"x": 1}},
        {"type": "answer"},
        said("last"),
    )

    started = await start(hub, asset_id, made.id)
    ended = await hub.wait(started.execution.id)

    assert list(started.skill_ids) == ["echo", "ai-caption", "thumbnail", "answer", "echo"]
    assert (ended.skill_name, ended.trigger_source) == (
        "Echo and caption",
        pb.TRIGGER_SOURCE_WORKFLOW,
    )
    assert ended.status == pb.EXECUTION_STATUS_SUCCEEDED
    assert [step.name for step in ended.steps] == [
        "echo", "caption", "thumbnail", "answer", "echo",
    ]  # fmt: skip
    first, *_, answer, last = ended.steps
    for step in (answer, last):
        assert step.start_time.ToNanoseconds() >= first.complete_time.ToNanoseconds()
    assert await echoed(hub, asset_id) == "last"
    found = await answered(
        hub.stub.ListExecutions(pb.ListExecutionsRequest(skill_name="Echo and caption"))
    )
    assert list(found.executions) == [ended]
    # Each happening is told once, and in order.
    events = [
        each
        async for each in hub.stub.WatchExecution(pb.WatchExecutionRequest(execution_id=ended.id))
    ]
    assert [each.event_id for each in events] == sorted({each.event_id for each in events})
    steps = [each.step for each in events if each.WhichOneof("event") == "step"]
    assert sum(step.HasField("succeeded") for step in steps) == len(ended.steps)
    assert [
        each.progress.completed_steps for each in events if each.WhichOneof("event") == "progress"
    ] == [1, 2, 3, 4, 5]
    assert events[-1].done == ended


async def test_runs_are_found_by_a_workflows_name_as_it_was_given(hub: SkillsHub) -> None:
    given = " Cafe\u0301 "
    made = await create(hub, given, said("hello"))
    started = await start(hub, await hub.upload(), made.id)

    for asked in (given, "Caf\u00e9"):
        wanted = pb.ListExecutionsRequest(skill_name=asked)
        found = await answered(hub.stub.ListExecutions(wanted))
        assert [each.id for each in found.executions] == [started.execution.id]
    await hub.wait(started.execution.id)


async def test_who_needs_a_step_that_stands_twice_needs_the_one_before_it(hub: SkillsHub) -> None:
    fails = {"data": {"skillId": "echo", "fails": True}}
    made = await create(hub, "w", fails, {"type": "answer"}, said("well"), {"type": "answer"})
    asset_id = await hub.upload()

    ended = await hub.wait((await start(hub, asset_id, made.id)).execution.id)

    assert [step.error_message for step in ended.steps] == [
        "it was told to fail", "skipped: echo failed", "", "",
    ]  # fmt: skip
    assert ended.status == pb.EXECUTION_STATUS_FAILED
    assert await echoed(hub, asset_id) == "well"


DRAFTS: tuple[tuple[tuple[Any, ...], str, str], ...] = (
    ((), "WORKFLOW_PROFILE_HAS_NO_SKILLS", "draft"),
    (
        (ECHO, {"id": "n2", "type": "nope"}),
        "WORKFLOW_PROFILE_CONTAINS_UNSUPPORTED_SKILLS",
        '"nope" (node "n2")',
    ),
    ((said("x" * 21),), "SKILL_PARAMETERS_INVALID", "saidText must have at most 20"),
    (({"type": "thumbnail", "data": {"size": 1}},), "SKILL_PARAMETERS_INVALID", "'size'"),
    ((ECHO,) * 101, "WORKFLOW_PROFILE_GRAPH_JSON_INVALID", "a run may have 100"),
)


async def test_a_draft_is_refused_when_it_is_to_run(hub: SkillsHub) -> None:
    draft, asset_id = await create(hub, "draft"), new_id()
    switch = pb.SetWorkflowAutoRunRequest(workflow_id=draft.id)
    for nodes, reason, told in DRAFTS:
        fields: dict[str, Any] = {"name": "draft", "graph_json": graph(*nodes)}
        draft = await update(hub, draft.id, **fields)
        for call in (
            start(hub, asset_id, draft.id),
            answered(hub.stub.SetWorkflowAutoRun(switch)),
            create(hub, **fields | {"name": "another draft", "is_auto_run": True}),
            update(hub, draft.id, **fields, is_auto_run=True),
        ):
            with pytest.raises(InvalidArgument) as error:
                await call
            assert error.value.reason == reason
            assert told in error.value.message
        assert await listed(hub) == [draft]
    assert await hub.latest(asset_id) is None


async def test_wrong_requests_are_refused(hub: SkillsHub) -> None:
    made, asset_id = await create(hub, "one", ECHO), new_id()
    missing = (NotFound, "WORKFLOW_PROFILE_NOT_FOUND")
    for workflow_id in (NOBODY, "", "x\0"):
        get = pb.GetWorkflowRequest(workflow_id=workflow_id)
        switch = pb.SetWorkflowAutoRunRequest(workflow_id=workflow_id)
        assert await refused(answered(hub.stub.GetWorkflow(get))) == missing
        assert await refused(answered(hub.stub.SetWorkflowAutoRun(switch))) == missing
        assert await refused(delete(hub, workflow_id)) == missing
        assert await refused(update(hub, workflow_id, name="n", graph_json=graph())) == missing
        assert await refused(start(hub, asset_id, workflow_id)) == missing
    conflict = (AlreadyExists, "WORKFLOW_PROFILE_NAME_CONFLICT")
    assert await refused(create(hub, " ONE ")) == conflict
    invalid = (InvalidArgument, "REQUEST_INVALID")
    assert await refused(create(hub, "two", request_id="x" * 65)) == invalid
    assert await refused(start(hub, asset_id, made.id, "x" * 65)) == invalid
    assert await refused(start(hub, "", made.id)) == invalid
    unnamed = pb.StartWorkflowRequest(asset_id=asset_id, workflow_id=made.id)
    assert await refused(answered(hub.stub.StartWorkflow(unnamed))) == invalid
    await answered(
        hub.stub.DeleteAssetExecutions(pb.DeleteAssetExecutionsRequest(asset_id=asset_id))
    )
    assert await refused(start(hub, asset_id, made.id)) == (NotFound, "ASSET_NOT_FOUND")


async def test_a_request_is_known_again_whatever_became_of_its_workflow(hub: SkillsHub) -> None:
    made = await create(hub, "one", ECHO, request_id="r-1")
    assert (await create(hub, "one", ECHO, request_id="r-1")).id == made.id
    reused = (AlreadyExists, "IDEMPOTENCY_KEY_REUSED")
    assert await refused(create(hub, "one", ECHO, ECHO, request_id="r-1")) == reused

    asset_id = await hub.upload()
    results = await asyncio.gather(*(start(hub, asset_id, made.id, "r-2") for _ in range(8)))
    first = results[0]
    assert {each.execution.id for each in results} == {first.execution.id}
    assert sum(each.replayed for each in results) == 7

    async def repeated() -> None:
        again = await start(hub, asset_id, made.id, "r-2")
        assert (again.execution.id, again.replayed) == (first.execution.id, True)
        assert list(again.skill_ids) == ["echo"]

    await update(hub, made.id, name="two", graph_json=graph({"type": "thumbnail"}))
    await repeated()
    await update(hub, made.id, name="two", graph_json=graph())
    await repeated()
    assert await refused(start(hub, new_id(), made.id, "r-2")) == reused
    await delete(hub, made.id)
    await repeated()
    await hub.wait(first.execution.id)
    await answered(
        hub.stub.DeleteAssetExecutions(pb.DeleteAssetExecutionsRequest(asset_id=asset_id))
    )
    assert await refused(start(hub, asset_id, made.id, "r-2")) == (NotFound, "EXECUTION_NOT_FOUND")


async def test_an_upload_runs_the_auto_run_workflow(hub: SkillsHub) -> None:
    made = await create(hub, "On upload", said("hello"), is_auto_run=True)
    asset_id, request_id = await hub.upload(), new_id()

    handed = await hub.start(asset_id, request_id=request_id, **UPLOAD)

    assert handed.skill_name == "On upload"
    assert handed.trigger_source == pb.TRIGGER_SOURCE_UPLOAD
    assert (await hub.wait(handed.id)).status == pb.EXECUTION_STATUS_SUCCEEDED
    assert await echoed(hub, asset_id) == "hello"
    # Told again after a crash, it is the first one, whatever uploads run by now.
    other = await create(hub, "Another", ECHO, is_auto_run=True)
    await delete(hub, made.id)
    assert (await hub.start(asset_id, request_id=request_id, **UPLOAD)).id == handed.id
    assert (await hub.start(new_id(), **UPLOAD)).skill_name == "Another"
    # Who names a skill gets that, and who is no upload the default one.
    for fields, name in (
        (UPLOAD | {"skill": "enrich"}, "enrich"),
        (UPLOAD | {"skill": "ai-caption"}, "ai-caption"),
        ({"skill": "", "trigger_source": pb.TRIGGER_SOURCE_MANUAL}, "enrich"),
    ):
        assert (await hub.start(new_id(), **fields)).skill_name == name
    await update(hub, other.id, name="x", graph_json=other.graph_json, is_auto_run=False)
    assert (await hub.start(new_id(), **UPLOAD)).skill_name == "enrich"


async def test_an_upload_never_meets_a_workflow_that_cannot_be_run(
    hub: SkillsHub, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    made = await create(hub, "From before", ECHO, is_auto_run=True)
    # As an upgrade leaves it that has no such skill any more.
    async with opened(settings.database_url_of("skills"), "skills") as database:
        broken = workflow.update().values(graph_json=graph({"type": "gone"}))
        await database.write(lambda connection: connection.execute(broken))
    asset_id, request_id = new_id(), new_id()

    with caplog.at_level(logging.WARNING):
        handed = await hub.start(asset_id, request_id=request_id, **UPLOAD)

    assert (handed.skill_name, handed.trigger_source) == ("enrich", pb.TRIGGER_SOURCE_UPLOAD)
    assert f"the upload of asset {asset_id} runs the default skill" in caplog.text
    assert "From before" in caplog.text
    assert '"gone"' in " ".join(caplog.messages)
    await update(hub, made.id, name="mended", graph_json=graph(ECHO))
    assert (await hub.start(asset_id, request_id=request_id, **UPLOAD)).id == handed.id
    assert (await hub.start(new_id(), **UPLOAD)).skill_name == "mended"


async def test_a_page_that_does_not_fit_into_a_message_goes_on(
    hub: SkillsHub, settings: Settings
) -> None:
    # More of each than a workflow's graph has room for.
    planned = PlannedStep("echo", (), {"said_text": "ö" * (GRAPH_BYTES // 200)})
    asset_id, steps = new_id(), [planned] * 100
    async with opened(settings.database_url_of("skills"), "skills") as database:
        store, ids = ExecutionStore(database), []
        for _ in range(20):
            made, _ = await store.accept(new_id(), asset_id, "w", Trigger.WORKFLOW, steps)
            ids.append(made.id)
            await store.give_up(made.id, "ö" * ERROR_CHARACTERS)
    found, sizes, token = [], [], ""
    while True:
        request = pb.ListExecutionsRequest(asset_id=asset_id, page_size=100, page_token=token)
        page = await answered(hub.stub.ListExecutions(request))
        found += [each.id for each in page.executions]
        assert all(step.parameters_json for each in page.executions for step in each.steps)
        sizes.append(page.ByteSize())
        assert page.total == len(ids)
        token = page.next_page_token
        if not token:
            break
    assert found == ids[::-1]
    assert len(sizes) > 1
    assert max(sizes) < MESSAGE_BYTES
