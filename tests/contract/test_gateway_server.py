"""The server itself: health, addresses, keep-alive, early answers, draining."""

from __future__ import annotations

import asyncio
import signal

import httpx
import pytest

from gateway.server import AddressUnavailable, listening
from tests.contract.gateway_counterparts import API_KEY
from tests.contract.gateway_hub import client_of, error_of, read_answer, running_hub


async def test_ready_when_every_service_serves() -> None:
    async with running_hub() as hub, client_of(hub, None) as client:
        response = await client.get("/health/ready")
        live = await client.get("/health/live")
    assert response.status_code == live.status_code == 200
    assert response.json()["data"] == {
        "status": "ready",
        "services": dict.fromkeys(("accounts", "assets", "providers", "skills"), "SERVING"),
    }


async def test_not_ready_names_what_is_not() -> None:
    failing = frozenset({"skills"})
    async with running_hub(failing=failing) as hub, client_of(hub, None) as client:
        await hub.stop("accounts")
        response = await client.get("/health/ready")
        live = await client.get("/health/live")
    assert live.status_code == 200
    assert response.status_code == 503
    error = error_of(response)
    assert error["code"] == "service_unavailable"
    assert error["services"] == {
        "accounts": "UNAVAILABLE",
        "assets": "SERVING",
        "providers": "SERVING",
        "skills": "NOT_SERVING",
    }
    assert "accounts is UNAVAILABLE" in error["message"]


async def test_an_address_in_use_says_so() -> None:
    async with running_hub() as hub:
        taken = httpx.URL(hub.url).port
        assert taken is not None
        with pytest.raises(AddressUnavailable, match=f"127.0.0.1:{taken} is in use"):
            async with listening("127.0.0.1", taken):
                pass


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
async def test_an_address_of_another_machine_says_so(host: str) -> None:
    with pytest.raises(AddressUnavailable, match="cannot listen on"):
        async with listening(host, 0):
            pass


async def test_signals_are_left_to_the_process() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with running_hub():
        assert before == (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))


async def test_a_connection_is_kept_for_the_next_request() -> None:
    async with running_hub() as hub:
        reader, writer = await hub.connect()
        for path in ("/health/live", "/nothing", "/api/v1/assets", "/health/live"):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert "connection" not in (await read_answer(reader)).headers
        writer.close()


async def test_a_head_puts_nothing_before_the_next_answer() -> None:
    async with running_hub() as hub:
        reader, writer = await hub.connect()
        asked = {"/health/live": 200, "/nothing": 404, "/api/v1/assets": 401}
        for path, status in [*asked.items(), *asked.items()]:
            writer.write(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(f"HTTP/1.1 {status} ".encode())
        writer.close()


async def test_a_small_body_that_nobody_reads_does_not_close_the_connection() -> None:
    async with running_hub() as hub:
        reader, writer = await hub.connect()
        for _ in range(2):
            writer.write(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
            answer = await read_answer(reader)
            assert answer.status == 404
            assert "connection" not in answer.headers
        writer.close()


async def test_the_server_does_not_say_what_it_is() -> None:
    async with running_hub() as hub, client_of(hub) as client:
        assert "server" not in (await client.get("/health/live")).headers


async def test_after_the_end_nothing_listens() -> None:
    async with running_hub() as hub:
        pass
    with pytest.raises(ConnectionError):
        await hub.connect()


async def test_a_request_under_way_is_finished_when_the_server_stops() -> None:
    async with running_hub() as hub:
        hub.assets.put("big", content=bytes(8 * 1024 * 1024), is_public=False)
        reader, writer = await hub.connect()
        request = "GET /api/v1/assets/big/content HTTP/1.1\r\nHost: x\r\n"
        writer.write(f"{request}Authorization: Bearer {API_KEY}\r\n\r\n".encode())
        await reader.readexactly(1000)
        rest = asyncio.create_task(reader.read(-1))
    assert len(await rest) > 8 * 1024 * 1024 - 1000
    writer.close()


async def test_a_request_that_outlasts_the_grace_is_answered_503(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.server.GRACE_SECONDS", 0)
    async with running_hub() as hub:
        reader, writer = await hub.connect()
        head = "PATCH /api/v1/assets/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
        writer.write(f"{head}Authorization: Bearer {API_KEY}\r\n\r\n{{".encode())
        await hub.accounts.called.wait()
    answer = await read_answer(reader)
    writer.close()
    assert (answer.status, answer.error["code"]) == (503, "service_unavailable")
