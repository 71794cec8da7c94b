"""Durable execution, on DBOS Transact. The only module that knows it.

A run is a DBOS workflow whose id is the execution's. Its input is a snapshot of the pipeline, so
that nothing which changes meanwhile changes what was accepted. Each pipeline step is a DBOS step:
once it has been recorded it is never run again, whatever dies.
"""

import asyncio
import logging
import socket
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSConfig, SetWorkflowID

VERSION = "pipeline-1"
"""Raised when the workflow below changes shape; runs in flight belong to a version."""
QUEUE = "executions"
POLL_SECONDS = 0.5
RECOVERIES = 100
"""DBOS counts every restart of the hub as one; many restarts must not end a healthy run."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What the engine calls; it knows neither steps nor assets."""

    run_step: Callable[[str, int], Awaitable[bool]]
    """Runs the step at a position of an execution; repeatable."""
    end: Callable[[str], Awaitable[None]]
    """Notes that all steps of an execution have ended; repeatable."""


# DBOS itself is one per process, and its workflows are found by name at import: what they call
# has to be found from here too.
_pipelines: list[Pipeline] = []


@DBOS.step(name="step", preemptible=True)
async def _step(execution_id: str, position: int) -> bool:
    return await _pipelines[-1].run_step(execution_id, position)


@DBOS.step(name="end")
async def _end(execution_id: str) -> None:
    await _pipelines[-1].end(execution_id)


@DBOS.workflow(name="execution", max_recovery_attempts=RECOVERIES)
async def _execution(execution_id: str, waves: list[list[int]]) -> None:
    for wave in waves:
        await asyncio.gather(*(_step(execution_id, position) for position in wave))
    await _end(execution_id)


class Engine:
    """Starts and stops durable runs."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._here: set[str] = set()
        self._following: set[asyncio.Task[None]] = set()

    async def submit(self, execution_id: str, waves: Sequence[Sequence[int]]) -> None:
        """Makes sure that a run ends; idempotent. It starts here at once if there is room."""
        plan = [list(wave) for wave in waves]
        with SetWorkflowID(execution_id):
            if len(self._here) < self._concurrency:
                handle = await DBOS.start_workflow_async(_execution, execution_id, plan)
                self._follow(execution_id, handle)
            else:
                await DBOS.enqueue_workflow_async(QUEUE, _execution, execution_id, plan)

    async def knows(self, execution_id: str) -> bool:
        """Whether a run was submitted."""
        return await DBOS.get_workflow_status_async(execution_id) is not None

    async def cancel(self, execution_id: str) -> None:
        """Stops a run within about a second; does nothing if it has ended."""
        await DBOS.cancel_workflow_async(execution_id)

    def _follow(self, execution_id: str, handle: Any) -> None:
        async def until_ended() -> None:
            try:
                await handle.get_result()
            except Exception:  # noqa: BLE001 - recorded by the engine; the run's row says more
                logging.getLogger(__name__).info("run %s was stopped", execution_id)
            finally:
                self._here.discard(execution_id)

        self._here.add(execution_id)
        task = asyncio.create_task(until_ended())
        self._following.add(task)
        task.add_done_callback(self._following.discard)


@asynccontextmanager
async def opened(
    url: str, pipeline: Pipeline, *, concurrency: int, pool_size: int = 8
) -> AsyncIterator[Engine]:
    """Launches the engine inside the running loop and takes up what an earlier process left.

    `url` is "sqlite:///path" or "postgresql://…"; with `concurrency` 0 nothing is executed here.
    """
    on_sqlite = url.startswith("sqlite")
    executor = "embedded" if on_sqlite else f"{socket.gethostname()}-{uuid.uuid4().hex[:12]}"
    config: DBOSConfig = {
        "name": "nekohub-skills",
        "system_database_url": url if on_sqlite else _with_driver(url),
        "application_version": VERSION,
        "executor_id": executor,
        "sys_db_pool_size": pool_size,
        "log_level": "WARNING",
        "enable_otlp": False,
    }
    if on_sqlite:
        await asyncio.to_thread(_prepare, url)
    _pipelines.append(pipeline)
    DBOS(config=config)
    if concurrency == 0:
        DBOS.listen_queues([])
    DBOS.launch()
    await DBOS.register_queue_async(
        QUEUE, worker_concurrency=max(concurrency, 1), polling_interval_sec=POLL_SECONDS
    )
    engine = Engine(concurrency)
    try:
        yield engine
    finally:
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=0)
        for task in engine._following:
            task.cancel()
        _pipelines.remove(pipeline)


def _with_driver(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql+psycopg").render_as_string(False)


def _prepare(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
    engine.dispose()
