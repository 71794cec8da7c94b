"""HTTP connections that go only where the address policy lets them."""

import asyncio
import socket
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from services.providers.addresses import Address, AddressPolicy, literal_address
from services.providers.connection import Connection, Origin

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

    There are as many connections as requests at once.
    """

    def __init__(self, policy: AddressPolicy, *, resolver: Resolver | None = None) -> None:
        """Takes where connections may go, and for tests another name resolution."""
        self._refusal = lru_cache(_REMEMBERED)(policy.refusal)
        self._resolve = resolver or resolved
        self._tls = _certificates()
        self._idle: deque[tuple[float, Connection]] = deque()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the first allowed address that can be connected to.

        Raises AddressRefused, and what httpx raises.
        """
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        name = _tls_name(request.url) if request.url.scheme == "https" else None
        failure: httpx.TransportError | None = None
        for address in self._allowed(host, await self._resolve(host, port)):
            try:
                return await self._sent(request, Origin(str(address), port, name))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"the host name {host!r} has no address")

    async def aclose(self) -> None:
        """Closes all connections, none of which is in use."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _sent(self, request: httpx.Request, origin: Origin) -> httpx.Response:
        now = time.monotonic()
        while self._idle and now - self._idle[0][0] > KEPT_SECONDS:
            self._idle.popleft()[1].close()
        connection = self._idle.pop()[1] if self._idle else Connection(self._tls)

        def give_back() -> None:
            if connection.is_open:
                self._idle.append((time.monotonic(), connection))

        return await connection.send(request, origin, give_back)

    def _allowed(self, host: str, addresses: list[Address]) -> list[Address]:
        refusals = [(address, self._refusal(host, address)) for address in addresses]
        allowed = [address for address, refusal in refusals if refusal is None]
        if refusals and not allowed:
            raise AddressRefused(refusals[0][1])
        return allowed[:_MOST_ADDRESSES]


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


@cache
def _certificates() -> ssl.SSLContext:
    # Reading them takes forty milliseconds, in which nothing else happens.
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _tls_name(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").rstrip(".")
