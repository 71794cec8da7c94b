"""The two forms of a line of the log."""

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from services.chassis import trace
from services.chassis.logs import JsonFormatter, TextFormatter

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
HEADER = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def record(message: str = "said", *arguments: object, **more: Any) -> logging.LogRecord:
    """A warning."""
    made = logging.makeLogRecord({"name": "services.x", "levelno": 30, "levelname": "WARNING"})
    made.msg, made.args = message, arguments
    made.created = 1775642700.123
    vars(made).update(more)
    return made


def as_json(made: logging.LogRecord) -> dict[str, Any]:
    """The record's line, read again."""
    line = JsonFormatter().format(made)
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_json_line_says_when_what_and_on_whose_behalf() -> None:
    with trace.traced(HEADER):
        line = as_json(record("%s of %d", "one", 2))

    assert line == {
        "time": "2026-04-08T10:05:00.123+00:00",
        "level": "warning",
        "logger": "services.x",
        "message": "one of 2",
        "traceId": TRACE_ID,
    }


def test_outside_a_request_the_trace_id_is_empty() -> None:
    assert as_json(record())["traceId"] == ""


def test_what_is_given_besides_is_in_the_line() -> None:
    line = as_json(record(asset="猫", path=Path("x"), count=3))

    assert (line["asset"], line["path"], line["count"]) == ("猫", "x", 3)


def test_what_is_given_besides_replaces_nothing() -> None:
    line = as_json(record(level="mine", traceId="mine", time="mine", logger="mine"))

    assert line["level"] == "warning"
    assert line["traceId"] == ""
    assert line["time"].startswith("2026-")
    assert line["logger"] == "services.x"


def test_an_exception_is_in_the_line() -> None:
    try:
        int("first\nsecond")
    except ValueError:
        line = as_json(record(exc_info=sys.exc_info()))

    assert line["message"] == "said"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith(r"'first\nsecond'")


@pytest.mark.parametrize("text", ["two\nlines", 'a "quote"', "\x1b[31mred", "\ud83d"])
def test_any_text_stays_one_line_of_json(text: str) -> None:
    assert as_json(record("%s", text))["message"] == text


def test_a_text_line_ends_with_the_trace_id() -> None:
    formatter = TextFormatter("%(levelname)s %(message)s")

    assert formatter.format(record()) == "WARNING said"
    with trace.traced(HEADER):
        assert formatter.format(record()) == f"WARNING said  [{TRACE_ID}]"


def test_a_text_line_stays_one_line_whatever_a_stranger_wrote() -> None:
    line = TextFormatter("%(message)s").format(record("GET /%s", "é\n\x1b[2J\u202e"))

    assert line == r"GET /é\n\x1b[2J\u202e"
