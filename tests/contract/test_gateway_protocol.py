"""Several requests on one connection, and requests for another protocol."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import Hub, read_answer, running_hub

AUTHORIZED = f"Host: x\r\nAuthorization: Bearer {API_KEY}\r\n"
RUN = f"POST /api/v1/assets/a/skills/enrich/run HTTP/1.1\r\n{AUTHORIZED}\r\n".encode()
PING = b"GET /api/v1/system/ping HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        hub.assets.put("a")
        yield hub


async def test_requests_that_come_together_are_answered_in_their_order(hub: Hub) -> None:
    reader, writer = await hub.connect()
    writer.write(PING + PING.replace(b"/api", b"/no") + PING)
    assert [(await read_answer(reader)).status for _ in range(3)] == [200, 404, 200]
    writer.close()


async def test_who_hangs_up_is_noticed_by_the_first_of_several_requests(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.skills.finish.clear()
    _, writer = await hub.connect()
    writer.write(RUN + PING)
    async with asyncio.timeout(10):
        await hub.skills.waiting.wait()
        writer.close()
        await hub.skills.wait_dropped.wait()
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_nonsense_after_a_request_ends_it_with_one_answer(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    hub.skills.finish.clear()
    reader, writer = await hub.connect()
    writer.write(RUN)
    async with asyncio.timeout(10):
        await hub.skills.waiting.wait()
        writer.write(b"nonsense\r\n\r\n")
        answer = await read_answer(reader)
        assert (answer.status, answer.error["code"]) == (400, "request_invalid")
        await hub.skills.wait_dropped.wait()
        assert await reader.read() == b""
    writer.close()
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


async def test_nothing_is_said_in_the_midst_of_an_answer(hub: Hub) -> None:
    hub.assets.put("big", content=bytes(16 * 1024 * 1024), is_public=False)
    reader, writer = await hub.connect()
    writer.write(f"GET /api/v1/assets/big/content HTTP/1.1\r\n{AUTHORIZED}\r\n".encode())
    async with asyncio.timeout(10):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"nonsense\r\n\r\n")
        came = await reader.read(-1)
    writer.close()
    assert set(came) <= {0}
    assert len(came) < 16 * 1024 * 1024


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "x"])
async def test_another_protocol_is_not_offered(hub: Hub, upgrade: str) -> None:
    asked = f"Connection: upgrade\r\nUpgrade: {upgrade}\r\n\r\n".encode()
    reader, writer = await hub.connect()
    writer.write(PING.removesuffix(b"\r\n") + asked + PING)
    async with asyncio.timeout(10):
        answer = await read_answer(reader)
        assert answer.status == 200
        # The second is read by nobody, and its client is told.
        assert answer.headers["connection"] == "close"
        assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    "framed",
    [
        b'Content-Length: 17\r\n\r\n{"altText":"lost"}',
        b'Transfer-Encoding: chunked\r\n\r\n11\r\n{"altText":"lost"}\r\n0\r\n\r\n',
    ],
)
async def test_a_body_is_not_lost_to_another_protocol(hub: Hub, framed: bytes) -> None:
    head = f"PATCH /api/v1/assets/a HTTP/1.1\r\n{AUTHORIZED}".encode()
    asked = b"Connection: upgrade\r\nUpgrade: h2c\r\n"
    answer = await hub.exchange(head + asked + framed)
    assert (answer.status, answer.error["code"]) == (400, "request_invalid")
    assert "protocol" in answer.error["message"]
