"""Moments and how protos carry them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis import clock

MOMENTS = [
    datetime(2026, 4, 8, 10, 5, 0, 123456, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
]


def test_the_time_is_in_utc() -> None:
    before = datetime.now(UTC)
    now = clock.now()

    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    stamp = clock.timestamp(moment)
    expected = Timestamp()
    expected.FromDatetime(moment)

    assert stamp == expected
    assert clock.datetime_of(stamp) == moment
    assert clock.datetime_of(stamp).tzinfo is UTC


def test_a_moment_elsewhere_is_the_same_moment() -> None:
    elsewhere = MOMENTS[0].astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert clock.timestamp(elsewhere) == clock.timestamp(MOMENTS[0])


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 4, 8, 10, 5)  # noqa: DTZ001 - what is refused
    with pytest.raises(TypeError):
        clock.timestamp(naive)
