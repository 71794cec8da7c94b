"""HTTP connections that go only where the address policy lets them."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeAlias

import httpx

from services.providers.addresses import Address, AddressPolicy

Resolver: TypeAlias = Callable[[str, int], Awaitable[list[Address]]]

RESOLVE_SECONDS = 5.0
_MOST_ADDRESSES = 3


class AddressRefused(Exception):
    """The policy allows none of the host's addresses. The message says which and why."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """Resolves the host of each request, checks the addresses, and connects to a checked one.

    The Host header and the name that the TLS certificate must bear stay those of the URL. The
    environment's proxies are ignored: they would resolve the name themselves.
    """

    def __init__(
        self, policy: AddressPolicy, *, connections: int, resolver: Resolver | None = None
    ) -> None:
        """Takes how many connections are open at most, and for tests another name resolution."""
        self._policy = policy
        self._resolve = resolver or resolved
        self._inner = httpx.AsyncHTTPTransport(
            trust_env=False,
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=30,
            ),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to the first allowed address that can be connected to.

        Raises AddressRefused, and what httpx raises.
        """
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        failure: httpx.TransportError | None = None
        for address in self._allowed(host, await self._resolve(host, port)):
            try:
                return await self._inner.handle_async_request(_directed(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"the host name {host!r} has no address")

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._inner.aclose()

    def _allowed(self, host: str, addresses: list[Address]) -> list[Address]:
        refusals = [(address, self._policy.refusal(host, address)) for address in addresses]
        allowed = [address for address, refusal in refusals if refusal is None]
        if refusals and not allowed:
            raise AddressRefused(refusals[0][1])
        return allowed[:_MOST_ADDRESSES]


async def resolved(host: str, port: int) -> list[Address]:
    """The addresses of a host, in the system's order of preference.

    Raises httpx.ConnectError or httpx.ConnectTimeout.
    """
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


def _directed(request: httpx.Request, address: Address) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={
            **request.extensions,
            "sni_hostname": request.url.raw_host.decode("ascii").rstrip("."),
        },
    )
