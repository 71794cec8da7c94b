"""Executions in real databases."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.skills.model import Execution, ExecutionStep, Outcome, PlannedStep, Status, Trigger
from services.skills.store import ExecutionStore
from services.skills.tables import execution, metadata, step
from services.skills.waiting import Waiting
from tests.contract.faults import away_once

STEPS = (
    PlannedStep("caption", (), {}),
    PlannedStep("watermark", ("caption",), {"text": "Größe\0", "opacity": 0.5, "large": True}),
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
DONE = Outcome(True, None, "OpenAI", "m-1", 2**40, 10, 2)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "skills", "services.skills")
    async with opened(database_url, "skills") as made:
        yield made


@pytest.fixture
def store(database: Database) -> ExecutionStore:
    return ExecutionStore(database)


async def accept(store: ExecutionStore, **given: Any) -> Execution:
    asked: dict[str, Any] = {
        "request_id": new_id(),
        "asset_id": new_id(),
        "skill_name": "enrich",
        "trigger": Trigger.MANUAL,
        "steps": STEPS,
    }
    return await store.accept(**asked | given)


async def current(store: ExecutionStore, execution_id: str) -> Execution:
    found = await store.get(execution_id)
    assert found is not None
    return found


async def rows(database: Database, table: sa.Table) -> int:
    counted = await database.rows(sa.select(sa.func.count().label("found")).select_from(table))
    found: int = counted[0]["found"]
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """Everything that is sent to a database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


async def test_the_tables_are_those_that_the_migrations_make(database: Database) -> None:
    async with database.writing() as connection:
        made = await connection.run_sync(_shape)
    assert made == {
        table.name: sorted(column.name for column in table.columns)
        for table in metadata.tables.values()
    }


