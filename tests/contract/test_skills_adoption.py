"""Whose runs a process takes over when nobody of their version is alive, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.database import Database, opened
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.settings import Settings
from services.skills import adoption, engine
from services.skills.adoption import Adoption
from services.skills.executor import Executor, Run
from services.skills.model import Outcome, PlannedStep, Trigger
from services.skills.registry import Registry
from services.skills.step import Asset, NoParams, Step, StepContext, StepResult
from services.skills.store import ExecutionStore

KNOWN, UNKNOWN = PlannedStep("a", (), {}), PlannedStep("b", (), {})
WITH_PARAMETER = PlannedStep("a", (), {"size": 3})


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    is_postgres = database_url.startswith("postgresql")
    return Settings(data_dir=tmp_path, database_url=database_url if is_postgres else None)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    url = settings.database_url_of("skills")
    await upgrade(url, "skills", "services.skills")
    async with opened(url, "skills") as made:
        yield made


async def _nothing(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    return StepResult()


async def _never(run: Run) -> None:
    raise AssertionError("nothing is executed here")


async def _accepted(
    settings: Settings, store: ExecutionStore, *runs: tuple[PlannedStep, ...]
) -> list[str]:
    """Runs that a process of an older version has accepted and left."""
    ids = []
    url = settings.database_url_of("engine")
    async with engine.opened(url, Executor(_never, 0), "e-1", "older", concurrency=0) as running:
        for steps in runs:
            made, _ = await store.accept(new_id(), new_id(), "any", Trigger.MANUAL, steps)
            await running.submit(made.id, [list(range(len(steps)))])
            ids.append(made.id)
    return ids


async def test_runs_are_taken_over_by_who_has_the_steps_that_are_left(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adoption, "LOOK_SECONDS", 3600)
    store = ExecutionStore(database)
    known, unknown, other_parameter, half = await _accepted(
        settings, store, (KNOWN,), (KNOWN, UNKNOWN), (WITH_PARAMETER,), (UNKNOWN, KNOWN)
    )
    # What it has not of this one has ended.
    await store.claim(half, "claim", lambda _: (0,))
    assert await store.end_step(half, "claim", 0, Outcome(True), None)
    registry = Registry([Step("a", _nothing, NoParams, (), None, "", __name__)])
    url = settings.database_url_of("engine")
    async with engine.opened(url, Executor(_never, 0), "e-2", "newer", concurrency=0) as running:
        taker = Adoption(database, registry, running)
        assert await taker.adopt({"older"}) == 0
        assert await taker.adopt(set()) == 2
        assert set(await running.foreign(())) == {unknown, other_parameter}
        assert {known, half}.isdisjoint(await running.foreign(()))
        # Nobody has come who could: they are to end all the same, at the next look.
        monkeypatch.setattr(adoption, "PATIENCE", timedelta(0))
        assert await taker.adopt(set()) == 0
        assert await Adoption(database, registry, running).adopt(set()) == 2
        assert await running.foreign(()) == []
