"""What was learnt of models, in real databases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from services.chassis.database import Database, opened
from services.chassis.migrations import upgrade
from services.providers.base_url import BaseUrl
from services.providers.capabilities import Capabilities
from services.providers.capability_store import CapabilityStore
from services.providers.dialect import AnswerFormat, Dialect, TokenField
from services.providers.memory import Memories
from services.providers.model import Profile, ProfileFields
from services.providers.store import ProfileStore

URL = BaseUrl.parse("https://api.example")
KNOWN = Capabilities(
    Dialect(URL.versioned(), AnswerFormat.PROMPT, TokenField.NONE, 768),
    can_see_images=False,
    learn_time=datetime(2025, 11, 27, 8, 0, 0, 123456, UTC),
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "providers", "services.providers")
    async with opened(database_url, "providers") as made:
        yield made


@pytest.fixture
def store(database: Database) -> CapabilityStore:
    return CapabilityStore(database)


@pytest.fixture
def profiles(database: Database) -> ProfileStore:
    return ProfileStore(database)


async def add(profiles: ProfileStore, name: str, model_name: str = "m-1") -> Profile:
    made, _ = await profiles.create(ProfileFields(name, URL, model_name, None), "", "", None)
    return made


async def test_what_is_kept_comes_back(store: CapabilityStore, profiles: ProfileStore) -> None:
    made = await add(profiles, "one")
    await add(profiles, "two", "m-2")
    await store.keep(URL, "m-1", KNOWN)

    assert await store.of(URL, "m-1") == KNOWN
    assert await store.of(URL, "m-2") is None
    assert await store.of(URL.versioned(), "m-1") is None
    assert [each.capabilities for each in await profiles.all()] == [KNOWN, None]
    assert (await profiles.get(made.id)).capabilities == KNOWN
    active = await profiles.active()
    assert active is not None
    assert active.capabilities == KNOWN
    assert await profiles.chain() == (active,)


async def test_whether_a_model_sees_stays_known(
    store: CapabilityStore, profiles: ProfileStore
) -> None:
    await add(profiles, "one")
    unknown = Capabilities(Dialect(URL), None, KNOWN.learn_time)
    for known, expected in (
        (unknown, unknown),
        (KNOWN, KNOWN),
        (unknown, replace(unknown, can_see_images=False)),
        (replace(KNOWN, can_see_images=True), replace(KNOWN, can_see_images=True)),
        (unknown, replace(unknown, can_see_images=True)),
    ):
        await store.keep(URL, "m-1", known)
        assert await store.of(URL, "m-1") == expected


async def test_nothing_is_kept_of_a_model_that_no_profile_has(
    store: CapabilityStore, profiles: ProfileStore
) -> None:
    await store.keep(URL, "m-1", KNOWN)
    assert await store.of(URL, "m-1") is None
    one, two = await add(profiles, "one"), await add(profiles, "two")
    await store.keep(URL, "m-1", KNOWN)

    moved = replace(one, fields=replace(one.fields, api_base_url=URL.versioned()))
    assert (await profiles.update(one.id, lambda _: moved)).capabilities is None
    assert await store.of(URL, "m-1") == KNOWN
    renamed = replace(two, fields=replace(two.fields, name="three"))
    assert (await profiles.update(two.id, lambda _: renamed)).capabilities == KNOWN
    await profiles.delete(two.id)
    assert await store.of(URL, "m-1") is None
    await store.keep(URL, "m-1", KNOWN)
    assert await store.of(URL, "m-1") is None


async def test_a_memory_does_not_undo_what_another_has_found_out(
    store: CapabilityStore, profiles: ProfileStore
) -> None:
    await add(profiles, "one")
    here, elsewhere = Memories(store).of(URL, "m-1"), Memories(store).of(URL, "m-1")
    assert await here.dialect() is None
    await elsewhere.keep(KNOWN)

    await here.learn(Dialect(URL))

    now_known = await store.of(URL, "m-1")
    assert now_known is not None
    assert (now_known.dialect, now_known.can_see_images) == (Dialect(URL), False)
    assert now_known.learn_time > KNOWN.learn_time
    assert await here.dialect() == Dialect(URL)
    await here.learn_blindness(Dialect(URL))
    assert await store.of(URL, "m-1") == here.known
    await elsewhere.keep(replace(KNOWN, can_see_images=True))
    await here.learn(KNOWN.dialect)
    now_known = await store.of(URL, "m-1")
    assert now_known is not None
    assert (now_known.dialect, now_known.can_see_images) == (KNOWN.dialect, True)


async def test_a_memory_that_cannot_read_begins_anew(
    store: CapabilityStore, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await database.write(lambda at: at.execute(text("ALTER TABLE capability RENAME TO elsewhere")))

    assert await Memories(store).of(URL, "m-1").dialect() is None

    assert "what is known of the model 'm-1' cannot be read: " in caplog.text


async def test_what_was_found_out_elsewhere_is_heard(
    store: CapabilityStore, profiles: ProfileStore
) -> None:
    await add(profiles, "one")
    memories = Memories(store)
    memory = memories.of(URL, "m-1")
    await memory.learn(Dialect(URL))
    assert memory.known is not None
    memories.hear(URL, "m-1", KNOWN)
    assert await memory.dialect() == Dialect(URL)  # that is older

    newer = replace(KNOWN, learn_time=memory.known.learn_time + timedelta(microseconds=1))
    memories.hear(URL, "m-1", newer)
    memories.hear(URL, "m-2", newer)

    assert await memory.dialect() == KNOWN.dialect


async def test_who_asks_the_same_model_shares_a_memory(
    store: CapabilityStore, profiles: ProfileStore
) -> None:
    await add(profiles, "one")
    memories = Memories(store)
    first = memories.of(URL, "m-1")
    assert await first.dialect() is None
    await store.keep(URL, "m-1", KNOWN)

    assert await first.dialect() is None
    assert memories.of(URL, "m-2") is not first
    assert memories.of(URL, "m-1") is first
    assert await first.dialect() == KNOWN.dialect
