"""One connection to an endpoint: kept while it can be, and never trusted with what comes of it."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from services.providers.connection import HEAD_BYTES, UNREAD_BYTES, Connection, NoHttp, Origin
from tests.contract.certificates import self_signed

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Peer:
    """A server that says what it is told to, and counts its connections."""

    port: int = 0
    connections: int = 0
    asked: list[bytes] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def request(self, reader: asyncio.StreamReader) -> None:
        """Reads one request with a length."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        self.asked.append(head + await reader.readexactly(length))


@asynccontextmanager
async def peer(
    talk: Callable[[Peer], Talk], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Peer]:
    made = Peer()
    talking = talk(made)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made.connections += 1
        try:
            await talking(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            made.ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


def saying(*answers: bytes) -> Callable[[Peer], Talk]:
    """Gives each request the next answer, and hangs up after the last."""

    def made(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            for answer in answers:
                await one.request(reader)
                writer.write(answer)
                await writer.drain()

        return talk

    return made


@asynccontextmanager
async def connected() -> AsyncIterator[Connection]:
    made = Connection(ssl.create_default_context())
    try:
        yield made
    finally:
        made.close()


async def asked(
    connection: Connection,
    port: int,
    body: bytes = b"{}",
    seconds: float = 20.0,
    tls_name: str | None = None,
    key: str = "",
) -> tuple[int, bytes]:
    """The status and the body of an answer."""
    ends = 0

    def ended() -> None:
        nonlocal ends
        ends += 1

    request = httpx.Request(
        "POST",
        f"http://endpoint.example:{port}/v1/chat?a=b%20c",
        content=body,
        headers={"Idempotency-Key": key} if key else {},
        extensions={"timeout": httpx.Timeout(seconds).as_dict()},
    )
    try:
        response = await connection.send(request, Origin("127.0.0.1", port, tls_name), ended)
        try:
            return response.status_code, await response.aread()
        finally:
            await response.aclose()
    finally:
        assert ends == 1


async def closed(connection: Connection) -> None:
    async with asyncio.timeout(20):
        while connection.is_open:
            await asyncio.sleep(0.01)


async def test_a_connection_is_used_again() -> None:
    async with peer(saying(OK, OK, OK)) as server, connected() as connection:
        for _ in range(3):
            assert await asked(connection, server.port) == (200, b"ok")
        assert server.connections == 1
        head, _, body = server.asked[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /v1/chat?a=b%20c HTTP/1.1\r\n")
        assert f"Host: endpoint.example:{server.port}".encode() in head
        assert body == b"{}"


async def test_tls_is_spoken_with_who_bears_the_name(tmp_path: Path) -> None:
    pem = tmp_path / "server.pem"
    context = self_signed("endpoint.example", pem)
    trusting = Connection(ssl.create_default_context(cafile=str(pem)))
    async with peer(saying(OK, OK), context) as server:
        for _ in range(2):
            assert await asked(trusting, server.port, tls_name="endpoint.example") == (200, b"ok")
        assert server.connections == 1
        with pytest.raises(httpx.ConnectError, match="mismatch"):
            await asked(trusting, server.port, tls_name="other.example")
        assert not trusting.is_open


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok",
    ],
)
async def test_every_form_of_answer_is_understood(answer: bytes) -> None:
    async with peer(saying(answer)) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies",
    ],
)
async def test_one_that_cannot_be_used_again_is_not(answer: bytes) -> None:
    async with peer(saying(answer, answer)) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")
        assert not connection.is_open
        assert await asked(connection, server.port) == (200, b"ok")
        assert server.connections == 2


async def test_a_peer_that_hangs_up_meanwhile_is_connected_to_again() -> None:
    async with peer(saying(OK)) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")
        await closed(connection)
        assert await asked(connection, server.port) == (200, b"ok")
        assert server.connections == 2


