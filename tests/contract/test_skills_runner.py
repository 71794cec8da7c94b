"""Steps of any quality, run as an execution runs them: each ends, with words for a person."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from services.chassis.database import Database, opened
from services.chassis.errors import Internal, NotFound, Unavailable
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.chassis.pixels.pool import PixelPool
from services.skills.executor import Run
from services.skills.model import Outcome, PlannedStep, Status, Trigger
from services.skills.registry import Registry
from services.skills.runner import Runner
from services.skills.step import (
    Answer,
    AnswerUnusable,
    Asset,
    NoParams,
    Step,
    StepFailed,
    StepResult,
    StructuredResult,
    Usage,
)
from services.skills.store import ExecutionStore
from services.skills.work import Work
from tests.contract.assets_hub import PNG
from tests.contract.steps_hub import PROFILE, StepsHub, steps_hub
from tests.fakes import MODEL

SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string"}},
    "required": ["caption"],
    "additionalProperties": False,
}
SLOTS = 8
"""Of a profile, by default."""
BUG = "the step failed unexpectedly; the log of the hub says why"


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StepsHub]:
    async with (
        PixelPool(size=1) as pixels,
        steps_hub(tmp_path_factory.mktemp("hub"), pixels) as made,
    ):
        yield made


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "skills", "services.skills")
    async with opened(database_url, "skills") as made:
        yield made


async def outcome_of(
    hub: StepsHub, database: Database, run: Callable[..., Any], seconds: float = 60
) -> Outcome:
    """Runs a step with this body in an execution of its own."""
    store = ExecutionStore(database)
    registry = Registry([Step("own", run, NoParams)])
    runner = Runner(registry, store, hub.tools(timeout_seconds=seconds))
    asset = await hub.assets.upload(PNG)
    steps = [PlannedStep("own", (), {})]
    accepted, _ = await store.accept(new_id(), asset.id, "own", Trigger.UPLOAD, steps)
    await runner.run(Run(accepted.id))
    ended = await store.get(accepted.id)
    assert ended is not None
    outcome = ended.steps[0].outcome
    assert outcome is not None
    assert ended.status is (Status.SUCCEEDED if outcome.succeeded else Status.FAILED)
    return outcome


def giving(result: Any) -> Callable[..., Any]:
    async def run(*_: object) -> Any:
        return result

    return run


def raising(error: BaseException) -> Callable[..., Any]:
    async def run(*_: object) -> Any:
        raise error

    return run


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(giving(None), id="nothing"),
        pytest.param(giving(StepResult(answer={"a": 1})), id="an answer's output"),  # type: ignore[arg-type]
        pytest.param(giving(StepResult(answer=Answer({}, None, None))), id="no names"),  # type: ignore[arg-type]
        pytest.param(
            giving(StepResult(answer=Answer({}, usage=Usage(2**70)))), id="too many tokens"
        ),
        pytest.param(giving(StepResult(answer=Answer({}, usage=Usage(-1)))), id="too few tokens"),
        pytest.param(
            giving(StepResult(answer=Answer({}, usage=Usage(cost=math.nan)))), id="no cost"
        ),
        pytest.param(
            giving(StepResult(answer=Answer({}, usage=Usage(cost=math.inf)))), id="any cost"
        ),
        pytest.param(raising(ValueError("a bug")), id="a bug"),
        pytest.param(raising(TimeoutError()), id="a timeout of its own"),
        pytest.param(raising(asyncio.CancelledError()), id="a cancellation of its own"),
        pytest.param(raising(SystemExit(1)), id="an exit"),
        pytest.param(raising(BaseException()), id="whatever"),
    ],
)
async def test_a_step_with_a_bug_fails(
    hub: StepsHub, database: Database, run: Callable[..., Any]
) -> None:
    assert await outcome_of(hub, database, run) == Outcome(False, BUG)


async def test_a_message_of_any_characters_can_be_kept(hub: StepsHub, database: Database) -> None:
    run = raising(StepFailed("half a \ud800 pair\0"))
    assert await outcome_of(hub, database, run) == Outcome(False, "half a ? pair")


async def test_an_answer_of_any_characters_can_be_kept(hub: StepsHub, database: Database) -> None:
    answer = Answer({}, "my \ud800", "model\0", Usage(1, 2, 3, 0.5), cached=True)
    outcome = await outcome_of(hub, database, giving(StepResult(answer=answer)))
    assert outcome == Outcome(True, None, "my ?", "model", 1, 2, 3, 0.5, cached=True)


async def test_a_step_that_hangs_is_ended(hub: StepsHub, database: Database) -> None:
    async def run(*_: object) -> StepResult:
        await asyncio.Event().wait()
        return StepResult()

    outcome = await outcome_of(hub, database, run, seconds=0.2)
    assert outcome == Outcome(False, "the step did not end within 0.2 s")


async def ask(work: Work, *_: object) -> StepResult:
    # Equal questions would wait for each other.
    return StepResult(answer=await work.ask("caption", f"Describe it. {new_id()}", SCHEMA))


async def test_waiting_for_a_turn_at_the_provider_takes_no_time(
    hub: StepsHub, database: Database
) -> None:
    seconds = 0.5
    hub.ai.gate = gate = asyncio.Event()
    before = len(hub.ai.requests)
    others = [asyncio.create_task(outcome_of(hub, database, ask)) for _ in range(SLOTS)]
    await hub.ai.arrived(before + SLOTS)
    hurried = asyncio.create_task(outcome_of(hub, database, ask, seconds))
    done, _ = await asyncio.wait([hurried], timeout=3 * seconds)
    gate.set()

    assert not done
    assert (await hurried).succeeded
    assert all([(await other).succeeded for other in others])


async def test_a_model_that_takes_too_long_is_told(hub: StepsHub, database: Database) -> None:
    hub.ai.gate = gate = asyncio.Event()
    outcome = await outcome_of(hub, database, ask, seconds=0.5)
    gate.set()

    assert outcome.error_message is not None
    assert outcome.error_message.startswith("the AI provider gave no answer within 0.5 s; choose a")
    assert "profile 'OpenAI'" in outcome.error_message
    assert (outcome.succeeded, outcome.profile, outcome.requests) == (False, PROFILE, 1)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (None, None),
        (Unavailable("SERVICE_UNAVAILABLE", "away"), None),
        (StepFailed("no"), "no"),
        (ValueError("a bug"), BUG),
        (Internal("INTERNAL", "broken"), "broken"),
        (NotFound("ASSET_NOT_FOUND", "gone"), "gone"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_was_used_is_kept_whatever_comes_after(
    hub: StepsHub, database: Database, error: Exception | None, message: str | None
) -> None:
    errors = [error]

    async def run(work: Work, *_: object) -> StepResult:
        await ask(work)
        if (raised := errors.pop() if errors else None) is not None:
            raise raised
        return StepResult()

    outcome = await outcome_of(hub, database, run)
    times = 2 if isinstance(error, Unavailable) else 1
    used = (100 * times, 10 * times, times)
    assert outcome == Outcome(message is None, message, PROFILE, MODEL, *used)


async def test_what_was_used_before_a_step_hangs_is_kept(hub: StepsHub, database: Database) -> None:
    async def run(work: Work, *_: object) -> StepResult:
        await ask(work)
        await asyncio.Event().wait()
        return StepResult()

    outcome = await outcome_of(hub, database, run, seconds=1)
    used = Outcome(False, "the step did not end within 1 s", PROFILE, MODEL, 100, 10, 1)
    assert outcome == used


async def test_an_answer_is_a_kept_one_if_all_are(hub: StepsHub, database: Database) -> None:
    prompts = [f"Describe it. {new_id()}" for _ in range(2)]

    async def run(work: Work, *_: object) -> StepResult:
        for prompt in prompts:
            answer = await work.ask("caption", prompt, SCHEMA)
        return StepResult(answer=answer)

    first = prompts.pop()
    assert not (await outcome_of(hub, database, run)).cached
    assert (await outcome_of(hub, database, run)).cached
    prompts.insert(0, first)
    # The last answer is a kept one, the first is none.
    outcome = await outcome_of(hub, database, run)
    assert (outcome.cached, outcome.requests) == (False, 1)
    assert (await outcome_of(hub, database, run)).cached


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_what_was_asked_about_a_deleted_asset_is_forgotten(
    hub: StepsHub, database: Database, is_deleted: bool
) -> None:
    prompt = f"Describe it. {new_id()}"

    async def run(work: Work, asset: Asset, *_: object) -> StepResult:
        answer = await work.ask("caption", prompt, SCHEMA)
        if is_deleted:
            await hub.assets.delete(asset.id)
        return StepResult(results=(StructuredResult("own", answer.output),), answer=answer)

    async def ask_again(work: Work, *_: object) -> StepResult:
        return StepResult(answer=await work.ask("caption", prompt, SCHEMA))

    assert (await outcome_of(hub, database, run)).succeeded is not is_deleted
    assert (await outcome_of(hub, database, ask_again)).cached is not is_deleted


@pytest.mark.parametrize(
    ("error", "is_kept"), [(StepFailed("no"), True), (AnswerUnusable("no"), False)], ids=repr
)
async def test_an_answer_that_a_step_cannot_use_is_not_given_again(
    hub: StepsHub, database: Database, error: StepFailed, is_kept: bool
) -> None:
    prompt = f"Describe it. {new_id()}"

    async def run(work: Work, *_: object) -> StepResult:
        await work.ask("caption", prompt, SCHEMA)
        raise error

    first, second = [await outcome_of(hub, database, run) for _ in range(2)]
    assert (first.error_message, second.error_message) == ("no", "no")
    assert (first.requests, second.requests) == (1, 0 if is_kept else 1)


@pytest.mark.parametrize("is_stopped", [True, False], ids=["stopped", "lost"])
@pytest.mark.parametrize("is_deleted", [True, False], ids=["deleted", "there"])
async def test_what_a_run_asked_that_goes_with_its_asset_is_forgotten(
    hub: StepsHub, database: Database, is_deleted: bool, is_stopped: bool
) -> None:
    prompt = f"Describe it. {new_id()}"
    has_asked = asyncio.Event()
    store = ExecutionStore(database)

    async def run(work: Work, asset: Asset, *_: object) -> StepResult:
        await work.ask("caption", prompt, SCHEMA)
        if is_deleted:
            await hub.assets.delete(asset.id)
        await store.delete_of_asset(asset.id)
        has_asked.set()
        if is_stopped:
            await asyncio.Event().wait()
        raise StepFailed("no")

    async def ask_again(work: Work, *_: object) -> StepResult:
        return StepResult(answer=await work.ask("caption", prompt, SCHEMA))

    runner = Runner(Registry([Step("own", run, NoParams)]), store, hub.tools())
    asset = await hub.assets.upload(PNG)
    steps = [PlannedStep("own", (), {})]
    accepted, _ = await store.accept(new_id(), asset.id, "own", Trigger.UPLOAD, steps)
    task = asyncio.create_task(runner.run(Run(accepted.id)))
    await has_asked.wait()
    if is_stopped:
        task.cancel()
    await asyncio.wait([task])

    assert task.cancelled() is is_stopped
    assert (await outcome_of(hub, database, ask_again)).cached is not is_deleted
