"""Limits of a profile over several replicas of the service, and over restarts."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.database import Database, driver_url, opened
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.providers.base_url import BaseUrl
from services.providers.limits import Limits
from services.providers.model import Profile, ProfileFields
from services.providers.profile_limits import LimitsOf, profile_limits
from services.providers.profile_lock import LOST, locked_moment
from services.providers.replica import Replica
from services.providers.starts import Starts
from services.providers.store import ProfileStore
from services.providers.tables import profile_pause, profile_share, profile_start

PROFILE = new_id()


@asynccontextmanager
async def database_at(url: str) -> AsyncIterator[Database]:
    await upgrade(url, "providers", "services.providers")
    async with opened(url, "providers") as made:
        yield made


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[Database]:
    async with database_at(postgres_url) as made:
        yield made


@asynccontextmanager
async def replicas(url: str, count: int, limit: int) -> AsyncIterator[list[LimitsOf]]:
    """Several processes' worth of limits, each with connections of its own."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(count):
            own = await stack.enter_async_context(database_at(url))
            made.append(await stack.enter_async_context(profile_limits(own, limit, None)))
        yield made


class Calls:
    """Calls of all replicas together."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.most = 0
        self.done = 0

    async def one(self, limits: Limits, target: str = "") -> None:
        """Makes one call, which takes a few turns of the loop."""
        async with limits.slot(target):
            self.in_flight += 1
            self.most = max(self.most, self.in_flight)
            for _ in range(5):
                await asyncio.sleep(0)
            self.in_flight -= 1
            self.done += 1

    @asynccontextmanager
    async def backlog(self, limits: Limits) -> AsyncIterator[None]:
        """Keeps more calls waiting than can be in flight."""

        async def without_end() -> None:
            while True:
                await self.one(limits)

        tasks = [asyncio.create_task(without_end()) for _ in range(12)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def held(limits: Limits, count: int) -> AsyncIterator[None]:
    """Has so many calls in flight."""
    async with asyncio.timeout(15), AsyncExitStack() as stack:
        for _ in range(count):
            await stack.enter_async_context(limits.slot())
        yield


async def becomes(what: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(15):
        while not await what():
            await asyncio.sleep(0.02)


async def granted(database: Database) -> list[int]:
    return sorted(row["granted"] for row in await database.rows(sa.select(profile_share)))


async def starts_nothing(limits: Limits, target: str = "") -> bool:
    try:
        async with asyncio.timeout(0), limits.slot(target):
            return False
    except TimeoutError:
        return True


async def test_a_single_replica_has_every_place(postgres_url: str, database: Database) -> None:
    async with replicas(postgres_url, 1, limit=5) as [limits_of]:
        async with held(limits_of(PROFILE), 5):
            assert await granted(database) == [5]
            assert await starts_nothing(limits_of(PROFILE))
        async with held(limits_of(PROFILE), 5):
            assert limits_of(PROFILE).in_flight == 5
    assert await granted(database) == []


@pytest.mark.parametrize(("count", "limit"), [(2, 1), (3, 5)])
async def test_replicas_with_a_backlog_share_the_places_and_all_go_on(
    postgres_url: str, database: Database, count: int, limit: int
) -> None:
    total = Calls()
    async with replicas(postgres_url, count, limit) as made, AsyncExitStack() as stack:
        for limits_of in made:
            await stack.enter_async_context(total.backlog(limits_of(PROFILE)))
        for limits_of in (*made, made[0]):
            limits = limits_of(PROFILE)
            before = limits.idle_since

            async def goes_on(limits: Limits = limits, before: float = before) -> bool:
                assert sum(await granted(database)) <= limit
                return limits.idle_since > before

            await becomes(goes_on)
    assert 0 < total.most <= limit


async def test_places_that_nobody_wants_go_to_who_wants_them(
    postgres_url: str, database: Database
) -> None:
    async with replicas(postgres_url, 2, limit=4) as [first, second]:
        async with held(first(PROFILE), 1), held(second(PROFILE), 3):
            assert await starts_nothing(first(PROFILE))
        async with held(first(PROFILE), 4):
            assert await granted(database) == [4]


async def test_who_has_too_many_gives_them_up_as_its_calls_end(
    postgres_url: str, database: Database
) -> None:
    async with replicas(postgres_url, 2, limit=3) as [first, second], held(first(PROFILE), 1):
        async with held(first(PROFILE), 2):
            waiting = [asyncio.create_task(Calls().one(second(PROFILE))) for _ in range(2)]

            async def is_asked_for() -> bool:
                return await granted(database) == [0, 3]

            await becomes(is_asked_for)
        # What ends is not taken again, although it would be free here.
        async with asyncio.timeout(15):
            await asyncio.gather(*waiting)


async def test_an_idle_replica_gives_its_places_back(postgres_url: str, database: Database) -> None:
    async with replicas(postgres_url, 1, limit=3) as [limits_of]:
        async with held(limits_of(PROFILE), 1):
            assert await granted(database) == [3]

        async def is_gone() -> bool:
            return await granted(database) == []

        await becomes(is_gone)
        async with held(limits_of(PROFILE), 3):
            assert await granted(database) == [3]


async def test_a_replica_that_no_longer_renews_stops_and_its_places_go_to_others(
    postgres_url: str, database: Database
) -> None:
    async with database_at(postgres_url) as own, replicas(postgres_url, 1, limit=3) as [other]:
        replica = Replica(own, 3)
        limits = replica.limits(PROFILE, None)
        renewing = asyncio.create_task(replica.run())
        async with held(limits, 2):
            renewing.cancel()
            await asyncio.wait({renewing})
            async with held(other(PROFILE), 3):
                assert await starts_nothing(limits)
                renewing = asyncio.create_task(replica.run())

                async def is_back() -> bool:
                    return await granted(database) == [2, 3]

                await becomes(is_back)
        async with held(limits, 1), held(other(PROFILE), 2):
            assert sum(await granted(database)) <= 3
        renewing.cancel()
        await asyncio.wait({renewing})


async def test_a_process_that_is_frozen_in_a_transaction_holds_nobody_up(
    postgres_url: str, database: Database
) -> None:
    engine = sa.create_engine(driver_url(postgres_url), poolclass=sa.NullPool)
    with engine.connect() as frozen:
        locked_moment(frozen, PROFILE)
        async with replicas(postgres_url, 1, limit=1) as [other], held(other(PROFILE), 1):
            with pytest.raises(LOST):
                locked_moment(frozen, PROFILE)
    assert await Starts(database, PROFILE, 1).reserve() == 0


async def saved(database: Database) -> Profile:
    url = BaseUrl.parse("https://api.example/v1")
    made, _ = await ProfileStore(database).create(
        ProfileFields("x", url, "m-1", None), "", "", None
    )
    return made


def is_paused(limits: Limits, target: str) -> Callable[[], Awaitable[bool]]:
    async def is_it() -> bool:
        return target in limits.pauses

    return is_it


async def test_a_pause_is_for_every_replica(postgres_url: str, database: Database) -> None:
    made = await saved(database)
    target = made.target
    async with replicas(postgres_url, 3, limit=6) as all_of:
        asked, busy, idle = (limits_of(made.id) for limits_of in all_of)
        async with held(busy, 1):
            asked.slow_down(60, target)
            assert await starts_nothing(asked, target)
            await becomes(is_paused(busy, target))
            assert await starts_nothing(busy, target)
            waiting = asyncio.create_task(Calls().one(idle, target))
            await becomes(is_paused(idle, target))
            assert not waiting.done()
            waiting.cancel()
        [pause] = await database.rows(sa.select(profile_pause))
        first = pause["until"]
        # Who was told of a pause does not tell it again, a little longer each time.
        asked.slow_down(50, target)

        async def all_are_idle() -> bool:
            return await granted(database) == []

        await becomes(all_are_idle)
        [pause] = await database.rows(sa.select(profile_pause))
        assert pause["until"] == first


async def test_a_pause_outlives_its_replica_and_not_a_change(
    postgres_url: str, database: Database
) -> None:
    store = ProfileStore(database)
    former = await saved(database)

    async def is_told() -> bool:
        return len(await database.rows(sa.select(profile_pause))) == 1

    async def is_known_to_a_new_replica(target: str) -> bool:
        async with replicas(postgres_url, 1, limit=2) as [limits_of]:
            limits = limits_of(former.id)
            async with held(limits, 1):
                return target in limits.pauses

    async with replicas(postgres_url, 1, limit=2) as [limits_of]:
        limits_of(former.id).slow_down(60, former.target)
        await becomes(is_told)
    renamed = await store.update(
        former.id, lambda each: replace(each, fields=replace(each.fields, name="y"))
    )
    assert renamed.target == former.target
    assert await is_known_to_a_new_replica(former.target)

    changed = await store.update(former.id, lambda each: replace(each, sealed_api_key="new"))
    assert not await is_told()
    async with replicas(postgres_url, 1, limit=2) as [limits_of]:
        limits = limits_of(former.id)
        # A question of before is still under way, and is told to wait.
        limits.slow_down(60, former.target)
        async with held(limits, 1):
            assert await starts_nothing(limits, former.target)
            async with limits.slot(changed.target):
                assert limits.in_flight == 2

        async def is_idle() -> bool:
            return await granted(database) == []

        await becomes(is_idle)
    assert not await is_told()


async def test_calls_of_a_minute_are_counted_over_replicas_and_restarts(database_url: str) -> None:
    async with database_at(database_url) as first, database_at(database_url) as second:
        asked = [Starts(each, PROFILE, 3) for each in (first, second) for _ in range(3)]
        delays = await asyncio.gather(*(starts.reserve() for starts in asked))
        assert sum(delay == 0 for delay in delays) == 3
        assert await Starts(first, new_id(), 3).reserve() == 0
    async with database_at(database_url) as again:
        starts = Starts(again, PROFILE, 3)
        assert 0 < await starts.reserve() <= 60
        oldest = (
            sa.select(profile_start.c.id)
            .where(profile_start.c.profile_id == PROFILE)
            .order_by(profile_start.c.start_time)
            .limit(1)
        )
        [row] = await again.rows(oldest)
        [noted] = await again.rows(sa.select(profile_start).where(profile_start.c.id == row["id"]))
        earlier = profile_start.update().where(profile_start.c.id == row["id"])
        moved = earlier.values(start_time=noted["start_time"] - timedelta(minutes=1))
        await again.write(lambda connection: connection.execute(moved))
        assert await starts.reserve() == 0
        assert await starts.reserve() > 0


async def test_calls_beyond_the_minute_wait_their_turn(database_url: str) -> None:
    async with (
        database_at(database_url) as database,
        profile_limits(database, 8, 2) as limits_of,
    ):
        limits = limits_of(PROFILE)
        async with held(limits, 2):
            calls = [asyncio.create_task(Calls().one(limits)) for _ in range(3)]

            async def is_refused() -> bool:
                return limits.demand == 5 and await starts_nothing(limits)

            await becomes(is_refused)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            assert limits.demand == 2


async def test_a_deleted_profile_leaves_nothing(postgres_url: str, database: Database) -> None:
    store = ProfileStore(database)
    made = await saved(database)
    tables = (profile_share, profile_pause, profile_start)

    async def rows() -> list[int]:
        return [len(await database.rows(sa.select(table))) for table in tables]

    async with profile_limits(database, 2, 5) as limits_of, held(limits_of(made.id), 1):
        limits_of(made.id).slow_down(60, made.target)

        async def all_are_there() -> bool:
            return await rows() == [1, 1, 1]

        await becomes(all_are_there)
        await store.delete(made.id)
        assert await rows() == [0, 0, 0]
