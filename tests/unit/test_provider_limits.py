"""When calls may start and when they are made again."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.providers.limits import Limits, Pace
from services.providers.retry import RetryPolicy, asked_delay

NOW = datetime(2026, 4, 8, 10, 0, tzinfo=UTC)


def test_a_pace_without_limit_never_waits() -> None:
    pace = Pace(None)
    for _ in range(1000):
        pace.started(0.0)

    assert pace.delay(0.0) == 0


def test_no_minute_has_more_calls_than_allowed() -> None:
    pace = Pace(2)
    pace.started(100.0)
    pace.started(110.0)

    assert pace.delay(110.0) == 50
    assert pace.delay(160.0) == 0
    pace.started(160.0)
    assert pace.delay(160.0) == 10


def test_a_pause_holds_every_call_back() -> None:
    pace = Pace(None)
    pace.pause(105.0)
    pace.pause(103.0)

    assert pace.delay(100.0) == 5
    assert pace.delay(105.0) == 0


async def test_as_many_calls_as_allowed_are_in_flight_and_no_more() -> None:
    limits = Limits(2, None)
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


async def test_waiting_can_be_cancelled_and_leaves_the_slot_to_others() -> None:
    limits = Limits(1, None)
    async with limits.slot():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), limits.slot():
                pass
    async with limits.slot():
        pass


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
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"retry-after": "Wed, 08 Apr 2026 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Wed, 08 Apr 2026 09:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "9" * 5000}, None),
        ({"retry-after": "Wed, 08 Apr 99999999999999999999 10:00:30 GMT"}, None),
        ({"retry-after": "Wed, 08 Apr 2026 10:00:30 +999999999999999999"}, None),
        ({"retry-after": "Wed, 08 Apr 2026 99:00:30 GMT"}, None),
        ({"retry-after-ms": "-1", "retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1e999"}, None),
    ],
)
def test_the_asked_delay_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_delay(headers, NOW) == seconds
