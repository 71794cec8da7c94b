"""/metrics: for whoever watches this process."""

from __future__ import annotations

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.requests import Request
from starlette.responses import Response

from gateway.context import Gateway
from gateway.endpoint import Endpoint


async def metrics(gateway: Gateway, request: Request) -> Response:
    """Tell Prometheus of the requests to this process.

    Another gateway tells of its own.
    """
    headers = {"content-type": CONTENT_TYPE_PLAIN_0_0_4, "x-content-type-options": "nosniff"}
    return Response(gateway.metrics.text(), headers=headers)


ROUTES = (Endpoint("GET", "/metrics", metrics, None, media="text/plain"),)
