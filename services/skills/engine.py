"""Durable execution, on DBOS Transact. The only module that knows it.

A run is a DBOS workflow whose id is the execution's: DBOS sees to it that it is executed, by one
process at a time, whatever dies. What of it is done already stands in our own tables, step by step,
so a workflow that is executed again goes on where the last one ended.
"""

import asyncio
import logging
import socket
import uuid
from collections.abc import AsyncIterator, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SetWorkflowID,
    WorkflowSerializationFormat,
    error,
)
from dbos._dbos import _get_dbos_instance

from services.chassis.database import driver_url
from services.chassis.errors import StartRefused
from services.chassis.within import within
from services.skills.executor import Executor

VERSION = "pipeline-2"
"""Raised when the workflow below changes so that older code could not go on with it. With the
fingerprint of the steps it is the version that runs and executors bear.
"""
QUEUE = "executions"
POLL_SECONDS = 0.25
"""How often the queue is looked at, for what other processes accepted and for the backlog."""
_DEFAULT_CONCURRENCY = 32
_AHEAD = ("PENDING", "ENQUEUED", "DELAYED")
"""How the engine calls runs that it will end."""
_OVER = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_BATCH = 500
POOL = 4
CONNECTIONS = POOL + 1
"""Most connections to Postgres: those of the pool, and one that listens."""
EMBEDDED = "embedded"
"""The executor of a hub on SQLite: its next process is the same one and takes up its runs."""
_DESTROY_SECONDS = 2.0
"""What it takes is milliseconds, unless the database is frozen."""
_log = logging.getLogger(__name__)

# DBOS is one per process and finds workflows by name, at import: what they call has to be found
# from here too.
_executors: list[Executor] = []


# Without a limit: a run that many deaths have interrupted is as good as any other.
@DBOS.workflow(
    name="execution",
    max_recovery_attempts=None,
    serialization_type=WorkflowSerializationFormat.PORTABLE,
)
async def _execution(execution_id: str, waves: list[list[int]]) -> None:
    """The waves are for processes of an older version, which take them from here."""
    await _executors[-1].execute(execution_id)


def new_executor_id() -> str:
    """Names one process among many that execute: the host's or container's name, and more."""
    return f"{host()}-{uuid.uuid4().hex[:12]}"


def host() -> str:
    """What the names of this host's executors begin with."""
    return socket.gethostname()[:60]


class EngineUnavailable(StartRefused):
    """What the engine keeps cannot be read."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Runs that nobody is at."""

    unknown: list[str]
    """Never submitted."""
    over: list[str]
    """Ended, or given up."""


class Engine:
    """Starts and stops durable runs."""

    def __init__(self, executor: Executor, version: str, *, direct: bool) -> None:
        self._executor = executor
        self._version = version
        self._direct = direct

    async def submit(self, execution_id: str, waves: Sequence[Sequence[int]]) -> None:
        """Makes sure that a run ends; idempotent.

        In an embedded hub it starts at once or waits here for its turn, which takes
        milliseconds, unless very many do. Else the queue hands it to whoever executes and has room.
        """
        plan = [list(wave) for wave in waves]
        with SetWorkflowID(execution_id):
            if self._direct and self._executor.has_room:
                await DBOS.start_workflow_async(_execution, execution_id, plan)
            else:
                await DBOS.enqueue_workflow_async(QUEUE, _execution, execution_id, plan)

    async def lost(self, execution_ids: Sequence[str]) -> Lost:
        """Those of the runs that nothing will come of any more."""
        known = await DBOS.list_workflows_async(
            workflow_ids=list(execution_ids), load_input=False, load_output=False
        )
        status = {each.workflow_id: each.status for each in known}
        return Lost(
            unknown=[each for each in execution_ids if each not in status],
            over=[each for each in execution_ids if status.get(each, "PENDING") not in _AHEAD],
        )

    async def take_over(self, executor_id: str) -> None:
        """Puts what a dead executor was at back into the queue; idempotent."""
        await asyncio.to_thread(DBOS._recover_pending_workflows, [executor_id])

    async def at_work(self) -> set[str]:
        """The executors that have begun runs which have not ended."""
        return await asyncio.to_thread(_at_work)

    async def foreign(self, alive: Collection[str]) -> list[str]:
        """Runs of other versions than this one and those that are alive."""
        return await asyncio.to_thread(_foreign, {self._version, *alive})

    async def adopt(self, execution_ids: Sequence[str], alive: Collection[str]) -> int:
        """Makes runs of other versions this one's, to be executed anew, and says how many.

        Those that are of this version or one that is alive by now stay as they are.
        """
        if not execution_ids:
            return 0
        return await asyncio.to_thread(_adopt, self._version, execution_ids, alive)

    async def cancel(self, execution_id: str) -> None:
        """Keeps a run from being executed again; does nothing if it has ended."""
        await DBOS.cancel_workflow_async(execution_id)

    async def delete(self, execution_ids: Sequence[str]) -> None:
        """Forgets runs, whether they have ended or not; nobody executes them again."""
        await DBOS.delete_workflows_async(list(execution_ids))

    async def forget_ended(self, before: datetime) -> int:
        """Removes the records of runs that ended before a moment, and says how many."""
        count = 0
        while True:
            found = await DBOS.list_workflows_async(
                status=list(_OVER),
                completed_before=before.isoformat(),
                limit=_BATCH,
                load_input=False,
                load_output=False,
            )
            await self.delete([each.workflow_id for each in found])
            count += len(found)
            if len(found) < _BATCH:
                return count


