"""Trace ids, taken over from a header or made anew."""

import asyncio
import re

import pytest

from services.chassis import trace

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
HEADER = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def test_outside_a_request_there_is_none() -> None:
    assert trace.current_trace_id() == ""


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        f" {HEADER}\t",
        HEADER.replace("00-", "cc-", 1),
        HEADER.replace("00-", "01-", 1) + "-extra",
        HEADER.replace("00-", "cc-", 1) + "-what the.future-brings",
        HEADER.replace("00-", "01-", 1) + "-",
    ],
)
def test_a_header_is_taken_over(header: str) -> None:
    with trace.traced(header) as taken:
        assert taken == trace.current_trace_id() == TRACE_ID
    assert trace.current_trace_id() == ""


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        TRACE_ID,
        HEADER.upper(),
        HEADER.replace(TRACE_ID, "0" * 32),
        HEADER.replace(TRACE_ID, TRACE_ID[1:]),
        HEADER.replace("b7ad6b7169203331", "0" * 16),
        f"{HEADER}-extra",
        f"{HEADER}-",
        HEADER.replace("00-", "ff-", 1) + "-extra",
        HEADER.replace("00-", "01-", 1) + ".extra",
        HEADER.replace("00-", "01-", 1) + "0",
        HEADER.replace("00-", "ff-", 1),
        " " + HEADER.replace("00-", "ff-", 1),
        f"{HEADER}\n{HEADER}",
        f"{HEADER} injected",
    ],
)
def test_a_bad_header_begins_a_new_trace(header: str) -> None:
    with trace.traced(header) as made:
        assert re.fullmatch(r"[0-9a-f]{32}", made)
        assert made != TRACE_ID


def test_the_next_hop_gets_the_same_id_and_a_span_of_its_own() -> None:
    with trace.traced(HEADER):
        first, second = trace.traceparent(), trace.traceparent()

    for header in (first, second):
        version, trace_id, span, flags = header.split("-")
        assert (version, trace_id, flags) == ("00", TRACE_ID, "01")
        assert re.fullmatch(r"[0-9a-f]{16}", span)
    assert first != second


def test_without_a_trace_the_next_hop_gets_a_new_one() -> None:
    with trace.traced(trace.traceparent()) as first, trace.traced(trace.traceparent()) as second:
        assert first == second
    with trace.traced(trace.traceparent()) as other:
        assert other != first


def test_an_inner_trace_gives_way_to_the_outer_one() -> None:
    with trace.traced(HEADER), trace.traced("") as inner:
        assert inner != TRACE_ID
        assert trace.current_trace_id() == inner
    with trace.traced(HEADER):
        with pytest.raises(LookupError), trace.traced(""):
            raise LookupError
        assert trace.current_trace_id() == TRACE_ID


async def test_what_a_task_enters_stays_in_it() -> None:
    async def enter() -> str:
        trace.enter(HEADER)
        return trace.current_trace_id()

    assert await asyncio.create_task(enter()) == TRACE_ID
    assert trace.current_trace_id() == ""


async def test_a_task_begins_with_the_trace_it_was_made_in() -> None:
    async def current() -> str:
        return trace.current_trace_id()

    with trace.traced(HEADER):
        task = asyncio.create_task(current())
    assert await task == TRACE_ID
