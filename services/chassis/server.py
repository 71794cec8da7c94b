"""Serves one service over gRPC: interceptors, health that asks, reflection, graceful drain."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer
from grpc_reflection.v1alpha import reflection as reflecting

from services.chassis.errors import StartRefused
from services.chassis.interceptors import ServerInterceptor
from services.chassis.within import within

CHECK_SECONDS = 5.0
"""How often health asks the service."""
_CHECK_TIMEOUT = 4.0
"""How long the answer may take; the sum of both is how long health may be wrong."""
_OPTIONS = (
    ("grpc.so_reuseport", 0),
    # Without it, HTTP/2 windows grow with the bandwidth and ten uploads hold 200 MB.
    ("grpc.http2.bdp_probe", 0),
    # Without these, a client that waits in silence for four minutes is cut off for its keepalives.
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 0),
)
_log = logging.getLogger(__name__)
_grpc_log = logging.getLogger("grpc._cython.cygrpc")
_HUNG_UP = "ExecuteBatchError raised in core by servicer method"


@dataclass(frozen=True, slots=True)
class Service:
    """A service that is put together and can be served."""

    name: str
    """Ours, for example "assets"."""
    full_name: str
    """The proto's, for example "nekohub.assets.v1.AssetService"."""
    register: Callable[[grpc.aio.Server], None]
    """Adds its servicer to a server."""
    check: Callable[[], Coroutine[Any, Any, None]]
    """Raises when the service cannot serve now."""
    stop: Callable[[], None] = lambda: None
    """Told when the server begins to drain, to answer calls that only wait."""


class AddressUnavailable(StartRefused):
    """A service cannot listen where it was told to."""


@asynccontextmanager
async def serving(
    service: Service,
    listen: str,
    *,
    token: str,
    reflection: bool = False,
    grace_seconds: float = 5,
) -> AsyncIterator[str]:
    """Serves while the context is open; gives the address to dial.

    `listen` is "host:port" (port 0 takes a free one) or "unix:path". On exit, calls under way get
    `grace_seconds` to end. Raises `AddressUnavailable`.
    """
    _grpc_log.addFilter(_is_a_fault)
    server = grpc.aio.server(interceptors=[ServerInterceptor(token)], options=_OPTIONS)
    service.register(server)
    states = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(states, server)  # type: ignore[no-untyped-call]
    if reflection:
        names = (service.full_name, health.SERVICE_NAME, reflecting.SERVICE_NAME)
        reflecting.enable_server_reflection(names, server)  # type: ignore[no-untyped-call]
    try:
        port = 0 if _is_answered(listen) else server.add_insecure_port(listen)
    except RuntimeError:
        port = 0
    if port == 0:
        raise AddressUnavailable(
            f"the {service.name} service cannot listen on {listen}; set NEKOHUB_LISTEN to a free "
            "host:port or unix:path"
        )
    address = listen if listen.startswith("unix:") else f"{listen.rpartition(':')[0]}:{port}"
    await _tell(service, states)
    await server.start()
    checking = asyncio.create_task(_keep_telling(service, states))
    try:
        yield address
    finally:
        checking.cancel()
        await asyncio.wait((checking,))
        service.stop()
        await states.enter_graceful_shutdown()
        await server.stop(grace_seconds)


def _is_a_fault(record: logging.LogRecord) -> bool:
    # So it tells, with a traceback, of a message for a client that has hung up a moment before.
    return not str(record.msg).startswith(_HUNG_UP)


def _is_answered(listen: str) -> bool:
    # gRPC takes a unix socket away from whoever listens there, unlike a port.
    if not listen.startswith("unix:"):
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(listen.removeprefix("unix:"))
        except BlockingIOError:  # too many wait already
            return True
        except OSError:
            return False
        return True


async def _keep_telling(service: Service, states: HealthServicer) -> None:
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        await _tell(service, states)


async def _tell(service: Service, states: HealthServicer) -> None:
    status = health_pb2.HealthCheckResponse.SERVING
    try:
        await within(_CHECK_TIMEOUT, service.check())
    except Exception as error:  # noqa: BLE001 - whatever keeps it from serving
        _log.warning("%s cannot serve now: %s: %s", service.name, type(error).__name__, error)
        status = health_pb2.HealthCheckResponse.NOT_SERVING
    await states.set(service.full_name, status)
    await states.set("", status)