def _at_work() -> set[str]:
    system = _get_dbos_instance()._sys_db
    table = system.tables.workflow_status
    begun = sa.select(table.c.executor_id).where(table.c.status == "PENDING").distinct()
    with system.engine.begin() as connection:
        return {str(each) for each in connection.execute(begun).scalars()}


def _foreign(versions: Collection[str]) -> list[str]:
    system = _get_dbos_instance()._sys_db
    table = system.tables.workflow_status
    query = sa.select(table.c.workflow_uuid).where(
        table.c.name == "execution",
        table.c.status.in_(_AHEAD),
        table.c.application_version.not_in(versions),
    )
    with system.engine.begin() as connection:
        return [str(each) for each in connection.execute(query).scalars()]


def _adopt(version: str, execution_ids: Sequence[str], alive: Collection[str]) -> int:
    # No call of DBOS does this in one statement, so that two processes can do it at once.
    system = _get_dbos_instance()._sys_db
    table = system.tables.workflow_status
    adopting = (
        table.update()
        .where(
            table.c.workflow_uuid == sa.bindparam("sought"),
            table.c.status.in_(_AHEAD),
            table.c.application_version.not_in({version, *alive}),
        )
        .values(
            application_version=version,
            status="ENQUEUED",
            queue_name=sa.func.coalesce(table.c.queue_name, QUEUE),
            # What its former executor notes, should it wake up, counts no more.
            owner_xid=None,
            started_at_epoch_ms=None,
        )
    )
    with system.engine.begin() as connection:
        return sum(
            connection.execute(adopting, {"sought": each}).rowcount for each in execution_ids
        )


@asynccontextmanager
async def opened(
    url: str,
    executor: Executor,
    executor_id: str,
    version: str,
    *,
    concurrency: int,
    drain_seconds: float = 3,
) -> AsyncIterator[Engine]:
    """Launches the engine inside the running loop and takes up what an earlier process left.

    `url` is "sqlite:///path" or "postgresql://…"; `executor_id` says who executes here, among all
    that share it, and `version` which runs: those that it accepts, and others of the same. With
    `concurrency` 0 nothing is executed here.
    On exit, steps under way get `drain_seconds` to end; the others run after the next start.
    """
    on_sqlite = url.startswith("sqlite")
    config: DBOSConfig = {
        "name": "nekohub-skills",
        "system_database_url": url
        if on_sqlite
        else driver_url(url).render_as_string(hide_password=False),
        "sys_db_pool_size": POOL,
        "application_version": version,
        "executor_id": executor_id,
        "serializer": DBOSPortableJSONSerializer(),
        # What it warns of is part of a drain, or of an asset that was deleted.
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    if on_sqlite:
        try:
            await asyncio.to_thread(_prepare, url)
        except sa.exc.DBAPIError as fault:
            raise EngineUnavailable(
                f"{sa.make_url(url).database} cannot be used: {fault.orig}; see NEKOHUB_DATA_DIR"
            ) from fault
    _executors.append(executor)
    DBOS(config=config)
    _log_as_we_do()
    if concurrency == 0:
        DBOS.listen_queues([])
    DBOS.launch()
    if on_sqlite:
        sa.event.listen(_get_dbos_instance()._sys_db.engine, "connect", _commit_lightly)
    try:
        # The queue's limit is one for all processes: who executes nothing has no say in it.
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=concurrency or _DEFAULT_CONCURRENCY,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update" if concurrency else "never_update",
        )
        _limit_here(concurrency)
        yield Engine(executor, version, direct=on_sqlite)
    finally:
        await executor.drain(drain_seconds)
        # DBOS has made its thread pool the loop's, and ends it.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        try:
            destroying = asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
            await within(_DESTROY_SECONDS, destroying)
        except TimeoutError:
            _log.warning("the engine does not end, and is not waited for")
        _executors.remove(executor)


def _prepare(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()


def _commit_lightly(connection: Any, _record: object) -> None:
    # A power cut may undo the last commits, never more, and our own tables are the truth: a run
    # that is unknown here is submitted again, one that has ended there finds nothing to do.
    connection.execute("PRAGMA synchronous=NORMAL")


def _limit_here(concurrency: int) -> None:
    """Has this process take as many runs at once as it may, whatever the others may.

    DBOS keeps a queue's limit in the database, one for all processes, and looks it up each time.
    """
    system = _get_dbos_instance()._sys_db
    look_up = system.get_queue

    def limited(*args: Any, **named: Any) -> Any:
        queue = look_up(*args, **named)
        if queue is not None and queue.name == QUEUE:
            queue._worker_concurrency = concurrency
        return queue

    system.get_queue = limited  # type: ignore[method-assign]


def _log_as_we_do() -> None:
    log = logging.getLogger("dbos")
    log.handlers.clear()
    log.propagate = True
    log.addFilter(_is_failure)


def _is_failure(record: logging.LogRecord) -> bool:
    # That a run was cancelled, or went with its asset, is none of the engine's.
    raised = record.exc_info[1] if record.exc_info else None
    ended = (error.DBOSAwaitedWorkflowCancelledError, error.DBOSNonExistentWorkflowError)
    return not isinstance(raised, ended)


# At import it says that it was initialised.
logging.getLogger("dbos").setLevel(logging.ERROR)
