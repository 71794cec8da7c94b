"""/openapi.json: what the API is, for programs."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response

from gateway import json
from gateway.context import Gateway
from gateway.endpoint import Endpoint


async def openapi(gateway: Gateway, request: Request) -> Response:
    """Describe every route as OpenAPI 3.1."""
    return json.JsonResponse(_document(gateway.config.public_base_url))


@cache
def _document(server: str) -> object:
    # The table holds this module's routes.
    from gateway.openapi import document
    from gateway.routes.table import TABLE

    return document(TABLE, version("nekohub-skills"), server)


ROUTES = (Endpoint("GET", "/openapi.json", openapi, None),)
