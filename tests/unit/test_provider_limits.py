"""When calls may start and when they are made again."""

import asyncio
import math
import random
import time
from datetime import UTC, datetime

import pytest
import uvloop

from services.providers.fair_share import fair_shares
from services.providers.limits import Limits
from services.providers.retry import RetryPolicy, asked_delay

NOW = datetime(2026, 4, 8, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("limit", "demands", "shares"),
    [
        (8, {"a": 0}, {"a": 8}),
        (8, {"a": 100}, {"a": 8}),
        (8, {"a": 100, "b": 100}, {"a": 4, "b": 4}),
        (8, {"a": 100, "b": 1}, {"a": 7, "b": 1}),
        (8, {"b": 2, "a": 2}, {"a": 4, "b": 4}),
        (8, {"a": 5, "b": 0}, {"a": 7, "b": 1}),
        (8, {"a": 3, "b": 0, "c": 0}, {"a": 5, "b": 2, "c": 1}),
        (8, {"c": 9, "b": 9, "a": 9}, {"a": 3, "b": 3, "c": 2}),
        (10, {"a": 2, "b": 9, "c": 9}, {"a": 2, "b": 4, "c": 4}),
        (1, {"a": 0, "b": 1}, {"a": 0, "b": 1}),
        (1, {"a": 0, "b": 0}, {"a": 1, "b": 0}),
    ],
)
def test_shares_are_fair_and_leave_nothing(
    limit: int, demands: dict[str, int], shares: dict[str, int]
) -> None:
    assert fair_shares(limit, demands, turn=0) == shares


def test_replicas_take_turns_when_there_are_fewer_places() -> None:
    demands = {"a": 5, "b": 5, "c": 0, "d": 5}

    turns = [fair_shares(2, demands, turn) for turn in range(3)]

    assert turns == [
        {"a": 1, "b": 1, "c": 0, "d": 0},
        {"a": 0, "b": 1, "c": 0, "d": 1},
        {"a": 1, "b": 0, "c": 0, "d": 1},
    ]


def test_whoever_there_is_all_places_are_given_out_and_nobody_has_more_than_who_wants_more() -> (
    None
):
    chance = random.Random(7)
    for turn in range(2000):
        demands = {str(name): chance.choice((0, 1, 3, 50)) for name in range(chance.randint(1, 7))}
        limit = chance.randint(1, 12)

        shares = fair_shares(limit, demands, turn)

        assert shares.keys() == demands.keys()
        assert sum(shares.values()) == limit
        for name, share in shares.items():
            assert share >= demands[name] or max(shares.values()) <= share + 1


async def test_as_many_calls_as_allowed_are_in_flight_and_no_more() -> None:
    limits = Limits(2)
    both = asyncio.Barrier(2)
    running = most = 0

    async def call() -> None:
        nonlocal running, most
        async with limits.slot():
            running += 1
            most = max(most, running)
            await both.wait()
            running -= 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(6):
            tasks.create_task(call())

    assert most == 2


async def test_places_that_become_free_together_are_taken_together() -> None:
    limits = Limits(8)
    over = asyncio.Event()
    running = 0

    async def call() -> None:
        nonlocal running
        async with limits.slot():
            running += 1
            await over.wait()
            running -= 1
        await asyncio.Event().wait()

    calls = [asyncio.create_task(call()) for _ in range(16)]
    await asyncio.sleep(0)
    assert running == 8
    over.set()
    over = asyncio.Event()
    # Once for who ends, and once for who begins.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert running == 8
    assert limits.demand == 8
    for each in calls:
        each.cancel()
    await asyncio.wait(calls)


async def test_a_pause_changes_nobodys_turn_and_nobody_counts_twice() -> None:
    limits = Limits(0)
    started: list[int] = []
    over = asyncio.Event()

    async def call(number: int) -> None:
        async with limits.slot():
            started.append(number)
            await over.wait()

    calls = [asyncio.create_task(call(number)) for number in range(6)]
    await asyncio.sleep(0)
    limits.allow(3, math.inf)
    assert (limits.in_flight, limits.demand) == (3, 6)
    # Those who were handed a place have not begun, and must not now.
    limits.pause(time.monotonic() + 0.01)
    await asyncio.sleep(0)
    assert started == []
    limits.allow(6, math.inf)
    async with asyncio.timeout(5):
        while len(started) < 6:
            await asyncio.sleep(0.001)
    assert started == [0, 1, 2, 3, 4, 5]
    assert (limits.in_flight, limits.demand) == (6, 6)
    over.set()
    await asyncio.gather(*calls)
    assert (limits.in_flight, limits.demand) == (0, 0)


