"""One trace id from hop to hop, and in every line that is logged on the way."""

import asyncio
import logging
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from services.chassis import trace
from services.chassis.errors import NotFound
from services.chassis.server import serving
from tests.contract.chassis_service import (
    CALLS,
    TOKEN,
    dialled,
    failure,
    get,
    logged,
    running,
    service,
)

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
HEADER = f"00-{TRACE_ID}-b7ad6b7169203331-01"
_log = logging.getLogger("nekohub.tests")

every_kind = pytest.mark.parametrize("call", CALLS)


async def say(_context: Any) -> None:
    """Logs a line."""
    _log.warning("said")


@every_kind
async def test_a_trace_id_goes_through_two_hops(call: Any, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        far = f"unix:{tmp_path}/far"
        await stack.enter_async_context(serving(service(say), far, token=TOKEN))
        onward = await stack.enter_async_context(dialled(far))

        async def forward(_context: Any) -> None:
            _log.warning("forwarded")
            assert await get(onward) == trace.current_trace_id()

        near = await stack.enter_async_context(running(tmp_path, forward))
        with trace.traced(HEADER), logged() as lines:
            assert await call(near) == TRACE_ID

    assert [(line["message"], line["traceId"]) for line in lines()] == [
        ("forwarded", TRACE_ID),
        ("said", TRACE_ID),
    ]


@every_kind
async def test_a_failure_is_logged_with_its_trace_id(call: Any, tmp_path: Path) -> None:
    async def fail(_context: Any) -> None:
        raise LookupError("a bug")

    async with running(tmp_path, fail) as stub:
        with trace.traced(HEADER), logged() as lines:
            await failure(call(stub))

    [line] = lines()
    assert line["level"] == "error"
    assert line["traceId"] == TRACE_ID
    assert TOKEN not in str(line)


async def test_an_expected_error_is_not_logged(tmp_path: Path) -> None:
    async def refuse(_context: Any) -> None:
        raise NotFound("ASSET_NOT_FOUND", "no asset")

    async with running(tmp_path, refuse) as stub:
        with logged() as lines:
            await failure(get(stub))

    assert lines() == []


@every_kind
async def test_a_call_outside_a_trace_begins_one(call: Any, tmp_path: Path) -> None:
    async with running(tmp_path) as stub:
        first, second = await call(stub), await call(stub)

    assert len(first) == len(second) == 32
    assert first != second


@every_kind
async def test_calls_at_once_keep_their_own(call: Any, tmp_path: Path) -> None:
    everybody = asyncio.Barrier(20)

    async def meet(_context: Any) -> None:
        await everybody.wait()

    async def one(stub: Any, number: int) -> tuple[str, str]:
        with trace.traced(f"00-{number:032x}-b7ad6b7169203331-01") as sent:
            return sent, await call(stub)

    async with running(tmp_path, meet) as stub:
        pairs = await asyncio.gather(*(one(stub, number) for number in range(1, 21)))

    assert all(sent == arrived for sent, arrived in pairs)
    assert len({arrived for _, arrived in pairs}) == 20
