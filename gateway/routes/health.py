"""/health: for whoever starts, stops and routes to this process."""

from __future__ import annotations

import asyncio
from typing import Literal

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from starlette.requests import Request
from typing_extensions import TypedDict

from gateway import errors, json
from gateway.context import SERVICES, Gateway
from gateway.endpoint import Endpoint
from services.chassis.errors import Unavailable

CHECK_SECONDS = 2.0


class LiveJson(TypedDict):
    """That this process answers."""

    status: Literal["live"]


class ReadyJson(TypedDict):
    """That every service serves."""

    status: Literal["ready"]
    services: dict[str, str]


async def live(gateway: Gateway, request: Request) -> json.Data[LiveJson]:
    """Say that this process answers."""
    return json.data({"status": "live"})


async def ready(gateway: Gateway, request: Request) -> json.Data[ReadyJson] | json.JsonResponse:
    """Ask every service whether it serves: 503 until all do, with each one's state."""
    states = await asyncio.gather(
        *(_state(gateway.stubs.health[name], full_name) for name, full_name in SERVICES.items())
    )
    services = dict(zip(SERVICES, states, strict=True))
    lacking = [name for name, state in services.items() if state != "SERVING"]
    if not lacking:
        return json.data({"status": "ready", "services": services})
    message = ", ".join(f"{name} is {services[name]}" for name in lacking)
    return errors.response(Unavailable("SERVICE_UNAVAILABLE", message), services=services)


async def _state(health: health_pb2_grpc.HealthStub, service: str) -> str:
    try:
        answer = await health.Check(
            health_pb2.HealthCheckRequest(service=service), timeout=CHECK_SECONDS
        )
    except grpc.aio.AioRpcError as error:
        return str(error.code().name)
    return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


ROUTES = (
    Endpoint("GET", "/health/live", live, None),
    Endpoint("GET", "/health/ready", ready, None, statuses=(200, 503)),
)
