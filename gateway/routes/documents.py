"""/openapi.json and /docs: what the API is, for programs and for people."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway import json
from gateway.context import Gateway
from gateway.endpoint import Endpoint
from gateway.reference.page import POLICY, page


async def openapi(gateway: Gateway, request: Request) -> Response:
    """Describe every route as OpenAPI 3.1."""
    # The first time it takes some tenths of a second.
    told = await asyncio.to_thread(_document, gateway.config.public_base_url)
    return json.JsonResponse(told)


async def docs(gateway: Gateway, request: Request) -> Response:
    """Show every route to people, without scripts or anything from elsewhere."""
    headers = {
        "content-security-policy": POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    shown = await asyncio.to_thread(_page, gateway.config.public_base_url)
    return Response(shown, headers=headers, media_type="text/html")


@cache
def _document(server: str) -> Mapping[str, Any]:
    # The table holds this module's routes.
    from gateway.openapi.document import document
    from gateway.routes.table import TABLE

    return document(TABLE, version("nekohub-skills"), server)


@cache
def _page(server: str) -> bytes:
    return page(_document(server))


ROUTES = (
    Endpoint("GET", "/openapi.json", openapi, None),
    Endpoint("GET", "/docs", docs, None, media="text/html"),
)