async def test_a_request_that_a_kept_connection_loses_is_sent_again_over_another() -> None:
    def talks(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await one.request(reader)
            writer.write(OK)
            # It hangs up as soon as it is asked again, as one that had just decided to.
            await one.request(reader)

        return talk

    async with peer(talks) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")
        assert await asked(connection, server.port, key="a-question") == (200, b"ok")
        assert (server.connections, len(server.asked)) == (2, 3)
        with pytest.raises(httpx.RemoteProtocolError):
            await asked(connection, server.port)
        assert (server.connections, len(server.asked)) == (2, 4)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 2"])
async def test_a_request_is_not_sent_again_if_it_may_have_been_answered(said: bytes) -> None:
    answers = [said] if not said else [OK, said]
    async with peer(saying(*answers)) as server, connected() as connection:
        if said:
            assert await asked(connection, server.port) == (200, b"ok")
        with pytest.raises(httpx.RemoteProtocolError):
            await asked(connection, server.port, key="a-question")
        assert len(server.asked) == len(answers)


async def test_what_comes_late_on_a_kept_connection_makes_nobody_speak_another_protocol() -> None:
    async with peer(saying(OK, b"\r\n" + OK, OK)) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")
        with pytest.raises(httpx.RemoteProtocolError) as failed:
            await asked(connection, server.port, key="a-question")
        assert not isinstance(failed.value, NoHttp)
        with pytest.raises(NoHttp):
            await asked_garbage(connection)


async def asked_garbage(connection: Connection) -> None:
    async with peer(saying(b"\r\n" + OK)) as other:
        await asked(connection, other.port)


async def test_what_was_said_unasked_answers_nothing() -> None:
    answered = asyncio.Event()

    def talks(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await one.request(reader)
            writer.write(OK)
            if one.connections == 1:
                await answered.wait()
                writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
                await reader.read()

        return talk

    async with peer(talks) as server, connected() as connection:
        assert await asked(connection, server.port) == (200, b"ok")
        answered.set()
        await closed(connection)
        assert await asked(connection, server.port) == (200, b"ok")
        assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nok",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * (HEAD_BYTES + UNREAD_BYTES),
    ],
)
async def test_what_is_no_answer_is_an_error(answer: bytes) -> None:
    async with peer(saying(answer)) as server, connected() as connection:
        with pytest.raises(httpx.RemoteProtocolError):
            await asked(connection, server.port)
        assert not connection.is_open


async def test_what_is_broken_off_is_no_answer() -> None:
    def talks(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await one.request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b'{"half":')
            await writer.drain()
            begun.set()
            await taken.wait()
            # Closes with a reset in place of an end.
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )

        return talk

    begun, taken = asyncio.Event(), asyncio.Event()
    async with peer(talks) as server, connected() as connection:
        asking = asyncio.create_task(asked(connection, server.port))
        await begun.wait()
        taken.set()
        with pytest.raises(httpx.ReadError):
            await asking
        assert not connection.is_open


async def test_a_peer_that_says_nothing_is_not_waited_for() -> None:
    async with peer(saying(b"HTTP/1.1 200", OK)) as server, connected() as connection:
        with pytest.raises(httpx.ReadTimeout):
            await asked(connection, server.port, seconds=0.2)
        assert not connection.is_open


async def test_a_peer_that_takes_nothing_is_not_waited_for() -> None:
    over = asyncio.Event()

    def talks(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await over.wait()

        return talk

    async with peer(talks) as server, connected() as connection:
        with pytest.raises(httpx.WriteTimeout):
            await asked(connection, server.port, b"x" * 50_000_000, seconds=0.5)
        over.set()
        await server.ended.wait()


async def test_an_answer_that_nobody_takes_is_not_read() -> None:
    sent = 0

    def talks(one: Peer) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal sent
            await one.request(reader)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 65_536)
                async with asyncio.timeout(1):
                    await writer.drain()
                sent += 65_536

        return talk

    async with peer(talks) as server, connected() as connection:
        request = httpx.Request(
            "POST", "http://e/", extensions={"timeout": httpx.Timeout(20).as_dict()}
        )
        origin = Origin("127.0.0.1", server.port, None)
        response = await connection.send(request, origin, lambda: None)
        await server.ended.wait()
        # What the kernel holds for both sides, and no more, however long nobody looks.
        assert sent < 20_000_000
        await response.aclose()
        assert not connection.is_open


async def test_who_is_cancelled_hangs_up() -> None:
    async with peer(saying(b"HTTP/1.1 200", OK)) as server, connected() as connection:
        asking = asyncio.create_task(asked(connection, server.port))
        async with asyncio.timeout(20):
            while not server.asked:
                await asyncio.sleep(0.01)
        asking.cancel()
        await asyncio.wait({asking})
        assert asking.cancelled()
        async with asyncio.timeout(20):
            await server.ended.wait()


async def test_what_cannot_be_sent_is_an_error() -> None:
    async with peer(saying(OK)) as server, connected() as connection:
        request = httpx.Request(
            "POST",
            "http://e/",
            headers={"Authorization": "two\nlines"},
            extensions={"timeout": httpx.Timeout(20).as_dict()},
        )
        with pytest.raises(httpx.LocalProtocolError):
            await connection.send(request, Origin("127.0.0.1", server.port, None), lambda: None)


async def test_nobody_there_is_an_error() -> None:
    async with connected() as connection:
        with pytest.raises(httpx.ConnectError, match="Connection refused"):
            await asked(connection, 1)
