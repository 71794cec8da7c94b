"""/api/v1/system: what the gateway says of itself."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request
from typing_extensions import TypedDict

from gateway import json
from gateway.context import Gateway
from gateway.convert.shape import documented
from gateway.endpoint import Endpoint
from gateway.routes.paths import API


@documented
class PingJson(TypedDict):
    """That the gateway answers."""

    status: Literal["ok"]


@documented
class BootstrapJson(TypedDict):
    """What a client needs before its first upload."""

    apiKeyRequired: bool
    maxUploadSizeBytes: int
    allowedContentTypes: list[str]


async def ping(gateway: Gateway, request: Request) -> json.Data[PingJson]:
    """Say that the gateway answers; no service is asked."""
    return json.data({"status": "ok"})


async def bootstrap(gateway: Gateway, request: Request) -> json.Data[BootstrapJson]:
    """Tell a client what it needs before its first upload."""
    return json.data(
        {
            "apiKeyRequired": True,
            "maxUploadSizeBytes": gateway.config.max_upload_bytes,
            "allowedContentTypes": list(dict.fromkeys(gateway.config.allowed_content_types)),
        }
    )


ROUTES = (
    Endpoint("GET", f"{API}/system/ping", ping, None),
    Endpoint("GET", f"{API}/system/bootstrap", bootstrap, None),
)
