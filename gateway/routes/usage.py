"""/api/v1/assets/usage-stats: how much there is."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import GetUsageRequest
from nekohub.skills.v1.skills_pb2 import GetSkillUsageRequest
from starlette.requests import Request

from gateway import json
from gateway.context import Gateway
from gateway.convert import usage as convert
from gateway.convert.usage import UsageJson
from gateway.endpoint import Endpoint
from gateway.routes.paths import API


async def get(gateway: Gateway, request: Request) -> json.Data[UsageJson]:
    """Read how many assets there are, how large they are, and which skill runs most."""
    asking = gateway.stubs.assets.GetUsage(GetUsageRequest())
    runs = gateway.stubs.skills.GetSkillUsage(GetSkillUsageRequest())
    try:
        return json.data(convert.usage(await asking, await runs))
    finally:
        runs.cancel()


ROUTES = (Endpoint("GET", f"{API}/assets/usage-stats", get, "assets.read"),)
