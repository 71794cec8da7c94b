"""The HTTP server: uvicorn on httptools, with our limits and our way to stop."""

from __future__ import annotations

import asyncio
import errno
import socket
from asyncio import TimerHandle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import orjson
import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.body import declared_length, header
from gateway.context import Gateway
from services.chassis.errors import StartRefused
from services.chassis.trace import new_trace_id

GRACE_SECONDS = 3
"""How long requests that are under way when the server stops may take to end."""
HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 30.0
KEEP_ALIVE_SECONDS = 75
STALL_SECONDS = 60.0
"""A client that takes nothing of its answer for so long is cut off."""
BACKLOG = 2048


class AddressUnavailable(StartRefused):
    """The server cannot listen where it was told to."""


class Protocol(HttpToolsProtocol):
    """One connection. Bounds a request's head, its trailers and a client that stops reading.

    What is no HTTP is refused with the envelope.
    """

    _received = 0
    _head_start: int | None = None
    _head_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None
    _cycles: tuple[RequestResponseCycle, ...] = ()
    """Requests that are not answered to the end, in their order."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin. A client that says nothing is not waited for longer than an idle one."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._head_ended()
        self._stall_ended()
        self._unset_keepalive_if_required()
        self._abandon()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        self._received += len(data)
        super().data_received(data)
        if self._head_start is None or self.transport.is_closing():
            return
        if self._received - self._head_start > HEAD_BYTES:
            self.send_400_response(
                f"the request's head or trailers are larger than {HEAD_BYTES} bytes"
            )

    def on_message_begin(self) -> None:
        """Start the clock for a request's head."""
        super().on_message_begin()
        self._head_start = self._received
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def on_headers_complete(self) -> None:
        """Hand the request on, in the protocol that there is."""
        self._head_ended()
        upgrades = self.parser.should_upgrade()
        if upgrades and _has_body(self.headers):
            self.send_400_response("a request with a body cannot change the protocol")
            return
        super().on_headers_complete()
        if upgrades:
            # What follows is read by nobody, so nothing may follow.
            self.cycle.keep_alive = False
        waiting = (each for each in self._cycles if not each.response_complete)
        self._cycles = (*waiting, self.cycle)

    def on_chunk_header(self) -> None:
        """Count again: uvicorn keeps trailers, and they may follow any chunk's header."""
        self._head_start = self._received

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, which is bounded by whoever reads it."""
        self._head_start = None
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        self._head_start = None
        if not self.transport.is_closing():
            super().on_message_complete()

    def pause_writing(self) -> None:
        """Start the clock for a client that takes nothing."""
        super().pause_writing()
        self._stall_timer = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on."""
        self._stall_ended()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, before there is a request that the application could answer."""
        if msg.startswith("Invalid HTTP"):
            msg = "the request is no valid HTTP/1.1"
        error = {
            "code": "request_invalid",
            "message": msg,
            "traceId": new_trace_id(),
            "status": 400,
        }
        body = orjson.dumps({"error": error})
        # In the midst of another answer nothing can be said.
        if not any(each.response_started and not each.response_complete for each in self._cycles):
            self.transport.write(
                b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\nx-content-type-options: nosniff\r\n"
                b"cache-control: no-store\r\nconnection: close\r\n\r\n%s" % (len(body), body)
            )
        self._abandon()
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a client may always ask, and is answered as if it had not."""

    def _abandon(self) -> None:
        """Have no request write any more, and tell it; uvicorn tells the last one only."""
        for each in self._cycles:
            each.disconnected = not each.response_complete
            each.message_event.set()
        self._cycles = ()

    def _head_ended(self) -> None:
        self._head_start = None
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stall_ended(self) -> None:
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return bool(declared_length(headers) or header(headers, b"transfer-encoding"))


class _Server(uvicorn.Server):
    """uvicorn's server inside somebody else's process: no signals, and it says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@dataclass(frozen=True, slots=True)
class Listener:
    """Where clients may connect; they are answered once `serving` begins."""

    sockets: tuple[socket.socket, ...]
    url: str
    """"http://host:port"."""


@asynccontextmanager
async def listening(host: str, port: int) -> AsyncIterator[Listener]:
    """Listens on every address of the host; port 0 takes a free one. Raises AddressUnavailable."""
    sockets = await _bound(host, port)
    try:
        yield Listener(tuple(sockets), f"http://{_literal(host)}:{sockets[0].getsockname()[1]}")
    finally:
        for each in sockets:
            each.close()


@asynccontextmanager
async def serving(app: Starlette, listener: Listener) -> AsyncIterator[None]:
    """Serve `app` while the context is open.

    On exit nothing new is accepted, requests under way get `GRACE_SECONDS` to end, and what only
    waits is answered at once.
    """
    gateway: Gateway = app.state.gateway
    config = uvicorn.Config(
        app,
        loop="none",
        http=Protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(list(listener.sockets)))
    try:
        await server.listening.wait()
        yield
    finally:
        gateway.stopping.set()
        server.should_exit = True
        await running
        if server.server_state.tasks:
            # uvicorn cancels what outlasts the grace, but does not see it end.
            await asyncio.wait(server.server_state.tasks, timeout=1)


def _literal(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _bound(host: str, port: int) -> list[socket.socket]:
    loop = asyncio.get_running_loop()
    sockets: list[socket.socket] = []
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, *_, address in dict.fromkeys(found):
            if port == 0 and sockets:
                # Every address of one name listens on the same port.
                address = (address[0], sockets[0].getsockname()[1], *address[2:])
            sockets.append(_listening(family, address))
    except OSError as error:
        for each in sockets:
            each.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressUnavailable(
                f"{host}:{port} is in use by another process; stop it, or choose another port "
                "with --port or NEKOHUB_PORT"
            ) from None
        raise AddressUnavailable(
            f"cannot listen on {host}:{port}: {error.strerror or error}; set --host or "
            "NEKOHUB_HOST to an address of this machine"
        ) from None
    return sockets


def _listening(family: int, address: tuple[object, ...]) -> socket.socket:
    # asyncio sends small answers at once only where a socket says that it is TCP.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
