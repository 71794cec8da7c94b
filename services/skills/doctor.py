"""What can be wrong with executions, with who executes them, and with what uploads run.

The engine's records are read as they are, by SQL: the engine itself would begin to execute.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database, UtcDateTime, opened
from services.chassis.errors import InvalidArgument
from services.chassis.finding import Finding, Findings, mended, note, well, wrong
from services.chassis.queries import Row
from services.settings import Settings, SettingsInvalid
from services.skills import usage
from services.skills.model import Status
from services.skills.planning import Planner
from services.skills.registry import discovered
from services.skills.store import ExecutionStore
from services.skills.tables import execution, executor
from services.skills.workflow_store import WorkflowStore

NAME = "skills"
SETTLED = timedelta(minutes=1)
"""What is younger, or has given a sign of life since, is left alone."""

Gone = Callable[[Sequence[str]], Awaitable[set[str]]]
"""Gives those of some asset ids whose assets are no more."""

_AHEAD = frozenset(("PENDING", "ENQUEUED", "DELAYED"))
"""How the engine calls runs that it will end."""
_BATCH = 500
_OPEN = (Status.QUEUED.value, Status.RUNNING.value)


def require_settings(settings: Settings) -> None:
    """Raises SettingsInvalid if the service would not start with these."""
    if settings.default_skill not in (known := discovered().skills):
        raise SettingsInvalid(
            f"NEKOHUB_DEFAULT_SKILL={settings.default_skill!r} is not accepted: one of "
            f"{', '.join(sorted(known))}"
        )


async def examined(settings: Settings, *, fix: bool, gone: Gone | None) -> Findings:
    """Checks executions and workers; those of deleted assets only if `gone` is given.

    The database has to be up to date. Raises what it raises.
    """
    async with opened(settings.database_url_of(NAME), NAME) as database:
        async with _engine(settings, database) as engine:
            yield await _broken_off(database, engine)
            if database.dialect == "postgresql":
                async for finding in _workers(database, engine, fix):
                    yield finding
        yield await _auto_run(database)
        yield await _counters(database, fix)
        if gone is not None:
            yield await _of_deleted_assets(database, gone, fix)


class _Records:
    """What the engine has noted; empty before it was first launched."""

    def __init__(self, database: Database | None, schema: str | None) -> None:
        self._database = database
        self._runs = sa.table(
            "workflow_status",
            sa.column("workflow_uuid", sa.Text),
            sa.column("status", sa.Text),
            sa.column("executor_id", sa.Text),
            schema=schema,
        )

    async def ahead(self, execution_ids: Sequence[str]) -> set[str]:
        """Those of some executions that the engine will end."""
        runs = self._runs.c
        query = sa.select(runs.workflow_uuid).where(
            runs.workflow_uuid.in_(execution_ids), runs.status.in_(_AHEAD)
        )
        return {row["workflow_uuid"] for row in await self._rows(query)}

    async def busy(self, executor_ids: Collection[str]) -> set[str]:
        """Those of some executors that have begun what has not ended."""
        runs = self._runs.c
        query = sa.select(runs.executor_id).where(
            runs.executor_id.in_(executor_ids), runs.status == "PENDING"
        )
        return {row["executor_id"] for row in await self._rows(query)}

    async def _rows(self, query: sa.Executable) -> Sequence[Row]:
        return [] if self._database is None else await self._database.rows(query)


@asynccontextmanager
async def _engine(settings: Settings, database: Database) -> AsyncIterator[_Records]:
    url = settings.database_url_of("engine")
    if database.dialect == "postgresql":
        there = await database.rows(sa.text("SELECT to_regclass('dbos.workflow_status') AS there"))
        yield _Records(database if there[0]["there"] else None, "dbos")
        return
    path = Path(sa.make_url(url).database or "")
    if not await asyncio.to_thread(path.exists):
        yield _Records(None, None)
        return
    async with opened(url, "engine") as records:
        yield _Records(records, None)


async def _broken_off(database: Database, engine: _Records) -> Finding:
    found = await database.rows(
        sa.select(execution.c.id).where(
            execution.c.status.in_(_OPEN), execution.c.created_at < now() - SETTLED
        )
    )
    ids = [row["id"] for row in found]
    broken = 0
    for at in range(0, len(ids), _BATCH):
        batch = ids[at : at + _BATCH]
        broken += len(batch) - len(await engine.ahead(batch))
    if broken:
        return note(
            "executions",
            f"{broken} were accepted, but the engine does not know them or has given them up; the "
            "skills service takes them up, or ends them, when it starts",
        )
    return well("executions", f"the engine knows all of the {len(ids)} that have not ended")


async def _workers(database: Database, engine: _Records, fix: bool) -> Findings:
    # The database's clock, by which they beat.
    moment = sa.func.now(type_=UtcDateTime).label("moment")
    rows = await database.rows(sa.select(executor, moment))
    dead = {row["id"]: row["beat_at"] for row in rows if row["beat_at"] < row["moment"] - SETTLED}
    busy = await engine.busy(dead.keys())
    for executor_id in sorted(busy):
        yield wrong(
            "workers",
            f"{executor_id} is gone and has left runs; start the skills service or a worker, which "
            "takes them over",
        )
    idle = sorted(dead.keys() - busy)
    if idle and fix:
        for executor_id in idle:
            await _bury(database, executor_id, dead[executor_id])
        yield mended("workers", f"{len(idle)} that are gone were forgotten; they had left no runs")
    elif idle:
        yield note(
            "workers",
            f"{len(idle)} are gone and have left no runs; the next one to start forgets them, "
            "--fix does now",
        )
    elif not busy:
        yield well("workers", f"{len(rows)}, all alive")


async def _bury(database: Database, executor_id: str, beat_at: object) -> None:
    # Not one that has come to life again.
    same = sa.and_(executor.c.id == executor_id, executor.c.beat_at == beat_at)
    await database.write(lambda connection: connection.execute(executor.delete().where(same)))


async def _auto_run(database: Database) -> Finding:
    about = "auto-run"
    planner = Planner(discovered())
    workflow = await WorkflowStore(database, planner.of_workflow).auto_run()
    if workflow is None:
        return well(about, "uploads run the default skill")
    try:
        planner.of_workflow(workflow)
    except InvalidArgument as error:
        return wrong(
            about,
            f"uploads run the default skill, the workflow {workflow.name!r} cannot be run: "
            f"{error.message}; change it, or make another one auto-run",
        )
    return well(about, f"uploads run the workflow {workflow.name!r}")


async def _counters(database: Database, fix: bool) -> Finding:
    about = "run counters"
    if fix:
        count = await usage.mend(database)
    else:
        count = len(await usage.lacking(database))
    if not count:
        return well(about, "every execution is counted")
    told = f"of {count} skills there are more executions than were counted"
    if fix:
        return mended(about, f"{told}; they are counted now")
    return wrong(about, f"{told}; --fix counts them")


async def _of_deleted_assets(database: Database, gone: Gone, fix: bool) -> Finding:
    about = "deleted assets"
    lost: list[str] = []
    after = ""
    while ids := await _assets(database, execution.c.asset_id > after):
        # An asset is there before its executions, and may be deleted with them meanwhile.
        if suspects := await gone(ids):
            lost += await _assets(database, execution.c.asset_id.in_(suspects))
        after = ids[-1]
    if not lost:
        return well(about, "none has executions")
    if not fix:
        return wrong(about, f"{len(lost)} still have executions; --fix removes these")
    store = ExecutionStore(database)
    for asset_id in lost:
        # What is still under way is stopped by who executes it, as at any deletion.
        await store.delete_of_asset(asset_id)
    return mended(about, f"the executions of {len(lost)} were removed")


async def _assets(database: Database, which: sa.ColumnElement[bool]) -> list[str]:
    query = (
        sa.select(execution.c.asset_id)
        .where(which)
        .distinct()
        .order_by(execution.c.asset_id)
        .limit(_BATCH)
    )
    return [row["asset_id"] for row in await database.rows(query)]
