"""Profiles in real databases."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import IntegrityError

from services.chassis.database import Database, opened
from services.chassis.errors import AlreadyExists, NotFound
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.providers.base_url import BaseUrl
from services.providers.model import Profile, ProfileFields
from services.providers.store import ProfileStore
from services.providers.tables import profile

LOCAL = BaseUrl.parse("local://")
REMOTE = BaseUrl.parse("https://api.example/v1")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "providers", "services.providers")
    async with opened(database_url, "providers") as made:
        yield made


@pytest.fixture
def store(database: Database) -> ProfileStore:
    return ProfileStore(database)


def fields(name: str, url: BaseUrl = REMOTE) -> ProfileFields:
    return ProfileFields(name, url, "m-1", None)


async def add(store: ProfileStore, name: str, is_active: bool | None = None) -> Profile:
    made, _ = await store.create(fields(name), "sealed", "sk-***", is_active)
    return made


async def active_names(store: ProfileStore) -> list[str]:
    return [saved.fields.name for saved in await store.all() if saved.is_active]


def go_back_to(connection: Connection, version: str) -> None:
    """Makes the database one of before."""
    connection.execute(
        text("UPDATE alembic_version SET version_num = :version"), {"version": version}
    )
    later = "is_built_in fallback_order input_price_per_million output_price_per_million"
    for column in (*later.split(), "monthly_budget"):
        connection.execute(text(f"ALTER TABLE profile DROP COLUMN {column}"))
    for table in ("capability", "ai_usage", "answer", "forgotten_picture"):
        connection.execute(text(f"DROP TABLE {table}"))


async def test_a_profile_comes_back_as_it_was_saved(store: ProfileStore) -> None:
    made, _ = await store.create(
        ProfileFields("Größe", REMOTE, "m-1", "Be brief."), "sealed", "sk-***", None
    )

    assert await store.get(made.id) == made
    assert await store.all() == [made]
    assert await store.active() == made
    assert made.create_time.tzinfo is not None


async def test_whom_to_ask_is_what_any_replica_has_written_last(postgres_url: str) -> None:
    await upgrade(postgres_url, "providers", "services.providers")
    async with opened(postgres_url, "providers") as mine, opened(postgres_url, "providers") as its:
        here, there = ProfileStore(mine), ProfileStore(its)

        async def chain() -> list[str]:
            found = await here.chain()
            assert found == await ProfileStore(mine).chain()
            return [f"{each.fields.name}{' active' * each.is_active}" for each in found]

        def changed(**changes: Any) -> Callable[[Profile], Profile]:
            return lambda saved: replace(saved, fields=replace(saved.fields, **changes))

        assert await chain() == []
        first = await add(there, "first")
        assert await chain() == ["first active"]
        second = await add(there, "second", is_active=True)
        assert await chain() == ["second active"]
        await there.update(first.id, changed(fallback_order=1))
        assert await chain() == ["second active", "first"]
        await there.update(first.id, changed(name="other", monthly_budget=2.5))
        assert await chain() == ["second active", "other"]
        await there.update(first.id, lambda saved: replace(saved, is_active=True))
        assert await chain() == ["other active"]
        await there.update(second.id, changed(fallback_order=1))
        assert await chain() == ["other active", "second"]
        await there.update(first.id, lambda saved: replace(saved, is_active=False))
        assert await chain() == ["other", "second"]
        await there.delete(second.id)
        assert await chain() == ["other"]


async def test_a_first_profile_takes_over_from_the_built_in_one(store: ProfileStore) -> None:
    await store.make_built_in()
    assert await active_names(store) == ["Built-in local engine"]

    await add(store, "first")
    await add(store, "second")

    assert await active_names(store) == ["first"]
    assert [saved.fields.name for saved in await store.all()] == [
        "Built-in local engine",
        "first",
        "second",
    ]


async def test_a_first_profile_may_be_one_of_the_built_in_engine(store: ProfileStore) -> None:
    await store.make_built_in()
    [built_in] = await store.all()
    renamed = replace(built_in, fields=fields("mine", LOCAL))
    await store.update(built_in.id, lambda _: renamed)

    await store.create(fields("first", LOCAL), "", "", None)
    await add(store, "second")

    assert await active_names(store) == ["first"]


async def test_the_built_in_profile_is_a_persons_once_it_calls_an_endpoint(
    store: ProfileStore,
) -> None:
    await store.make_built_in()
    [built_in] = await store.all()
    await store.update(built_in.id, lambda saved: replace(saved, fields=fields("mine")))

    await add(store, "second")

    assert await active_names(store) == ["mine"]


async def test_a_built_in_profile_from_before_is_known(
    store: ProfileStore, database: Database, database_url: str
) -> None:
    await store.make_built_in()
    await database.write(lambda connection: go_back_to(connection, "0003"))
    await upgrade(database_url, "providers", "services.providers")

    await add(store, "first")
    assert await active_names(store) == ["first"]


async def test_a_first_profile_may_stay_inactive(store: ProfileStore) -> None:
    await store.make_built_in()
    await add(store, "first", is_active=False)

    assert await active_names(store) == ["Built-in local engine"]


async def test_at_most_one_is_active(store: ProfileStore) -> None:
    first = await add(store, "first")
    await add(store, "second", is_active=True)
    assert await active_names(store) == ["second"]

    await store.update(first.id, lambda saved: replace(saved, is_active=True))
    assert await active_names(store) == ["first"]

    await store.update(first.id, lambda saved: replace(saved, is_active=False))
    assert await active_names(store) == []
    assert await store.active() is None


async def test_the_database_itself_lets_no_second_one_be_active(
    store: ProfileStore, database: Database
) -> None:
    first = await add(store, "first")
    row = {
        "id": "another",
        "name": "other",
        "name_folded": "other",
        "api_base_url": REMOTE.text,
        "sealed_api_key": "",
        "masked_api_key": "",
        "model_name": "m-1",
        "is_active": True,
        "create_time": first.create_time,
        "update_time": first.update_time,
    }
    with pytest.raises(IntegrityError):
        await database.write(lambda connection: connection.execute(insert(profile).values(row)))


async def test_many_switches_at_once_leave_one_active(store: ProfileStore) -> None:
    made = [await add(store, f"profile {number}") for number in range(6)]

    def activated(saved: Profile) -> Profile:
        return replace(saved, is_active=True)

    await asyncio.gather(
        *(store.update(each.id, activated) for each in made),
        *(add(store, f"new {number}", is_active=True) for number in range(6)),
    )

    assert len(await active_names(store)) == 1


async def test_the_active_one_is_the_saved_one_whatever_is_read_and_given_up_meanwhile(
    store: ProfileStore,
) -> None:
    made = [await add(store, f"profile {number}") for number in range(3)]
    chance = random.Random(7)

    def activated(saved: Profile) -> Profile:
        return replace(saved, is_active=True)

    for _ in range(40):
        switching = asyncio.create_task(store.update(chance.choice(made).id, activated))
        reading = [asyncio.create_task(store.chain()) for _ in range(2)]
        await asyncio.sleep(chance.random() * 0.004)
        switching.cancel()
        await asyncio.gather(switching, *reading, return_exceptions=True)

        [active] = await store.chain()
        assert await active_names(store) == [active.fields.name]


async def test_names_are_unique_in_any_letter_case(store: ProfileStore) -> None:
    made = await add(store, "Straße")
    other = await add(store, "other")

    with pytest.raises(AlreadyExists, match="profile has the name 'STRASSE', or one"):
        await add(store, "STRASSE")
    with pytest.raises(AlreadyExists):
        await store.update(other.id, lambda saved: replace(saved, fields=fields("straße")))
    renamed = await store.update(made.id, lambda saved: replace(saved, fields=fields("STRASSE")))
    assert renamed.fields.name == "STRASSE"


async def test_names_from_before_are_compared_as_new_ones_are(
    store: ProfileStore, database: Database, database_url: str
) -> None:
    # As they were kept, some alike by now, and one that is what another becomes.
    names = ("Cafe\u0301", "CAF\u00c9", "\u00b9", "1", "a\ufe0f", "a\u3164", "\u200b", "\u3164")
    made = {name: (await add(store, new_id())).id for name in names}

    def go_back(connection: Connection) -> None:
        go_back_to(connection, "0002")
        for name, profile_id in made.items():
            before = {"name": name, "name_folded": name.casefold()}
            connection.execute(update(profile).where(profile.c.id == profile_id).values(before))

    await database.write(go_back)

    await upgrade(database_url, "providers", "services.providers")

    for name in ("café", "A", "１"):
        with pytest.raises(AlreadyExists):
            await add(store, name)
    saved = await store.all()
    assert [each.fields.name for each in saved] == list(names)
    for each in saved:
        # They stay until they are changed, whatever else is.
        idle = await store.update(each.id, lambda profile: replace(profile, is_active=False))
        assert idle.fields.name == each.fields.name
        renamed = await store.update(each.id, lambda profile: replace(profile, fields=fields("B")))
        assert renamed.fields.name == "B"
        await store.delete(each.id)
    await add(store, "café")


async def test_two_equal_names_at_once_make_one_profile(store: ProfileStore) -> None:
    results = await asyncio.gather(*(add(store, "same") for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, Profile) for result in results) == 1
    assert sum(isinstance(result, AlreadyExists) for result in results) == 4


async def test_a_failed_change_leaves_everything_as_it_was(store: ProfileStore) -> None:
    made = await add(store, "first")

    def failing(saved: Profile) -> Profile:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await store.update(made.id, failing)
    assert await store.get(made.id) == made


async def test_a_change_of_nothing_changes_nothing(store: ProfileStore) -> None:
    made = await add(store, "first")

    assert await store.update(made.id, lambda saved: saved) == made
    assert await store.get(made.id) == made


@pytest.mark.parametrize("profile_id", ["01956f8d-88e4-7c6a-a8f1-5f235293db7a", "nobody", "a\0b"])
async def test_what_is_not_there_is_not_found(store: ProfileStore, profile_id: str) -> None:
    with pytest.raises(NotFound):
        await store.get(profile_id)
    with pytest.raises(NotFound):
        await store.update(profile_id, lambda saved: saved)
    with pytest.raises(NotFound):
        await store.delete(profile_id)


async def test_deleting_tells_whether_it_was_active(store: ProfileStore) -> None:
    first = await add(store, "first")
    second = await add(store, "second")

    assert await store.delete(second.id) is False
    assert await store.delete(first.id) is True
    assert await store.all() == []


async def test_the_built_in_profile_is_made_once_ever(store: ProfileStore) -> None:
    await asyncio.gather(store.make_built_in(), store.make_built_in())
    [made] = await store.all()
    await store.delete(made.id)

    await store.make_built_in()

    assert await store.all() == []


async def test_a_database_with_profiles_gets_no_built_in_one(store: ProfileStore) -> None:
    mine = await add(store, "mine", is_active=False)

    await store.make_built_in()
    assert [saved.fields.name for saved in await store.all()] == ["mine"]

    await store.delete(mine.id)
    await store.make_built_in()
    assert await store.all() == []


async def test_a_change_is_later_than_the_one_before_whatever_the_clocks_say(
    store: ProfileStore, database: Database
) -> None:
    made = await add(store, "one")
    ahead = made.update_time + timedelta(hours=1)
    skewed = update(profile).values(update_time=ahead)
    await database.write(lambda connection: connection.execute(skewed))

    changed = await store.update(made.id, lambda saved: replace(saved, masked_api_key="***"))

    assert changed.update_time > ahead
