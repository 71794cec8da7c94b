"""Workflows in real databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.chassis.names import fold
from services.chassis.requests import Claim, RequestReused
from services.skills.tables import request, workflow
from services.skills.workflow import WORKFLOWS, Workflow, WorkflowInput
from services.skills.workflow_store import WorkflowStore
from tests.contract.older_skills import turn_back

GRAPH = '{"nodes": [{"type": "enrich"}]}'
DRAFT = '{ "nodes":[] , "edges" : [] }'


def require_runnable(wanted: Workflow) -> None:
    """A draft is none."""
    if wanted.graph_json == DRAFT:
        raise InvalidArgument("WORKFLOW_PROFILE_HAS_NO_SKILLS", "no node names a skill")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "skills", "services.skills")
    async with opened(database_url, "skills") as made:
        yield made


@pytest.fixture
def store(database: Database) -> WorkflowStore:
    return WorkflowStore(database, require_runnable)


def given(name: str, **others: Any) -> WorkflowInput:
    values: dict[str, Any] = {"description": None, "is_auto_run": None, "graph_json": GRAPH}
    return WorkflowInput(name=name, **values | others)


async def add(store: WorkflowStore, name: str, **others: Any) -> Workflow:
    made, _ = await store.create(given(name, **others), None)
    return made


async def auto_run_names(store: WorkflowStore) -> list[str]:
    return [each.name for each in await store.all() if each.is_auto_run]


def row(name: str, **others: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": new_id(),
        "name": name,
        "name_folded": fold(name),
        "is_auto_run": False,
        "graph_json": GRAPH,
        "created_at": now(),
        "updated_at": now(),
    }
    return values | others


async def insert(database: Database, *rows: dict[str, Any]) -> None:
    await database.write(lambda connection: connection.execute(workflow.insert(), list(rows)))


async def test_a_workflow_comes_back_as_it_was_saved(store: WorkflowStore) -> None:
    made = await add(store, "Größe", description="Shrinks.", graph_json=DRAFT)

    assert await store.get(made.id) == made
    assert await store.all() == [made]
    assert await store.auto_run() is None
    assert (made.name, made.description, made.graph_json) == ("Größe", "Shrinks.", DRAFT)
    assert made.created_at == made.updated_at
    assert made.created_at.tzinfo is not None


async def test_the_auto_run_one_comes_first_then_they_go_by_name(store: WorkflowStore) -> None:
    for name in ("b", "Ä", "C", "a"):
        await add(store, name)
    last = await add(store, "z", is_auto_run=True)

    assert [each.name for each in await store.all()] == ["z", "a", "b", "C", "Ä"]
    assert await store.auto_run() == last


async def test_at_most_one_is_auto_run(store: WorkflowStore) -> None:
    first = await add(store, "first", is_auto_run=True)
    second = await add(store, "second", is_auto_run=True)
    assert await auto_run_names(store) == ["second"]

    switched = await store.switch_on(first.id)
    assert switched.is_auto_run
    assert await auto_run_names(store) == ["first"]
    assert await store.switch_on(first.id) == switched

    await store.update(second.id, given("second", is_auto_run=True))
    assert await auto_run_names(store) == ["second"]
    await store.update(second.id, given("second", is_auto_run=False))
    assert await auto_run_names(store) == []
    assert await store.auto_run() is None


async def test_the_database_itself_lets_no_second_one_be_auto_run(
    store: WorkflowStore, database: Database
) -> None:
    await add(store, "first", is_auto_run=True)
    with pytest.raises(IntegrityError):
        await insert(database, row("other", is_auto_run=True))
    await insert(database, row("other"), row("a third"))
    assert await auto_run_names(store) == ["first"]


async def test_many_switches_at_once_leave_one_auto_run(store: WorkflowStore) -> None:
    made = [await add(store, f"workflow {number}") for number in range(6)]

    await asyncio.gather(
        *(store.switch_on(each.id) for each in made),
        *(store.update(each.id, given(each.name, is_auto_run=True)) for each in made),
        *(add(store, f"new {number}", is_auto_run=True) for number in range(6)),
    )

    assert len(await auto_run_names(store)) == 1
    assert len(await store.all()) == 12


async def test_what_cannot_be_run_does_not_become_auto_run(store: WorkflowStore) -> None:
    active = await add(store, "active", is_auto_run=True)
    draft = await add(store, "draft", graph_json=DRAFT)

    for change in (
        add(store, "another draft", graph_json=DRAFT, is_auto_run=True),
        store.switch_on(draft.id),
        store.update(draft.id, given("draft", graph_json=DRAFT, is_auto_run=True)),
        # It is what it was: auto-run.
        store.update(active.id, given("active", graph_json=DRAFT)),
    ):
        with pytest.raises(InvalidArgument):
            await change

    assert await store.all() == [active, draft]
    await store.update(active.id, given("active", graph_json=DRAFT, is_auto_run=False))
    assert await auto_run_names(store) == []


async def test_a_draft_that_comes_meanwhile_does_not_become_auto_run(store: WorkflowStore) -> None:
    made = await add(store, "one")
    for _ in range(10):
        await asyncio.gather(
            store.switch_on(made.id),
            store.update(made.id, given("one", graph_json=DRAFT)),
            return_exceptions=True,
        )
        found = await store.get(made.id)
        assert (found.is_auto_run, found.graph_json) != (True, DRAFT)
        await store.update(made.id, given("one", is_auto_run=False))


async def test_names_are_unique_in_any_letter_case(store: WorkflowStore) -> None:
    made = await add(store, "Straße")
    other = await add(store, "other")

    with pytest.raises(
        AlreadyExists, match="another workflow has the name 'STRASSE', or"
    ) as refused:
        await add(store, "STRASSE")
    assert refused.value.reason == "WORKFLOW_PROFILE_NAME_CONFLICT"
    with pytest.raises(AlreadyExists):
        await store.update(other.id, given("straße"))
    assert (await store.update(made.id, given("STRASSE"))).name == "STRASSE"


async def test_a_name_from_before_stays_until_it_is_changed(
    store: WorkflowStore, database: Database
) -> None:
    made = await add(store, "é")
    twin = row("e\u0301\n", name_folded="e\u0301\n")
    await insert(database, twin)
    switched = await store.switch_on(twin["id"])
    assert (switched.name, switched.is_auto_run) == ("e\u0301\n", True)
    with pytest.raises(AlreadyExists):
        await store.update(twin["id"], given("É"))
    assert (await store.update(twin["id"], given("other"))).name == "other"
    assert await store.get(made.id) == made


async def test_names_from_before_are_compared_as_new_ones_are(
    store: WorkflowStore, database: Database, database_url: str
) -> None:
    # As they were kept, some alike by now, and one that is what another becomes.
    for name in ("E\u0301", "é", "x", "\u00b9", "1", "tab\there"):
        await insert(database, row(name, name_folded=name.casefold()))
    before = await store.all()
    await database.write(lambda connection: turn_back(connection, "0004"))

    await upgrade(database_url, "skills", "services.skills")

    after = await store.all()
    assert sorted(after, key=lambda each: each.id) == sorted(before, key=lambda each: each.id)
    for name in ("É", "e\u0301", "¹", "X"):
        with pytest.raises(AlreadyExists):
            await add(store, name)
    for each in before:
        assert (await store.switch_on(each.id)).name == each.name
        await store.delete(each.id)
    await add(store, "é")


async def test_names_from_before_are_compared_without_what_is_unseen(
    store: WorkflowStore, database: Database, database_url: str
) -> None:
    for name in ("ＡＢ", "ab\ufe0f", "ab\u3164", "\u3164", "\u2800", "é\u034f"):
        await insert(database, row(name, name_folded=name.casefold()))
    before = await store.all()
    await database.write(lambda connection: turn_back(connection, "0005"))

    await upgrade(database_url, "skills", "services.skills")

    after = await store.all()
    assert sorted(after, key=lambda each: each.id) == sorted(before, key=lambda each: each.id)
    for name in ("AB", "a\u180bb", "E\u0301"):
        with pytest.raises(AlreadyExists):
            await add(store, name)
    for each in before:
        assert (await store.switch_on(each.id)).name == each.name
        await store.delete(each.id)
    await add(store, "ab")


async def test_equal_names_at_once_make_one_workflow(store: WorkflowStore) -> None:
    results = await asyncio.gather(
        *(add(store, name) for name in ("same", "Same", "SAME", "same", "sAme")),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Workflow) for result in results) == 1
    assert sum(isinstance(result, AlreadyExists) for result in results) == 4


async def test_a_change_puts_other_values_in_place(store: WorkflowStore) -> None:
    made = await add(store, "one", description="What it does.", is_auto_run=True)

    changed = await store.update(made.id, given("two", graph_json='{"nodes": [{}]}'))

    assert changed == replace(
        made,
        name="two",
        description=None,
        graph_json='{"nodes": [{}]}',
        updated_at=changed.updated_at,
    )
    assert changed.updated_at > made.updated_at
    assert await store.get(made.id) == changed
    # A change of nothing changes nothing.
    assert await store.update(made.id, given("two", graph_json='{"nodes": [{}]}')) == changed


@pytest.mark.parametrize("workflow_id", ["01956f8d-88e4-7c6a-a8f1-5f235293db7a", "nobody", "a\0b"])
async def test_what_is_not_there_is_not_found(store: WorkflowStore, workflow_id: str) -> None:
    for call in (
        store.get(workflow_id),
        store.update(workflow_id, given("one")),
        store.switch_on(workflow_id),
        store.delete(workflow_id),
    ):
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.reason == "WORKFLOW_PROFILE_NOT_FOUND"


async def test_what_is_deleted_is_gone_and_its_name_free(store: WorkflowStore) -> None:
    made = await add(store, "one", is_auto_run=True)
    await store.delete(made.id)

    assert await store.all() == []
    assert await store.auto_run() is None
    with pytest.raises(NotFound):
        await store.delete(made.id)
    assert (await add(store, "one")).id != made.id


async def test_equal_requests_make_one_workflow(store: WorkflowStore, database: Database) -> None:
    claim = Claim("r-1", "equal")
    results = await asyncio.gather(*(store.create(given("one"), claim) for _ in range(8)))
    assert len({made.id for made, _ in results}) == 1
    assert sorted(replayed for _, replayed in results) == [False] + [True] * 7
    # As it is now, whatever is asked for by now.
    changed = await store.update(results[0][0].id, given("two"))
    assert await store.create(given("one"), claim) == (changed, True)

    with pytest.raises(RequestReused):
        await store.create(given("one"), Claim("r-1", "other"))
    await store.delete(changed.id)
    with pytest.raises(NotFound):
        await store.create(given("one"), claim)

    # A refused request leaves its id free.
    with pytest.raises(InvalidArgument):
        await store.create(given("x", graph_json=DRAFT, is_auto_run=True), Claim("r-2", "draft"))
    _, replayed = await store.create(given("x"), Claim("r-2", "mended"))
    assert not replayed
    counted = await database.rows(sa.select(sa.func.count().label("found")).select_from(request))
    assert counted[0]["found"] == 2


async def test_no_more_are_kept_than_fit_into_a_list(
    store: WorkflowStore, database: Database
) -> None:
    await insert(database, *(row(f"workflow {number}") for number in range(WORKFLOWS - 1)))
    last = await add(store, "the last one")
    with pytest.raises(FailedPrecondition, match="delete one") as refused:
        await add(store, "one more")
    assert refused.value.reason == "WORKFLOW_PROFILE_LIMIT_REACHED"
    await store.delete(last.id)
    await add(store, "one more")
