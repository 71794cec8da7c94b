"""The doctor on executions and on who executes them, with the engine's own records."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.chassis.database import Database, opened
from services.chassis.finding import Finding
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.settings import Settings
from services.skills import doctor, engine
from services.skills.executor import Executor, Run
from services.skills.model import PlannedStep, Trigger
from services.skills.store import ExecutionStore
from services.skills.tables import executor
from services.skills.workflow import WorkflowInput
from services.skills.workflow_store import WorkflowStore
from tests.contract.findings import NOTE, WRONG, amiss, gathered

STEPS = (PlannedStep("caption", (), {}), PlannedStep("alt-text", (), {}))
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


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


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every execution counts as old."""
    monkeypatch.setattr(doctor, "SETTLED", timedelta(minutes=-1))


async def accept(database: Database) -> tuple[str, str]:
    """Makes an execution that the engine is not told of; gives its id and its asset's."""
    asset_id = new_id()
    made, _ = await ExecutionStore(database).accept(
        new_id(), asset_id, "enrich", Trigger.UPLOAD, STEPS
    )
    return made.id, asset_id


async def check(
    settings: Settings, *, fix: bool = False, gone: Sequence[str] = ()
) -> dict[str, Finding]:
    """What is found when these assets are no more."""

    async def are_gone(asset_ids: Sequence[str]) -> set[str]:
        return set(asset_ids).intersection(gone)

    return await gathered(doctor.examined(settings, fix=fix, gone=are_gone))


async def test_nothing_is_well(settings: Settings, database: Database, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    assert amiss(await check(settings)) == {}
    assert "engine.sqlite3" not in before
    assert not (tmp_path / "engine.sqlite3").exists()


async def test_executions_that_the_engine_does_not_know_are_told(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accept(database)
    assert amiss(await check(settings)) == {}
    monkeypatch.setattr(doctor, "SETTLED", timedelta(minutes=-1))
    found = await check(settings)
    assert amiss(found) == {"executions": NOTE}
    assert "1 were accepted" in found["executions"].told


async def test_executions_that_the_engine_will_end_are_well(
    settings: Settings, database: Database, aged: None
) -> None:
    known, _ = await accept(database)
    cancelled, _ = await accept(database)

    async def run(run: Run) -> None:
        raise AssertionError("nothing is executed here")

    url = settings.database_url_of("engine")
    async with engine.opened(
        url, Executor(run, 0), "e-1", engine.VERSION, concurrency=0
    ) as running:
        for execution_id in (known, cancelled):
            await running.submit(execution_id, [[0, 1]])
        await running.cancel(cancelled)
    found = await check(settings)
    assert found["executions"].verdict is NOTE
    assert "1 were accepted" in found["executions"].told


async def test_executions_of_deleted_assets_are_told_and_removed(
    settings: Settings, database: Database
) -> None:
    _, kept = await accept(database)
    _, lost = await accept(database)
    found = await check(settings, gone=[lost])
    assert amiss(found) == {"deleted assets": WRONG}
    mended = await check(settings, gone=[lost], fix=True)
    assert amiss(mended) == {}
    assert mended["deleted assets"].mended
    assert amiss(await check(settings, gone=[lost])) == {}
    store = ExecutionStore(database)
    assert await store.latest(lost) is None
    assert await store.latest(kept) is not None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_workers_that_are_gone_are_forgotten_unless_they_have_left_runs(
    settings: Settings, database: Database
) -> None:
    begun = asyncio.Event()

    async def hang(run: Run) -> None:
        begun.set()
        await asyncio.Event().wait()

    ids = ["busy-0123456789ab", "idle-0123456789ab", "alive-0123456789ab"]
    moments = [LONG_AGO, LONG_AGO, datetime.now(UTC)]
    rows = [{"id": name, "beat_at": at} for name, at in zip(ids, moments, strict=True)]
    await database.write(lambda connection: connection.execute(executor.insert(), rows))
    execution_id, _ = await accept(database)
    url = settings.database_url_of("engine")
    hanging = engine.opened(
        url, Executor(hang, 1), ids[0], engine.VERSION, concurrency=1, drain_seconds=0
    )
    async with hanging as running:
        await running.submit(execution_id, [[0]])
        await asyncio.wait_for(begun.wait(), 20)

    found = [finding async for finding in doctor.examined(settings, fix=False, gone=None)]
    told = {each.verdict: each.told for each in found if each.about == "workers"}
    assert told.keys() == {WRONG, NOTE}
    assert told[WRONG].startswith(f"{ids[0]} is gone and has left runs")
    assert told[NOTE].startswith("1 are gone and have left no runs")
    found = [finding async for finding in doctor.examined(settings, fix=True, gone=None)]
    assert [each.mended for each in found if each.about == "workers"] == [False, True]
    left = {row["id"] for row in await database.rows(executor.select())}
    assert left == {ids[0], ids[2]}


async def test_an_auto_run_workflow_that_cannot_be_run_is_wrong(
    settings: Settings, database: Database
) -> None:
    # As another version has saved it, for which it was all right.
    store = WorkflowStore(database, lambda _: None)
    graph = '{"nodes": [{"type": "enrich"}, {"id": "n2", "type": "gone"}]}'
    broken = WorkflowInput("From before", None, True, graph)
    made, _ = await store.create(broken, None)
    found = await check(settings)
    assert amiss(found) == {"auto-run": WRONG}
    assert "'From before'" in found["auto-run"].told
    assert '"gone" (node "n2")' in found["auto-run"].told

    mended = WorkflowInput("Mended", None, True, '{"nodes": [{"type": "enrich"}]}')
    await store.update(made.id, mended)
    assert amiss(await check(settings)) == {}
