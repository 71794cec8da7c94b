"""One HTTP/1.1 connection: h11 on a socket of the event loop, with nothing between the two.

The connections that httpx brings give way to all other work half a dozen times before a request is
written. Where questions wait for their turn at a model, the model waits for that.
"""

import asyncio
import os
import re
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import cast

import h11
import httpx

HEAD_BYTES = 100 * 1024
"""Longest head of a response."""
UNREAD_BYTES = 64 * 1024
"""With more than this of a body waiting to be taken, no more is read."""
_STATUS_LINE = b"HTTP/"
_HEAD_END = re.compile(rb"\n\r?\n")


class NoHttp(httpx.RemoteProtocolError):
    """What came in place of an answer is no HTTP, or has a head that cannot be read."""

    def __init__(self, begin: bytes) -> None:
        """Takes how it began."""
        super().__init__("what came is no HTTP")
        self.begin = begin


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a connection leads."""

    address: str
    port: int
    tls_name: str | None
    """What the certificate must bear; None without TLS."""


class Connection:
    """Opened by the first request, and again by one that leads elsewhere or finds it closed."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        """Takes how certificates are checked."""
        self._tls = tls
        self._origin: Origin | None = None
        self._link: _Link | None = None

    @property
    def is_open(self) -> bool:
        """Whether another request may need no new connection."""
        return self._link is not None and not self._link.is_stale

    async def send(
        self, request: httpx.Request, origin: Origin, ended: Callable[[], None]
    ) -> httpx.Response:
        """Sends a request and gives the response, which is to be closed before the next one.

        `ended` is called when it is, or at a failure. Raises subclasses of httpx.TransportError.
        """
        timeouts = request.extensions["timeout"]
        try:
            link, answer = await self._answered(request, origin, timeouts)
        except BaseException:
            self.close()
            ended()
            raise

        def closed() -> None:
            if not link.goes_on():
                self.close()
            ended()

        body = _Body(link, timeouts["read"], closed)
        return httpx.Response(answer.status_code, headers=answer.headers.raw_items(), stream=body)

    def close(self) -> None:
        """Closes it at once."""
        if self._link is not None:
            self._link.close()
            self._link = None

    async def _answered(
        self, request: httpx.Request, origin: Origin, timeouts: dict[str, float]
    ) -> tuple["_Link", h11.Response]:
        while True:
            before = self._link
            link = await self._ready(origin, timeouts["connect"])
            try:
                await link.write(request, timeouts["write"])
                while not isinstance(event := await link.event(timeouts["read"]), h11.Response):
                    pass
            except (httpx.RemoteProtocolError, httpx.ReadError) as error:
                # The peer gave up a kept connection while the request was on its way.
                is_lost = link is before and not link.was_answered
                if is_lost and "idempotency-key" in request.headers:
                    self.close()
                    continue
                if link is before and isinstance(error, NoHttp):
                    # It has spoken HTTP before: what came belonged to the answer of then.
                    raise httpx.RemoteProtocolError("something came between two answers") from error
                raise
            return link, event

    async def _ready(self, origin: Origin, seconds: float) -> "_Link":
        if self._link is None or self._link.is_stale or self._origin != origin:
            self.close()
            self._link, self._origin = await self._opened(origin, seconds), origin
        return self._link

    async def _opened(self, origin: Origin, seconds: float) -> "_Link":
        try:
            async with asyncio.timeout(seconds):
                _, link = await asyncio.get_running_loop().create_connection(
                    _Link,
                    origin.address,
                    origin.port,
                    ssl=None if origin.tls_name is None else self._tls,
                    server_hostname=origin.tls_name,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout("") from error
        except OSError as error:
            raise httpx.ConnectError(_told(error)) from error
        except UnicodeError as error:
            raise httpx.ConnectError(f"no certificate can bear {origin.tls_name!r}") from error
        return link


def _may_be_http(begin: bytes) -> bool:
    return begin.startswith(_STATUS_LINE[: len(begin)])


def _told(error: OSError) -> str:
    # What the loop makes of an error of the system differs, and names the address.
    if error.errno is None or isinstance(error, ssl.SSLError):
        return str(error)
    return os.strerror(error.errno)


class _Link(asyncio.Protocol):
    """A socket, and what HTTP makes of its bytes."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._unread = 0
        self._is_stale = False
        self._fault: Exception | None = None
        self.was_answered = False
        """Whether anything has come since the last request."""

    @property
    def is_stale(self) -> bool:
        """Whether the peer has closed it, or has said something that it was not asked."""
        return self._is_stale

    async def write(self, request: httpx.Request, seconds: float) -> None:
        """Writes a whole request. A peer that does not take all of it may answer all the same.

        Raises LocalProtocolError for what is no request, RemoteProtocolError, and WriteTimeout.
        """
        self.was_answered = False
        if self._transport.is_closing():
            raise httpx.RemoteProtocolError("the connection was closed at once")
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101 - for mypy
        body = b"".join([chunk async for chunk in request.stream])
        try:
            head = h11.Request(
                method=request.method, target=request.url.raw_path, headers=request.headers.raw
            )
            parts = [self._http.send(part) for part in (head, h11.Data(body), h11.EndOfMessage())]
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        self._transport.writelines(part for part in parts if part)
        if self._writable.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self._writable.wait()
        except TimeoutError as error:
            raise httpx.WriteTimeout("") from error

    async def event(self, seconds: float) -> h11.Event:
        """The next part of the response.

        Raises RemoteProtocolError, NoHttp for what is no beginning of one, ReadError and
        ReadTimeout.
        """
        while True:
            is_head = self._http.their_state is h11.SEND_RESPONSE
            begin, is_over = self._http.trailing_data if is_head else (b"", False)
            if begin and not _may_be_http(begin):
                raise NoHttp(begin)
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                if begin and (not is_over or _HEAD_END.search(begin)):
                    raise NoHttp(begin) from error
                raise httpx.RemoteProtocolError(str(error)) from error
            if isinstance(event, h11.Event):
                return event
            if self._fault is not None:
                raise httpx.ReadError(str(self._fault)) from self._fault
            self._changed.clear()
            self._read_on()
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError as error:
                raise httpx.ReadTimeout("") from error

    def goes_on(self) -> bool:
        """Makes it ready for another request; False if it can take none."""
        try:
            self._http.start_next_cycle()
        except h11.LocalProtocolError:
            return False
        self._is_stale = self._http.trailing_data != (b"", False)
        self._read_on()
        return not self._is_stale

    def close(self) -> None:
        """Closes the socket at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the socket."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Takes bytes."""
        self.was_answered = True
        self._unread += len(data)
        if self._unread > UNREAD_BYTES:
            self._transport.pause_reading()
        self._hear(data)

    def eof_received(self) -> None:
        """Takes the end of the peer's bytes."""
        self._hear(b"")

    def connection_lost(self, error: Exception | None) -> None:
        """Takes the end of the socket."""
        self._writable.set()
        if error is None:
            self._hear(b"")
            return
        # What was broken off has no end, and must not look as if it had.
        self._fault = error
        self._is_stale = True
        self._changed.set()

    def pause_writing(self) -> None:
        """The peer takes nothing at the moment."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """The peer takes more."""
        self._writable.set()

    def _hear(self, data: bytes) -> None:
        self._is_stale = True
        self._http.receive_data(data)
        self._changed.set()

    def _read_on(self) -> None:
        if self._unread > UNREAD_BYTES:
            self._transport.resume_reading()
        self._unread = 0


class _Body(httpx.AsyncByteStream):
    """The body of a response."""

    def __init__(self, link: _Link, seconds: float, closed: Callable[[], None]) -> None:
        self._link = link
        self._seconds = seconds
        self._closed = closed

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._link.event(self._seconds), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        """Frees the connection, for another request if this was read to its end."""
        self._closed()
