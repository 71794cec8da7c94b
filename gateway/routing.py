"""From the route table to Starlette: one resource per path, checked before its handler runs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from gateway import json
from gateway.auth import Authenticator
from gateway.context import Gateway
from gateway.endpoint import Endpoint
from services.chassis.errors import InvalidArgument, NotFound


class Resource:
    """Every method of one path; a HEAD is asked as a GET, and the server leaves the body out."""

    def __init__(
        self, gateway: Gateway, authenticator: Authenticator, endpoints: Sequence[Endpoint]
    ) -> None:
        self._gateway = gateway
        self._authenticator = authenticator
        self._endpoints: dict[str, Endpoint] = {}
        for endpoint in endpoints:
            self._endpoints[endpoint.method] = endpoint
            if endpoint.method == "GET":
                self._endpoints["HEAD"] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; its handler finds the endpoint's `route` and, unless that is open,
        the `principal` in the request's state, and `admitted`, which looks for that again.

        Raises METHOD_NOT_ALLOWED with metadata `allow`, and what authorization raises, before
        anything of the body is read; then what a wrong body raises.
        """
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            allow = ", ".join(self._endpoints)
            raise InvalidArgument(
                "METHOD_NOT_ALLOWED",
                f"{scope['method']} is not allowed here; allowed: {allow}",
                allow=allow,
            )
        request = Request(scope, receive, send)
        request.state.route = endpoint.route
        if not endpoint.is_open:
            credential = self._authenticator.credential(scope)
            admitted = partial(self._authenticator.admitted, credential, endpoint)
            request.state.principal = await admitted()
            request.state.admitted = admitted
        if endpoint.body is None:
            response = await endpoint.handler(self._gateway, request)
        else:
            body = await json.read(request, endpoint.body, optional=endpoint.body_is_optional)
            response = await endpoint.handler(self._gateway, request, body)
        await response(scope, receive, send)


def routes(
    gateway: Gateway, authenticator: Authenticator, table: Sequence[Endpoint]
) -> list[BaseRoute]:
    """The table as Starlette's routes, in the order in which its paths first appear."""
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in table:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    return [
        Route(path, Resource(gateway, authenticator, endpoints), name=path)
        for path, endpoints in by_path.items()
    ]


async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand where no route matches. Raises ROUTE_NOT_FOUND."""
    raise NotFound("ROUTE_NOT_FOUND", f"there is nothing at {scope['path'][:200]!r}")
