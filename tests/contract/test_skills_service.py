"""The skills service on a real socket with its engine, on both databases."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from nekohub.skills.v1 import skills_pb2 as pb

from services.chassis.database import driver_url, opened
from services.chassis.errors import AlreadyExists, HubError, InvalidArgument, NotFound, Unavailable
from services.chassis.ids import new_id
from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from services.skills.model import GIVEN_UP, PlannedStep, Trigger
from services.skills.store import ExecutionStore
from services.skills.tables import request
from tests.contract.assets_hub import PNG, answered, eventually
from tests.contract.skills_hub import CONCURRENCY, SkillsHub, running_skills, skills_settings
from tests.contract.steps_hub import StepsHub, steps_hub
from tests.fakes import CAPTIONS

STEPS = 3
AT_ONCE = 2
"""Steps of `enrich` that come after the caption."""


@pytest.fixture
def settings(behind: StepsHub, database_url: str) -> Settings:
    return skills_settings(behind, database_url)


@pytest.fixture(scope="module")
async def behind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StepsHub]:
    async with (
        PixelPool(size=1) as pixels,
        steps_hub(tmp_path_factory.mktemp("hub"), pixels) as made,
    ):
        made.ai.let_through = CAPTIONS
        yield made


@pytest.fixture
async def hub(settings: Settings, behind: StepsHub) -> AsyncIterator[SkillsHub]:
    async with running_skills(settings, behind) as made:
        yield made


async def test_a_run_is_queued_then_ends_with_everything_noted(hub: SkillsHub) -> None:
    asset_id = await hub.upload()
    accepted = await hub.start(asset_id)
    assert accepted.status in (pb.EXECUTION_STATUS_QUEUED, pb.EXECUTION_STATUS_RUNNING)
    assert [step.name for step in accepted.steps] == ["caption", "alt-text", "structured-metadata"]
    ended = await hub.wait(accepted.id)
    assert ended.status == pb.EXECUTION_STATUS_SUCCEEDED
    assert ended.start_time.ToNanoseconds() <= ended.complete_time.ToNanoseconds()
    for step in ended.steps:
        assert (step.succeeded, step.attempts) == (True, 1)
        assert (step.profile, step.model) == ("OpenAI", "fake-vision-1")
        assert (step.usage.input_tokens, step.usage.output_tokens) == (100, 10)
        assert step.usage.requests == 1
    assert await hub.latest(asset_id) == ended


async def test_an_upload_takes_answers_that_are_kept_until_they_are_forgotten(
    hub: SkillsHub,
) -> None:
    async def run(trigger: pb.TriggerSource) -> tuple[bool, int]:
        """Whether all of its answers were kept ones, and how many calls there were."""
        before = len(hub.behind.ai.requests)
        accepted = await hub.start(await hub.upload(), trigger_source=trigger)
        ended = await hub.wait(accepted.id)
        assert ended.status == pb.EXECUTION_STATUS_SUCCEEDED
        calls = len(hub.behind.ai.requests) - before
        assert sum(step.usage.requests for step in ended.steps) == calls
        (cached,) = {step.cached for step in ended.steps}
        return cached, calls

    await forget_picture(hub)
    upload, manual = pb.TRIGGER_SOURCE_UPLOAD, pb.TRIGGER_SOURCE_MANUAL
    runs = [await run(trigger) for trigger in (upload, upload, manual, upload)]
    assert runs == [(False, STEPS), (True, 0), (False, STEPS), (True, 0)]
    await forget_picture(hub)
    assert await run(upload) == (False, STEPS)


async def forget_picture(hub: SkillsHub, asset_id: str = "") -> None:
    """Has the answers about what is uploaded forgotten, and the runs of an asset stopped."""
    request = pb.DeleteAssetExecutionsRequest(
        asset_id=asset_id or new_id(), picture_sha256=hashlib.sha256(PNG).hexdigest()
    )
    await answered(hub.stub.DeleteAssetExecutions(request))


async def test_what_all_runs_used_is_told_with_the_latest(hub: SkillsHub) -> None:
    asset_id, other = await hub.upload(), await hub.upload()
    for each in (asset_id, asset_id, other):
        await hub.wait((await hub.start(each)).id)
    await hub.wait((await hub.start(asset_id, "thumbnail")).id)
    one = pb.Usage(input_tokens=100 * STEPS, output_tokens=10 * STEPS, requests=STEPS)
    two = pb.Usage(input_tokens=200 * STEPS, output_tokens=20 * STEPS, requests=2 * STEPS)
    request = pb.BatchGetLatestExecutionsRequest(asset_ids=[asset_id, other])
    found = await answered(hub.stub.BatchGetLatestExecutions(request))
    used = zip(found.executions, found.asset_usages, strict=True)
    assert {each.asset_id: usage for each, usage in used} == {asset_id: two, other: one}
    for each, usage in ((asset_id, two), (new_id(), pb.Usage())):
        latest = await hub.stub.GetLatestExecution(pb.GetLatestExecutionRequest(asset_id=each))
        assert latest.asset_usage == usage


async def test_runs_are_stopped_though_providers_is_away(
    settings: Settings, behind: StepsHub
) -> None:
    away = settings.model_copy(update={"providers_address": "unix:nowhere"})
    async with running_skills(away, behind) as hub:
        asset_id = await hub.upload()
        await hub.wait((await hub.start(asset_id, "thumbnail")).id)
        with pytest.raises(Unavailable):
            await forget_picture(hub, asset_id)
        assert await hub.latest(asset_id) is None


async def test_the_latest_of_several_assets(hub: SkillsHub) -> None:
    ids = [await hub.upload() for _ in range(3)]
    for asset_id in ids[:2]:
        for skill in ("ai-caption", "thumbnail"):
            await hub.wait((await hub.start(asset_id, skill)).id)
    for sought in (["no-id", *ids, ids[0]], ids[1:2], ids[2:], ["no-id"], []):
        request = pb.BatchGetLatestExecutionsRequest(asset_ids=sought)
        found = await answered(hub.stub.BatchGetLatestExecutions(request))
        assert {each.asset_id: each for each in found.executions} == {
            each: await hub.latest(each) for each in ids[:2] if each in sought
        }
        assert {each.skill_name for each in found.executions} <= {"thumbnail"}
    request = pb.BatchGetLatestExecutionsRequest(asset_ids=[new_id()] * 33)
    with pytest.raises(InvalidArgument) as caught:
        await answered(hub.stub.BatchGetLatestExecutions(request))
    assert caught.value.reason == "REQUEST_INVALID"


async def test_the_most_active_skill(hub: SkillsHub) -> None:
    async def asked() -> pb.GetSkillUsageResponse:
        return await answered(hub.stub.GetSkillUsage(pb.GetSkillUsageRequest()))

    assert await asked() == pb.GetSkillUsageResponse()
    asset_id = await hub.upload()
    for skill in ("ai-caption", "thumbnail", "thumbnail"):
        await hub.wait((await hub.start(asset_id, skill)).id)
    most = pb.SkillUsage(skill_name="thumbnail", run_count=2)
    assert await asked() == pb.GetSkillUsageResponse(most_active=most)


async def test_equal_requests_at_once_make_one_run(hub: SkillsHub) -> None:
    asset_id, request_id = await hub.upload(), new_id()
    seen = len(hub.behind.ai.requests)
    started = await asyncio.gather(
        *(hub.start(asset_id, "ai-caption", request_id=request_id) for _ in range(10))
    )
    assert len({each.id for each in started}) == 1
    await hub.wait(started[0].id)
    again = await hub.start(asset_id, "ai-caption", request_id=request_id)
    assert again.id == started[0].id
    assert len(hub.behind.ai.requests) == seen + 1


async def test_no_more_executions_are_at_work_than_may_be(hub: SkillsHub) -> None:
    ai = hub.behind.ai
    ai.gate, ai.most_in_flight = asyncio.Event(), 0
    seen = len(ai.requests)
    try:
        ids = [(await hub.start(await hub.upload())).id for _ in range(3 * CONCURRENCY)]
        async with asyncio.timeout(20):
            await ai.arrived(seen + CONCURRENCY * STEPS)
    finally:
        ai.gate.set()
        ai.gate = None
    ended = [await hub.wait(each) for each in ids]
    assert all(each.status == pb.EXECUTION_STATUS_SUCCEEDED for each in ended)
    assert ai.most_in_flight == CONCURRENCY * AT_ONCE
    assert len(ai.requests) == seen + len(ids) * STEPS


async def test_deleting_an_asset_s_runs_stops_them(hub: SkillsHub) -> None:
    asset_id = await hub.upload()
    ai = hub.behind.ai
    ai.gate = asyncio.Event()
    seen = len(ai.requests)
    try:
        running = await hub.start(asset_id)
        async with asyncio.timeout(20):
            await ai.arrived(seen + STEPS)
        waiting = asyncio.create_task(hub.wait(running.id))
        request = pb.DeleteAssetExecutionsRequest(asset_id=asset_id)
        assert (await answered(hub.stub.DeleteAssetExecutions(request))).deleted_count == 1
        with pytest.raises(NotFound):
            await waiting
        await eventually(lambda: _none_in_flight(hub))
    finally:
        ai.gate.set()
        ai.gate = None
    assert await hub.latest(asset_id) is None
    assert (await answered(hub.stub.DeleteAssetExecutions(request))).deleted_count == 0


async def _none_in_flight(hub: SkillsHub) -> bool:
    # What was asked for the stopped run is no longer waited for, so a new run has its slots.
    other = await hub.start(await hub.upload(), "thumbnail")
    return (await hub.wait(other.id)).status == pb.EXECUTION_STATUS_SUCCEEDED


async def test_who_waits_when_the_service_stops_is_told(
    settings: Settings, behind: StepsHub
) -> None:
    behind.ai.gate = asyncio.Event()
    seen = len(behind.ai.requests)
    try:
        async with running_skills(settings, behind) as hub:
            asset_id = await hub.upload()
            running = await hub.start(asset_id)
            waiting = asyncio.create_task(hub.wait(running.id))
            async with asyncio.timeout(20):
                await behind.ai.arrived(seen + STEPS)
        with pytest.raises(Unavailable):
            await waiting
    finally:
        behind.ai.gate.set()
        behind.ai.gate = None
    async with running_skills(settings, behind) as hub:
        ended = await hub.wait(running.id)
    assert ended.status == pb.EXECUTION_STATUS_SUCCEEDED
    assert [step.attempts for step in ended.steps] == [1, 2, 2]


async def test_what_was_accepted_and_not_submitted_is_taken_up(
    settings: Settings, behind: StepsHub
) -> None:
    asset_id = (await behind.assets.upload(PNG)).id
    async with running_skills(settings, behind):
        pass
    async with opened(settings.database_url_of("skills"), "skills") as database:
        # As a process leaves it that dies between its database and its engine.
        accepted, _ = await ExecutionStore(database).accept(
            new_id(), asset_id, "ai-caption", Trigger.UPLOAD, [PlannedStep("caption", (), {})]
        )
    async with running_skills(settings, behind) as hub:
        ended = await hub.wait(accepted.id)
    assert ended.status == pb.EXECUTION_STATUS_SUCCEEDED


async def test_what_the_engine_gave_up_ends(settings: Settings, behind: StepsHub) -> None:
    asset_id = (await behind.assets.upload(PNG)).id
    before = len(behind.ai.requests)
    behind.ai.gate = gate = asyncio.Event()
    async with running_skills(settings, behind) as hub:
        started = await hub.start(asset_id)
        await behind.ai.arrived(before + STEPS)
    gate.set()
    url = settings.database_url_of("engine")
    on_sqlite = url.startswith("sqlite")
    table = "workflow_status" if on_sqlite else "dbos.workflow_status"
    engine = sa.create_engine(url if on_sqlite else driver_url(url))
    with engine.begin() as connection:
        update = f"UPDATE {table} SET status = 'ERROR' WHERE workflow_uuid = :id"  # noqa: S608
        connection.execute(sa.text(update), {"id": started.id})
    engine.dispose()
    async with running_skills(settings, behind) as hub:
        ended = await hub.wait(started.id)

    assert ended.status == pb.EXECUTION_STATUS_FAILED
    assert [step.error_message for step in ended.steps] == ["", GIVEN_UP, GIVEN_UP]


WRONG_REQUESTS: tuple[tuple[dict[str, str], type[HubError], str], ...] = (
    ({"skill_name": "nope"}, NotFound, "SKILL_NOT_FOUND"),
    ({"parameters_json": '{"speed": 1}'}, InvalidArgument, "SKILL_PARAMETERS_INVALID"),
    ({"parameters_json": "[]"}, InvalidArgument, "SKILL_PARAMETERS_INVALID"),
    ({"request_id": ""}, InvalidArgument, "REQUEST_INVALID"),
    ({"request_id": "x" * 65}, InvalidArgument, "REQUEST_INVALID"),
    ({"request_id": "\0"}, InvalidArgument, "REQUEST_INVALID"),
)


async def test_a_wrong_request_is_refused(hub: SkillsHub) -> None:
    for fields, error, reason in WRONG_REQUESTS:
        with pytest.raises(error) as refused:
            await hub.start(new_id(), **fields)
        assert refused.value.reason == reason


UNREADABLE: tuple[str, ...] = (
    "{",
    '{"text": "\\ud800"}',
    '{"\\udfff": 1}',
    '{"text": NaN}',
    "[" * 100_000,
)


async def test_parameters_that_could_not_be_read_again_are_refused(hub: SkillsHub) -> None:
    for parameters in UNREADABLE:
        with pytest.raises(InvalidArgument, match="parameters are no JSON") as refused:
            await hub.start(new_id(), parameters_json=parameters)
        assert refused.value.reason == "SKILL_PARAMETERS_INVALID"


async def test_equal_parameters_are_equal_however_they_are_written(hub: SkillsHub) -> None:
    asset_id = new_id()
    spellings = (
        '{"text": "a", "opacity": 1, "position": "TopLeft"}',
        '{"Opacity": 1.0, "TEXT": "\\u0061", "Position": "topleft"}',
    )
    made = [
        await hub.start(asset_id, "watermark", request_id="r-1", parameters_json=each)
        for each in spellings
    ]
    assert made[0].id == made[1].id
    for other in ("", '{"text": "b", "opacity": 1, "position": "TopLeft"}'):
        with pytest.raises(AlreadyExists) as refused:
            await hub.start(asset_id, "watermark", request_id="r-1", parameters_json=other)
        assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"


TOLD: tuple[tuple[str, dict[str, Any], list[dict[str, Any]]], ...] = (
    (
        "watermark",
        {"TEXT": "<ä> 😀", "fontsize": 12.0, "position": "topleft"},
        [{"text": "<ä> 😀", "fontSize": 12, "position": "TopLeft"}],
    ),
    (
        "format-convert",
        {"TargetFormat": "JPG", "keepOriginal": False, "quality": 3},
        [{"targetFormat": "jpeg", "keepOriginal": False, "quality": 3}],
    ),
    ("enrich", {"Language": "de"}, [{"language": "de"}] * STEPS),
    ("thumbnail", {}, [{}]),
)


def parameters_of(execution: pb.Execution) -> list[dict[str, Any]]:
    return [orjson.loads(step.parameters_json or "{}") for step in execution.steps]


async def test_an_execution_tells_with_what_it_can_be_run_again(hub: SkillsHub) -> None:
    for skill, given, told in TOLD:
        asset_id, request_id = await hub.upload(), new_id()
        text = orjson.dumps(given).decode()
        accepted = await hub.start(asset_id, skill, request_id=request_id, parameters_json=text)
        assert parameters_of(accepted) == told
        ended = await hub.wait(accepted.id)
        assert parameters_of(ended) == told
        read = pb.GetExecutionRequest(execution_id=ended.id)
        assert (await answered(hub.stub.GetExecution(read))).execution == ended
        listed = pb.ListExecutionsRequest(asset_id=asset_id)
        assert list((await answered(hub.stub.ListExecutions(listed))).executions) == [ended]
        watched = pb.WatchExecutionRequest(execution_id=ended.id)
        events = [each async for each in hub.stub.WatchExecution(watched)]
        steps = [each.step for each in events if each.WhichOneof("event") == "step"]
        assert {each.parameters_json for each in steps} == {ended.steps[0].parameters_json}
        assert events[-1].done == ended

        # With what its steps got the request is an equal one.
        again = {name: value for step in told for name, value in step.items()}
        text = orjson.dumps(again).decode()
        repeat = await hub.start(asset_id, skill, request_id=request_id, parameters_json=text)
        assert repeat.id == accepted.id

        # An asset's latest does not tell them.
        for step in ended.steps:
            step.ClearField("parameters_json")
        assert await hub.latest(asset_id) == ended
        several = pb.BatchGetLatestExecutionsRequest(asset_ids=[asset_id])
        found = await answered(hub.stub.BatchGetLatestExecutions(several))
        assert list(found.executions) == [ended]


async def test_a_request_from_before_an_upgrade_is_known(
    hub: SkillsHub, settings: Settings
) -> None:
    # As it was noted when parameters were taken as they were spelled.
    asset_id = new_id()
    spelled = orjson.dumps((asset_id, "watermark", {"text": "a"}))
    made = await hub.start(asset_id, "watermark", request_id="r-1")
    async with opened(settings.database_url_of("skills"), "skills") as database:
        earlier = request.update().values(fingerprint=hashlib.sha256(spelled).hexdigest())
        await database.write(lambda connection: connection.execute(earlier))
    fields = {"request_id": "r-1", "parameters_json": '{"Text": "a"}'}
    assert (await hub.start(asset_id, "watermark", **fields)).id == made.id


NO_ASSET_IDS: tuple[str, ...] = (
    "",
    "\0",
    "x",
)


async def test_an_asset_id_is_a_uuid(hub: SkillsHub) -> None:
    for asset_id in NO_ASSET_IDS:
        with pytest.raises(InvalidArgument, match="asset_id"):
            await hub.start(asset_id)


UNKNOWN: tuple[str, ...] = (
    "",
    "\0",
    "x",
    "01956f8d-88e4-7c6a-a8f1-5f235293db7a",
)


async def test_an_unknown_execution_is_not_found(hub: SkillsHub) -> None:
    for execution_id in UNKNOWN:
        with pytest.raises(NotFound):
            await hub.wait(execution_id)
        request = pb.GetExecutionRequest(execution_id=execution_id)
        with pytest.raises(NotFound):
            await answered(hub.stub.GetExecution(request))
        assert await hub.latest(execution_id) is None


async def test_a_run_on_a_missing_asset_fails_with_a_message(hub: SkillsHub) -> None:
    ended = await hub.wait((await hub.start(new_id(), "thumbnail")).id)
    assert ended.status == pb.EXECUTION_STATUS_FAILED
    (step,) = ended.steps
    assert "no asset has the id" in step.error_message
