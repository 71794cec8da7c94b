"""/content: the bytes of public assets, for anybody."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import ReadContentRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway import content
from gateway.context import Gateway
from gateway.endpoint import Endpoint


async def public(gateway: Gateway, request: Request) -> Response:
    """Read the bytes of a public asset's original or derivative.

    A thumbnail has an address that stays, its asset's `thumbnailUrl`; it is made and kept when that
    is first read.
    """
    source = ReadContentRequest(public_storage_key=request.path_params["key"])
    return await content.content(gateway, request, source)


ROUTES = (
    Endpoint(
        "GET",
        "/content/{key:path}",
        public,
        None,
        ("404 content_not_found", "416 content_range_invalid"),
        statuses=content.PUBLIC_STATUSES,
        media=content.MEDIA,
        headers=content.HEADERS,
        answer_headers=content.ANSWER_HEADERS,
        tells_head=True,
    ),
)
