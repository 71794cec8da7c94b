"""HTTP connections that go only where the address policy lets them."""

import asyncio
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from services.providers.addresses import Address, AddressPolicy, literal_address

Resolver: TypeAlias = Callable[[str, int], Awaitable[list[Address]]]

RESOLVE_SECONDS = 5.0
KEPT_SECONDS = 30.0
"""How long a connection is kept for the next request."""
_MOST_ADDRESSES = 3
_REMEMBERED = 256


class AddressRefused(Exception):
    """The policy allows none of the host's addresses. The message says which and why."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves the host of each request, checks the addresses, and connects to a checked one.

    The Host header and the name that the TLS certificate must bear stay those of the URL. The
    environment's proxies are ignored: they would resolve the name themselves.

    There are as many connections as requests at once. Each has a pool to itself: to find one in a
    pool of many costs more than the request.
    """

    def __init__(self, policy: AddressPolicy, *, resolver: Resolver | None = None) -> None:
        """Takes where connections may go, and for tests another name resolution."""
        self._refusal = lru_cache(_REMEMBERED)(policy.refusal)
        self._resolve = resolver or resolved
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._idle: deque[tuple[float, httpx.AsyncHTTPTransport]] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the first allowed address that can be connected to.

        Raises AddressRefused, and what httpx raises.
        """
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        failure: httpx.TransportError | None = None
        for address in self._allowed(host, await self._resolve(host, port)):
            try:
                return await self._sent(_directed(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"the host name {host!r} has no address")

    async def aclose(self) -> None:
        """Closes all connections, none of which is in use."""
        while self._idle:
            await self._idle.pop()[1].aclose()

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        connection = self._idle.pop()[1] if self._idle else self._made()

        def give_back() -> None:
            self._idle.append((time.monotonic(), connection))

        try:
            while self._idle and time.monotonic() - self._idle[0][0] > KEPT_SECONDS:
                await self._idle.popleft()[1].aclose()
            response = await connection.handle_async_request(request)
        except BaseException:
            give_back()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - for mypy
        response.stream = _Stream(response.stream, give_back)
        return response

    def _made(self) -> httpx.AsyncHTTPTransport:
        one = httpx.Limits(
            max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_SECONDS
        )
        return httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False, limits=one)

    def _allowed(self, host: str, addresses: list[Address]) -> list[Address]:
        refusals = [(address, self._refusal(host, address)) for address in addresses]
        allowed = [address for address, refusal in refusals if refusal is None]
        if refusals and not allowed:
            raise AddressRefused(refusals[0][1])
        return allowed[:_MOST_ADDRESSES]


class _Stream(httpx.AsyncByteStream):
    """The body of a response, whose connection is free when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, give_back: Callable[[], None]) -> None:
        self._stream = stream
        self._give_back = give_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Frees the connection."""
        try:
            await self._stream.aclose()
        finally:
            self._give_back()


async def resolved(host: str, port: int) -> list[Address]:
    """The addresses of a host, in the system's order of preference.

    Raises httpx.ConnectError or httpx.ConnectTimeout.
    """
    literal = _literal(host)
    if literal is not None:
        return [literal]
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            )
    except TimeoutError:
        raise httpx.ConnectTimeout(f"the host name {host!r} was not resolved in time") from None
    except (socket.gaierror, UnicodeError):
        raise httpx.ConnectError(f"the host name {host!r} cannot be resolved") from None
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


@lru_cache(_REMEMBERED)
def _literal(host: str) -> Address | None:
    return literal_address(host)


def _directed(request: httpx.Request, address: Address) -> httpx.Request:
    url, name = _at(str(request.url), str(address))
    return httpx.Request(
        request.method,
        url,
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": name},
    )


@lru_cache(_REMEMBERED)
def _at(url: str, address: str) -> tuple[httpx.URL, str]:
    """The URL with the address in place of its host, and that host's name for TLS."""
    named = httpx.URL(url)
    return named.copy_with(host=address), named.raw_host.decode("ascii").rstrip(".")