async def test_waiting_can_be_cancelled_and_leaves_the_slot_to_others() -> None:
    limits = Limits(1)
    async with limits.slot():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), limits.slot():
                pass
    async with limits.slot():
        pass


async def test_calls_start_in_the_order_in_which_they_came() -> None:
    limits = Limits(1)
    started: list[int] = []

    async def call(number: int) -> None:
        async with limits.slot():
            started.append(number)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(call(number))
            await asyncio.sleep(0)

    assert started == list(range(20))


async def test_calls_that_are_given_up_at_any_moment_leave_no_trace() -> None:
    limits = Limits(3)
    chance = random.Random(7)

    async def call() -> None:
        async with limits.slot():
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)

    for _ in range(50):
        calls = [asyncio.create_task(call()) for _ in range(12)]
        for _ in range(chance.randrange(8)):
            await asyncio.sleep(0)
            chance.choice(calls).cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    assert (limits.in_flight, limits.demand) == (0, 0)
    async with limits.slot(), limits.slot(), limits.slot():
        assert limits.in_flight == 3


async def test_a_pause_holds_every_call_back_until_its_end() -> None:
    limits = Limits(1)
    limits.slow_down(3600)
    limits.slow_down(1)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), limits.slot():
            pass
    assert limits.pauses[""] > time.monotonic() + 3000


async def test_a_pause_holds_back_no_call_to_another_target() -> None:
    limits = Limits(1)
    started: list[str] = []

    async def call(target: str) -> None:
        async with limits.slot(target):
            started.append(target)
            await asyncio.sleep(0)

    async with limits.slot("former"):
        calls = [asyncio.create_task(call(name)) for name in ("former", "new", "former", "new")]
        await asyncio.sleep(0)
        limits.slow_down(0.01, "former")
        before = limits.pauses["former"]
    async with asyncio.timeout(5):
        await asyncio.gather(*calls)

    assert started == ["new", "new", "former", "former"]
    assert time.monotonic() >= before
    # Those of before left nothing that would hold these back.
    async with asyncio.timeout(5), limits.slot("newest"):
        assert (limits.in_flight, limits.demand) == (1, 1)


async def test_a_call_that_waits_goes_on_by_itself_when_a_pause_is_over() -> None:
    limits = Limits(1)
    limits.slow_down(0.01)
    before = limits.pauses[""]

    async with asyncio.timeout(5), limits.slot():
        assert time.monotonic() >= before


async def test_nothing_starts_beyond_what_is_allowed_or_after_its_time() -> None:
    wanted = 0

    def want() -> None:
        nonlocal wanted
        wanted += 1

    limits = Limits(0, wanted=want)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0), limits.slot():
            pass
    assert wanted == 1
    limits.allow(1, math.inf)
    async with limits.slot():
        limits.allow(2, time.monotonic())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), limits.slot():
                pass
        limits.allow(2, math.inf)
        limits.hold()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), limits.slot():
                pass
    async with limits.slot():
        assert limits.in_flight == 1


def test_delays_double_up_to_the_longest() -> None:
    policy = RetryPolicy(first_delay=0.5, longest_delay=8.0)

    for attempt, ceiling in enumerate([0.5, 1, 2, 4, 8, 8], start=1):
        assert ceiling / 2 <= policy.delay(attempt, None) <= ceiling
    assert policy.delay(1, 17.0) == 17.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, None),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after": "Wed, 08 Apr 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 08 Apr 2026 09:00:00 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "9" * 50}, 1e9),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 1e9),
        ({"retry-after": "Wed, 08 Apr 99999999999999999999 10:00:30 GMT"}, None),
        ({"retry-after": "Wed, 08 Apr 2026 10:00:30 +999999999999999999"}, None),
        ({"retry-after": "Wed, 08 Apr 2026 99:00:30 GMT"}, None),
        ({"retry-after-ms": "-1", "retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1e999"}, None),
    ],
)
def test_the_asked_delay_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_delay(headers, NOW) == seconds


def test_nobody_waits_beyond_a_pause() -> None:
    async def taken() -> None:
        for number in range(400):
            limits = Limits(8)
            limits.slow_down(0.0005 * (1 + number % 4))
            async with asyncio.timeout(5), limits.slot():
                pass

    # The loop of the hub, whose timers may ring a little before their time.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(taken())
