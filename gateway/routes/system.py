"""/api/v1/system: what the gateway says of itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gateway import json
from gateway.context import Gateway


async def ping(gateway: Gateway, request: Request) -> Response:
    """Say that the gateway answers; no service is asked."""
    return json.data({"status": "ok"})


async def bootstrap(gateway: Gateway, request: Request) -> Response:
    """Tell a client what it needs before its first upload."""
    return json.data(
        {
            "apiKeyRequired": True,
            "maxUploadSizeBytes": gateway.config.max_upload_bytes,
            "allowedContentTypes": list(dict.fromkeys(gateway.config.allowed_content_types)),
        }
    )
