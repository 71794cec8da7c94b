"""Durable execution, on DBOS Transact. The only module that knows it.

A run is a DBOS workflow whose id is the execution's. Its input is a snapshot of the pipeline's
order, so that nothing which changes meanwhile changes what was accepted. Each pipeline step is a
DBOS step: once it has been recorded it is never run again, whatever dies.
"""

import asyncio
import logging
import socket
import uuid
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SetWorkflowID,
    WorkflowSerializationFormat,
    error,
)

from services.chassis.database import driver_url
from services.chassis.errors import StartRefused
from services.chassis.within import within
from services.skills.executor import Executor, Pipeline

VERSION = "pipeline-1"
"""Raised when the workflow below changes shape; runs in flight belong to a version."""
QUEUE = "executions"
POLL_SECONDS = 0.25
"""How often the queue is looked at, for what other processes accepted and for the backlog."""
RECOVERIES = 100
"""DBOS counts every restart of the hub as one; many restarts must not end a healthy run."""
_AHEAD = ("PENDING", "ENQUEUED", "DELAYED")
"""How the engine calls runs that it will end."""
POOL = 4
CONNECTIONS = POOL + 1
"""Most connections to Postgres: those of the pool, and one that listens."""
EMBEDDED = "embedded"
"""The executor of a hub in one process: a restart is the same one and takes up its own runs."""
_DESTROY_SECONDS = 2.0
"""What it takes is milliseconds, unless the database is frozen."""
_log = logging.getLogger(__name__)

# DBOS is one per process and finds workflows by name, at import: what they call has to be found
# from here too.
_executors: list[Executor] = []


@DBOS.step(name="step", preemptible=True)
async def _step(execution_id: str, position: int) -> bool:
    return await _executors[-1].run_step(execution_id, position)


@DBOS.step(name="end")
async def _end(execution_id: str) -> None:
    await _executors[-1].pipeline.end(execution_id)


@DBOS.workflow(
    name="execution",
    max_recovery_attempts=RECOVERIES,
    serialization_type=WorkflowSerializationFormat.PORTABLE,
)
async def _execution(execution_id: str, waves: list[list[int]]) -> None:
    async with _executors[-1].executing():
        for wave in waves:
            steps = (_step(execution_id, position) for position in wave)
            # All of them end before the execution does: a drain waits for executions only.
            for outcome in await asyncio.gather(*steps, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
        await _end(execution_id)


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

    def __init__(self, executor: Executor, *, direct: bool) -> None:
        self._executor = executor
        self._direct = direct

    async def submit(self, execution_id: str, waves: Sequence[Sequence[int]]) -> None:
        """Makes sure that a run ends; idempotent.

        In a hub of one process it starts at once if there is room, which takes milliseconds. Else
        the queue hands it to whoever executes and has room.
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

    async def cancel(self, execution_id: str) -> None:
        """Stops a run within about a second; does nothing if it has ended."""
        await DBOS.cancel_workflow_async(execution_id)


@asynccontextmanager
async def opened(
    url: str, pipeline: Pipeline, executor_id: str, *, concurrency: int, drain_seconds: float = 3
) -> AsyncIterator[Engine]:
    """Launches the engine inside the running loop and takes up what an earlier process left.

    `url` is "sqlite:///path" or "postgresql://…"; `executor_id` says who executes here, among all
    that share it; with `concurrency` 0 nothing is executed here.
    On exit, steps under way get `drain_seconds` to end; the others run after the next start.
    """
    on_sqlite = url.startswith("sqlite")
    executor = Executor(pipeline, concurrency)
    config: DBOSConfig = {
        "name": "nekohub-skills",
        "system_database_url": url
        if on_sqlite
        else driver_url(url).render_as_string(hide_password=False),
        "sys_db_pool_size": POOL,
        "application_version": VERSION,
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
    try:
        await DBOS.register_queue_async(
            QUEUE, worker_concurrency=max(concurrency, 1), polling_interval_sec=POLL_SECONDS
        )
        yield Engine(executor, direct=on_sqlite)
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


def _log_as_we_do() -> None:
    log = logging.getLogger("dbos")
    log.handlers.clear()
    log.propagate = True
    log.addFilter(_is_no_cancellation)


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    # That a run was cancelled is no failure of the engine.
    raised = record.exc_info[1] if record.exc_info else None
    return not isinstance(raised, error.DBOSAwaitedWorkflowCancelledError)


# At import it says that it was initialised.
logging.getLogger("dbos").setLevel(logging.ERROR)