def _shape(connection: sa.Connection) -> dict[str, list[str]]:
    inspector = sa.inspect(connection)
    return {
        name: sorted(column["name"] for column in inspector.get_columns(name))
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def test_an_accepted_execution_is_queued_with_its_steps(store: ExecutionStore) -> None:
    made = await accept(store, asset_id="a-1", trigger=Trigger.UPLOAD)

    assert (made.asset_id, made.skill_name, made.trigger) == ("a-1", "enrich", Trigger.UPLOAD)
    assert (made.status, made.started_at, made.completed_at) == (Status.QUEUED, None, None)
    assert made.created_at.tzinfo is UTC
    assert made.steps == tuple(
        ExecutionStep(each.name, each.needs, each.parameters, 0, None, None, None) for each in STEPS
    )
    assert await store.get(made.id) == made


async def test_a_request_id_stands_for_one_execution(store: ExecutionStore) -> None:
    first = await accept(store, request_id="r-1")
    repeat = await accept(store, request_id="r-1", asset_id="another", steps=STEPS[:1])
    other = await accept(store, request_id="r-2")

    assert repeat == first
    assert other.id != first.id


async def test_twenty_equal_requests_at_once_make_one(
    store: ExecutionStore, database: Database
) -> None:
    made = await asyncio.gather(*(accept(store, request_id="r-1") for _ in range(20)))

    assert {each.id for each in made} == {made[0].id}
    assert all(len(each.steps) == len(STEPS) for each in made)
    assert (await rows(database, execution), await rows(database, step)) == (1, len(STEPS))


async def test_a_step_that_begins_starts_its_execution(store: ExecutionStore) -> None:
    made = await accept(store)
    begun = await store.begin_step(made.id, 1)

    assert begun is not None
    assert (begun.status, begun.completed_at) == (Status.RUNNING, None)
    assert begun.started_at is not None
    assert begun.started_at == begun.steps[1].started_at
    assert begun.started_at >= made.created_at
    assert [each.attempts for each in begun.steps] == [0, 1]
    assert begun.steps[0].started_at is None
    assert await current(store, made.id) == begun


async def test_a_step_that_begins_again_counts_and_keeps_its_start(store: ExecutionStore) -> None:
    made = await accept(store)
    first = await store.begin_step(made.id, 0)
    again = await store.begin_step(made.id, 0)

    assert first is not None
    assert again is not None
    assert [each.attempts for each in again.steps] == [2, 0]
    assert again.steps[0].started_at == first.steps[0].started_at
    assert again.started_at == first.started_at


async def test_an_outcome_comes_back_as_it_was(store: ExecutionStore) -> None:
    made = await accept(store)
    failed = Outcome(False, "the AI provider rejected the API key", "OpenAI", "m-1", 1, 2, 3)
    await store.begin_step(made.id, 0)
    await store.end_step(made.id, 0, DONE)
    await store.end_step(made.id, 1, failed)

    ended = (await current(store, made.id)).steps
    assert [each.outcome for each in ended] == [DONE, failed]
    assert ended[0].completed_at is not None
    assert ended[0].started_at is not None
    assert ended[0].completed_at >= ended[0].started_at


async def test_a_step_that_ended_stays_as_it_is(store: ExecutionStore) -> None:
    made = await accept(store)
    await store.begin_step(made.id, 0)
    await store.end_step(made.id, 0, DONE)
    ended = await current(store, made.id)

    begun = await store.begin_step(made.id, 0)
    await store.end_step(made.id, 0, Outcome(False, "too late"))

    assert begun == ended
    assert await current(store, made.id) == ended


async def test_an_execution_ends_once(store: ExecutionStore) -> None:
    made = await accept(store)
    await store.begin_step(made.id, 0)
    await store.end(made.id, Status.FAILED)
    ended = await current(store, made.id)
    await store.end(made.id, Status.SUCCEEDED)

    assert ended.status is Status.FAILED
    assert ended.completed_at is not None
    assert await current(store, made.id) == ended


async def test_what_ends_without_having_begun_has_a_start_too(store: ExecutionStore) -> None:
    made = await accept(store)
    await store.end(made.id, Status.CANCELLED)

    ended = await current(store, made.id)
    assert ended.status is Status.CANCELLED
    assert ended.started_at == ended.completed_at is not None


async def test_a_step_of_an_execution_that_is_gone_does_not_begin(store: ExecutionStore) -> None:
    assert await store.begin_step(new_id(), 0) is None
    await store.end_step(new_id(), 0, DONE)
    await store.end(new_id(), Status.FAILED)


@pytest.mark.parametrize("execution_id", ["", "no uuid", "01956f8d-88e4-7c6a-a8f1-5f235293db7a"])
async def test_what_is_not_there_is_none(store: ExecutionStore, execution_id: str) -> None:
    assert await store.get(execution_id) is None
    assert await store.latest(execution_id) is None


async def test_the_latest_of_an_asset_is_its_newest(store: ExecutionStore) -> None:
    made = [await accept(store, asset_id="a-1") for _ in range(3)]
    other = await accept(store, asset_id="a-2")

    latest = await store.latest("a-1")
    assert latest is not None
    assert latest.id == max(each.id for each in made)
    assert await store.get(latest.id) == latest
    assert await store.latest("a-2") == other


async def test_those_that_have_not_ended_are_told_oldest_first(store: ExecutionStore) -> None:
    queued, running, failed, cancelled = [await accept(store) for _ in range(4)]
    await store.begin_step(running.id, 0)
    await store.end(failed.id, Status.FAILED)
    await store.end(cancelled.id, Status.CANCELLED)
    expected = sorted([queued.id, running.id])

    assert await store.unfinished(LONG_AGO, now(), "", 10) == expected
    assert await store.unfinished(LONG_AGO, now(), "", 1) == expected[:1]
    assert await store.unfinished(LONG_AGO, now(), expected[0], 10) == expected[1:]
    assert await store.unfinished(LONG_AGO, now(), expected[1], 10) == []


async def test_those_accepted_later_have_time(store: ExecutionStore) -> None:
    made = await accept(store)

    at, next_moment = made.created_at, made.created_at + timedelta(microseconds=1)
    assert await store.unfinished(LONG_AGO, at, "", 10) == []
    assert await store.unfinished(at, next_moment, "", 10) == [made.id]
    assert await store.unfinished(next_moment, next_moment + timedelta(days=1), "", 10) == []


async def test_an_asset_takes_its_executions_with_it(
    store: ExecutionStore, database: Database
) -> None:
    gone = [await accept(store, asset_id="a-1") for _ in range(2)]
    kept = await accept(store, asset_id="a-2")

    assert sorted(await store.delete_of_asset("a-1")) == sorted(each.id for each in gone)
    assert await store.delete_of_asset("a-1") == []

    assert [await store.get(each.id) for each in gone] == [None, None]
    assert await current(store, kept.id) == kept
    assert (await rows(database, execution), await rows(database, step)) == (1, len(STEPS))
    assert await store.begin_step(gone[0].id, 0) is None


async def test_a_read_is_one_query_however_many_steps_there_are(store: ExecutionStore) -> None:
    many = [PlannedStep(f"step-{at}", (), {}) for at in range(50)]
    made = await accept(store, asset_id="a-1", steps=many)
    await store.get(made.id)

    for read in (
        store.get(made.id),
        store.latest("a-1"),
        store.unfinished(LONG_AGO, now(), "", 10),
    ):
        with statements() as sent:
            await read
        assert len(sent) == 1, sent
        assert sent[0].startswith("SELECT")

    assert [each.name for each in (await current(store, made.id)).steps] == [
        each.name for each in many
    ]


async def test_who_waits_outlasts_a_fault_of_the_database(store: ExecutionStore) -> None:
    accepted = await accept(store)
    await store.end(accepted.id, Status.FAILED)
    with away_once("SELECT execution") as failed:
        ended = await Waiting(store).until_ended(accepted.id)

    assert failed.is_set()
    assert ended is not None
    assert ended.status is Status.FAILED
