"""`AccessLog`: which requests get a line."""

import logging
from collections.abc import Callable

import pytest

from gateway.access_log import LINES_PER_SECOND, AccessLog

PATH = "/api/v1/assets"


class Clock:
    def __init__(self) -> None:
        self.now = 0.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def note(clock: Clock, caplog: pytest.LogCaptureFixture) -> Callable[[int, str], None]:
    caplog.set_level(logging.INFO, "gateway.access")
    log = AccessLog(clock)
    return lambda status, path: log.note({"method": "GET", "path": path}, status, 0.0125)


def test_a_request_has_a_line(
    note: Callable[[int, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    note(200, PATH)
    [record] = caplog.records
    assert record.getMessage() == "GET /api/v1/assets 200"
    assert record.__dict__["ms"] == 12.5


@pytest.mark.parametrize(("status", "lines"), [(200, 0), (503, 1)])
def test_what_machines_ask_has_a_line_when_it_fails(
    note: Callable[[int, str], None], caplog: pytest.LogCaptureFixture, status: int, lines: int
) -> None:
    note(status, "/health/ready")
    assert len(caplog.records) == lines


def test_of_many_in_a_second_some_have_a_line_and_each_failure(
    note: Callable[[int, str], None], caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    for _ in range(LINES_PER_SECOND + 7):
        note(200, PATH)
    assert len(caplog.records) == LINES_PER_SECOND

    note(404, PATH)
    note(0, PATH)
    assert [record.getMessage() for record in caplog.records[LINES_PER_SECOND:]] == [
        "GET /api/v1/assets 404",
        "GET /api/v1/assets closed by the client",
    ]
    clock.now += 1
    note(200, PATH)
    left_out = [record.__dict__.get("leftOut") for record in caplog.records[LINES_PER_SECOND:]]
    assert left_out == [7, None, None]
