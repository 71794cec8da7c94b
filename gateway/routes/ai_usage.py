"""/api/v1/system/ai/usage: what was used of AI providers."""

from __future__ import annotations

from nekohub.providers.v1.providers_pb2 import GetUsageRequest
from starlette.requests import Request

from gateway import json, query
from gateway.context import Gateway
from gateway.convert import ai_usage as convert
from gateway.convert.ai_usage import AiUsageJson
from gateway.endpoint import Endpoint
from gateway.query import Parameter
from gateway.routes.paths import API

FROM = Parameter(
    "from", "The first day (UTC), like 2026-11-27; 29 days before the last if left out."
)
TO = Parameter("to", "The last day, today if left out; at most 366 in all.")


async def get(gateway: Gateway, request: Request) -> json.Data[AiUsageJson]:
    """Read what was used of AI providers, by day, profile and skill."""
    params = request.query_params
    asked = GetUsageRequest(from_day=query.text(params, FROM), to_day=query.text(params, TO))
    return json.data(convert.usage(await gateway.stubs.providers.GetUsage(asked)))


ROUTES = (
    Endpoint(
        "GET",
        f"{API}/system/ai/usage",
        get,
        "aiProviders.read",
        ("400 ai_usage_period_invalid",),
        query=(FROM, TO),
    ),
)
