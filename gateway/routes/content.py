"""/content: the bytes of public assets, for anybody."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import ReadContentRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway import content
from gateway.context import Gateway


async def public(gateway: Gateway, request: Request) -> Response:
    """GET, HEAD /content/{storageKey}."""
    source = ReadContentRequest(public_storage_key=request.path_params["key"])
    return await content.public(gateway, request, source)
