"""Executions in real databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.chassis.requests import RequestReused
from services.skills import listing
from services.skills.asset_usage import AssetUsage
from services.skills.events import DoneEvent, ProgressEvent, StepEvent, events_after
from services.skills.listing import Listing
from services.skills.model import Execution, ExecutionStep, Outcome, PlannedStep, Status, Trigger
from services.skills.refusals import AlreadyFinished, AssetDeleted, ExecutionMissing
from services.skills.rows import Latest
from services.skills.store import CANCELLED, ExecutionStore
from services.skills.tables import (
    asset_usage,
    deleted_asset,
    execution,
    metadata,
    request,
    step,
)
from services.skills.waiting import Waiting
from tests.contract.faults import away_once, hearing

STEPS = (
    PlannedStep("caption", (), {}),
    PlannedStep(
        "watermark",
        ("caption",),
        {"text": "Größe\0", "opacity": 0.5, "large": True},
        ("alt-text", "Größe"),
    ),
)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
DONE = Outcome(True, None, "OpenAI", "m-1", 2**40, 10, 2, 0.25)


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
        "trigger": Trigger.UPLOAD,
        "steps": STEPS,
    }
    made, _ = await store.accept(**asked | given)
    return made


async def running(store: ExecutionStore, *positions: int, **given: Any) -> tuple[Execution, str]:
    """An execution that is claimed, with these steps begun, and its claim."""
    made, claim = await accept(store, **given), new_id()
    claimed = await store.claim(made.id, claim, lambda _: positions)
    assert claimed is not None
    return await current(store, made.id), claim


async def current(store: ExecutionStore, execution_id: str) -> Execution:
    found = await store.get(execution_id)
    assert found is not None
    return found


async def rows(database: Database, table: sa.Table) -> int:
    counted = await database.rows(sa.select(sa.func.count().label("found")).select_from(table))
    found: int = counted[0]["found"]
    return found


async def test_the_tables_are_those_that_the_migrations_make(database: Database) -> None:
    made = await database.write(_shape)
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
        ExecutionStep(each.name, each.needs, each.parameters, 0, None, None, None, after=each.after)
        for each in STEPS
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


async def test_a_claim_starts_an_execution_and_its_first_steps(store: ExecutionStore) -> None:
    made = await accept(store)
    begun = await store.claim(made.id, new_id(), lambda found: [len(found.steps) - 1])

    assert begun is not None
    assert (begun.status, begun.completed_at) == (Status.RUNNING, None)
    assert begun.started_at is not None
    assert begun.started_at >= made.created_at
    now_begun = await current(store, made.id)
    assert [each.attempts for each in now_begun.steps] == [0, 1]
    assert now_begun.steps[0].started_at is None
    assert now_begun.steps[1].started_at is not None


async def test_a_step_that_begins_again_counts_and_keeps_its_start(store: ExecutionStore) -> None:
    first, _ = await running(store, 0)
    await store.claim(first.id, new_id(), lambda _: [0])

    again = await current(store, first.id)
    assert [each.attempts for each in again.steps] == [2, 0]
    assert again.steps[0].started_at == first.steps[0].started_at
    assert again.started_at == first.started_at


async def test_an_outcome_comes_back_as_it_was(store: ExecutionStore) -> None:
    made, claim = await running(store, 0, 1)
    failed = Outcome(False, "the AI provider rejected the API key", "OpenAI", "m-1", 1, 2, 3)
    assert await store.end_step(made.id, claim, 0, DONE, None)
    assert await store.end_step(made.id, claim, 1, failed, Status.FAILED)

    ended = await current(store, made.id)
    assert [each.outcome for each in ended.steps] == [DONE, failed]
    assert ended.steps[0].completed_at is not None
    assert ended.steps[0].started_at is not None
    assert ended.steps[0].completed_at >= ended.steps[0].started_at
    assert ended.status is Status.FAILED
    assert ended.completed_at == ended.steps[1].completed_at


async def test_the_end_of_a_step_is_the_beginning_of_others_once(store: ExecutionStore) -> None:
    made, claim = await running(store, 0)
    for _ in range(2):
        # Told again by who has not heard that it was noted.
        assert await store.end_step(made.id, claim, 0, DONE, None, [1])

    begun = await current(store, made.id)
    assert [each.attempts for each in begun.steps] == [1, 1]
    assert begun.steps[0].completed_at is not None
    assert begun.steps[1].started_at is not None
    assert begun.steps[1].started_at >= begun.steps[0].completed_at
    assert begun.steps[1].outcome is None
    assert not await store.end_step(made.id, new_id(), 1, DONE, None, [1])
    assert await current(store, made.id) == begun


async def test_a_step_that_ended_stays_as_it_is(store: ExecutionStore) -> None:
    made, claim = await running(store, 0)
    await store.end_step(made.id, claim, 0, DONE, None)
    ended = await current(store, made.id)

    await store.begin_steps(made.id, claim, [0])
    await store.end_step(made.id, claim, 0, Outcome(False, "too late"), None)

    assert (await current(store, made.id)).steps == ended.steps


async def test_who_has_lost_its_claim_notes_nothing(store: ExecutionStore) -> None:
    made, frozen = await running(store, 0)
    taken_over = new_id()
    assert await store.claim(made.id, taken_over, lambda _: [0]) is not None
    before = await current(store, made.id)

    assert not await store.end_step(made.id, frozen, 0, DONE, Status.SUCCEEDED)
    assert not await store.begin_steps(made.id, frozen, [1])
    await store.end(made.id, frozen, Status.FAILED)

    assert await current(store, made.id) == before
    assert await store.lost_claims([frozen, taken_over]) == {frozen}
    assert await store.end_step(made.id, taken_over, 0, DONE, None)


async def test_an_execution_ends_once(store: ExecutionStore) -> None:
    made, claim = await running(store, 0)
    await store.end(made.id, claim, Status.FAILED)
    ended = await current(store, made.id)
    await store.end(made.id, claim, Status.SUCCEEDED)

    assert ended.status is Status.FAILED
    assert ended.completed_at is not None
    assert await current(store, made.id) == ended
    assert await store.claim(made.id, new_id(), lambda _: [0]) is None
    assert await store.lost_claims([claim]) == {claim}


async def test_a_cancelled_execution_ends_with_its_steps(store: ExecutionStore) -> None:
    made, claim = await running(store, 0, 1)
    await store.end_step(made.id, claim, 0, DONE, None)
    cancelled, replayed = await store.cancel(made.id, "")

    assert (cancelled.status, replayed) == (Status.CANCELLED, False)
    assert [each.outcome for each in cancelled.steps] == [DONE, Outcome(False, CANCELLED)]
    assert cancelled.completed_at is not None
    assert not await store.end_step(made.id, claim, 1, DONE, Status.SUCCEEDED)
    assert await current(store, made.id) == cancelled
    with pytest.raises(AlreadyFinished, match="cancelled"):
        await store.cancel(made.id, "")


async def test_a_cancellation_is_repeated_by_its_request(store: ExecutionStore) -> None:
    made, other = await accept(store), await accept(store)
    cancelled = await store.cancel(made.id, "r-1")

    assert await store.cancel(made.id, "r-1") == (cancelled[0], True)
    with pytest.raises(RequestReused):
        await store.cancel(other.id, "r-1")
    with pytest.raises(AlreadyFinished):
        await store.cancel(made.id, "r-2")
    # What was refused had no effect, so it is not kept.
    with pytest.raises(AlreadyFinished):
        await store.cancel(made.id, "r-2")


async def test_what_is_cancelled_before_it_began_has_a_start_too(store: ExecutionStore) -> None:
    cancelled, _ = await store.cancel((await accept(store)).id, "")
    assert cancelled.started_at == cancelled.completed_at is not None


async def test_what_is_given_up_has_failed(store: ExecutionStore) -> None:
    made, _ = await running(store, 0)
    await store.give_up(made.id, "broke off")

    ended = await current(store, made.id)
    assert ended.status is Status.FAILED
    assert [each.outcome for each in ended.steps] == [Outcome(False, "broke off")] * 2


async def test_who_has_lost_its_claim_gives_nothing_up(store: ExecutionStore) -> None:
    made, frozen = await running(store, 0)
    taken_over = new_id()
    await store.claim(made.id, taken_over, lambda _: [0])
    before = await current(store, made.id)

    await store.give_up(made.id, "broke off", frozen)
    assert await current(store, made.id) == before
    await store.give_up(made.id, "broke off", taken_over)
    assert (await current(store, made.id)).status is Status.FAILED


async def test_what_is_gone_is_not_claimed(store: ExecutionStore) -> None:
    assert await store.claim(new_id(), new_id(), lambda _: [0]) is None
    assert not await store.end_step(new_id(), new_id(), 0, DONE, None)
    with pytest.raises(ExecutionMissing):
        await store.cancel(new_id(), "")


async def test_a_person_s_request_stands_for_one_execution_of_equal_content(
    store: ExecutionStore,
) -> None:
    made, replayed = await store.accept(
        "r-1", "a-1", "enrich", Trigger.MANUAL, STEPS, fingerprint="f-1"
    )
    assert not replayed
    assert await store.accept("r-1", "a-1", "enrich", Trigger.MANUAL, STEPS, fingerprint="f-1") == (
        made,
        True,
    )
    with pytest.raises(RequestReused):
        await store.accept("r-1", "a-2", "enrich", Trigger.MANUAL, STEPS, fingerprint="f-2")


async def test_equal_requests_of_a_person_at_once_make_one(
    store: ExecutionStore, database: Database
) -> None:
    made = await asyncio.gather(
        *(
            store.accept("r-1", "a-1", "enrich", Trigger.MANUAL, STEPS, fingerprint="f")
            for _ in range(20)
        )
    )
    assert len({each.id for each, _ in made}) == 1
    assert [replayed for _, replayed in made].count(False) == 1
    assert await rows(database, execution) == 1


async def test_a_request_is_known_for_a_day(store: ExecutionStore, database: Database) -> None:
    first, _ = await store.accept("r-1", "a", "s", Trigger.MANUAL, STEPS, fingerprint="f")
    yesterday = request.update().values(created_at=now() - timedelta(hours=24, seconds=1))
    await database.write(lambda connection: connection.execute(yesterday))

    other, replayed = await store.accept("r-1", "b", "s", Trigger.MANUAL, STEPS, fingerprint="g")
    assert not replayed
    assert other.id != first.id


async def test_a_start_that_arrives_after_the_deletion_is_refused(
    store: ExecutionStore, database: Database
) -> None:
    assert await store.delete_of_asset("a-1") == []
    with pytest.raises(AssetDeleted):
        await accept(store, asset_id="a-1")
    assert await rows(database, execution) == 0
    await accept(store, asset_id="a-2")

    long_ago = deleted_asset.update().values(deleted_at=now() - timedelta(days=8))
    await database.write(lambda connection: connection.execute(long_ago))
    await store.forget_deleted_assets()
    assert await rows(database, deleted_asset) == 0


async def test_of_starts_and_a_deletion_at_once_nothing_stays(
    store: ExecutionStore, database: Database
) -> None:
    for number in range(10):
        asset_id = f"a-{number}"
        starts = [accept(store, asset_id=asset_id) for _ in range(5)]
        await asyncio.gather(*starts, store.delete_of_asset(asset_id), return_exceptions=True)
        assert await store.latest(asset_id) is None
    assert (await rows(database, execution), await rows(database, step)) == (0, 0)


async def test_events_are_the_same_for_whoever_asks_and_whenever(store: ExecutionStore) -> None:
    made, claim = await running(store, 0)
    seen = list(events_after(made, 0))
    await store.end_step(made.id, claim, 0, DONE, None)
    seen += events_after(await current(store, made.id), seen[-1].id)
    await store.begin_steps(made.id, claim, [1])
    await store.end_step(made.id, claim, 1, DONE, Status.SUCCEEDED)
    ended = await current(store, made.id)
    seen += events_after(ended, seen[-1].id)

    kinds = [type(event) for event in seen]
    assert kinds == [
        StepEvent,
        StepEvent,
        ProgressEvent,
        StepEvent,
        StepEvent,
        ProgressEvent,
        DoneEvent,
    ]
    assert [event.id for event in seen] == sorted({event.id for event in seen})
    assert [event.completed_steps for event in seen if isinstance(event, ProgressEvent)] == [1, 2]
    assert list(events_after(ended, 0)) == seen
    assert list(events_after(ended, seen[3].id)) == seen[4:]
    assert list(events_after(ended, seen[-1].id)) == []


async def test_a_cancellation_is_an_event_for_each_step(store: ExecutionStore) -> None:
    made, _ = await running(store, 0)
    cancelled, _ = await store.cancel(made.id, "")

    events = events_after(cancelled, 0)
    assert len({event.id for event in events}) == len(events)
    ends = [each.step for each in events if isinstance(each, StepEvent) and each.step.outcome]
    assert [each.name for each in ends] == [each.name for each in STEPS]
    assert isinstance(events[-1], DoneEvent)


async def test_pages_are_newest_first(store: ExecutionStore, database: Database) -> None:
    made = [await accept(store, asset_id=f"a-{number % 2}") for number in range(7)]
    newest = sorted((each.id for each in made), reverse=True)

    first = await listing.page(database, Listing(page_size=3))
    second = await listing.page(database, Listing(page_size=3, page_token=first.next_page_token))
    third = await listing.page(database, Listing(page_size=3, page_token=second.next_page_token))
    found = [*first.executions, *second.executions, *third.executions]
    assert [each.id for each in found] == newest
    assert found[0] == await current(store, newest[0])
    assert (first.total, third.next_page_token, first.total_is_capped) == (7, "", False)
    skipped = await listing.page(database, Listing(page_size=3, skip=5))
    assert [each.id for each in skipped.executions] == newest[5:]
    beyond = await listing.page(database, Listing(skip=50))
    assert (beyond.executions, beyond.total) == ([], 7)
    unreadable = await listing.page(database, Listing(page_size=3, page_token="x\0é"))
    assert unreadable == first


async def test_pages_are_filtered(store: ExecutionStore, database: Database) -> None:
    queued = await accept(store, asset_id="a-1")
    at_work, _ = await running(store, 0, asset_id="a-2", skill_name="thumbnail")

    async def found(**given: Any) -> list[str]:
        return [each.id for each in (await listing.page(database, Listing(**given))).executions]

    assert await found(asset_id="a-1") == [queued.id]
    assert await found(status=Status.RUNNING) == [at_work.id]
    assert await found(skill_name="thumbnail", status=Status.RUNNING) == [at_work.id]
    assert await found(skill_name="thumbnail", asset_id="a-1") == []
    assert await found(skill_name="%") == []
    assert await found(asset_id="a-1\0") == [queued.id]


@pytest.mark.parametrize("execution_id", ["", "no uuid", "01956f8d-88e4-7c6a-a8f1-5f235293db7a"])
async def test_what_is_not_there_is_none(store: ExecutionStore, execution_id: str) -> None:
    assert await store.get(execution_id) is None
    assert await store.latest(execution_id) is None


async def test_the_latest_of_an_asset_is_its_newest(store: ExecutionStore) -> None:
    made = [await accept(store, asset_id="a-1") for _ in range(3)]
    other = await accept(store, asset_id="a-2")

    latest = await store.latest("a-1")
    assert latest is not None
    assert latest.execution.id == max(each.id for each in made)
    assert await store.get(latest.execution.id) == latest.execution
    assert await store.latest("a-2") == Latest(other, AssetUsage())


async def test_what_all_runs_of_an_asset_used_is_added_up(
    store: ExecutionStore, database: Database
) -> None:
    for ends in (Outcome(True, cached=True), Outcome(False, "too dark", "", "", 5, 0, 1, 0.5)):
        made, claim = await running(store, 0, 1, asset_id="a-1")
        for _ in range(2):  # told again, as after a commit that nobody heard of
            assert await store.end_step(made.id, claim, 0, DONE, None)
        assert await store.end_step(made.id, claim, 1, ends, Status.SUCCEEDED)
    other, claim = await running(store, 0, asset_id="a-2")
    assert await store.end_step(other.id, claim, 0, Outcome(True, cached=True), None)
    await accept(store, asset_id="a-2")

    found = {
        each.execution.asset_id: each.used for each in await store.latest_of_several(["a-1", "a-2"])
    }
    total = AssetUsage(2 * 2**40 + 5, 20, 5, 1.0)
    assert found == {"a-1": total, "a-2": AssetUsage()}
    alone = await store.latest("a-1")
    assert alone is not None
    assert alone.used == total
    assert await rows(database, asset_usage) == 1
    await store.delete_of_asset("a-1")
    assert await rows(database, asset_usage) == 0


async def test_those_that_have_not_ended_are_told_oldest_first(store: ExecutionStore) -> None:
    queued = await accept(store)
    at_work, _ = await running(store, 0)
    failed, claim = await running(store, 0)
    await store.end(failed.id, claim, Status.FAILED)
    await store.cancel((await accept(store)).id, "")
    expected = sorted([queued.id, at_work.id])

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
    assert await store.claim(gone[0].id, new_id(), lambda _: [0]) is None


async def test_a_read_is_one_query_however_many_steps_there_are(store: ExecutionStore) -> None:
    many = [PlannedStep(f"step-{at}", (), {}) for at in range(50)]
    made = await accept(store, asset_id="a-1", steps=many)
    await store.get(made.id)

    for read in (
        store.get(made.id),
        store.latest("a-1"),
        store.unfinished(LONG_AGO, now(), "", 10),
        listing.page(store.database, Listing()),
    ):
        sent: list[str] = []
        with hearing(sent.append):
            await read
        assert len(sent) == 1, sent
        assert sent[0].startswith("SELECT")

    assert [each.name for each in (await current(store, made.id)).steps] == [
        each.name for each in many
    ]


async def test_who_waits_outlasts_a_fault_of_the_database(store: ExecutionStore) -> None:
    accepted = await accept(store)
    await store.give_up(accepted.id, "broke off")
    with away_once("SELECT execution") as failed:
        ended = await Waiting(store).until_ended(accepted.id)

    assert failed.is_set()
    assert ended is not None
    assert ended.status is Status.FAILED
