"""The way to another service: one channel, a token, the trace id, a deadline on every call."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from grpc.aio import ClientCallDetails, Metadata

from services.chassis import trace
from services.chassis.interceptors import TOKEN_KEY, TRACE_KEY

UNARY_SECONDS = 10.0
STREAM_SECONDS = 300.0
_SERVICE_CONFIG = json.dumps(
    {
        "methodConfig": [
            {
                # Calls that change nothing, or are idempotent by a request id.
                "name": [
                    {"service": service, "method": method}
                    for service, methods in {
                        "nekohub.accounts.v1.AccountService": ("VerifyApiKey",),
                        "nekohub.assets.v1.AssetService": ("GetAsset", "ListAssets", "GetPreview"),
                        "nekohub.skills.v1.SkillService": (
                            "ListSkills",
                            "GetSkill",
                            "GetExecution",
                            "GetLatestExecution",
                        ),
                        "nekohub.providers.v1.ProviderService": (
                            "ListProfiles",
                            "GetActiveProfile",
                        ),
                    }.items()
                    for method in methods
                ],
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "0.5s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)
_OPTIONS = (
    ("grpc.service_config", _SERVICE_CONFIG),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.http2.bdp_probe", 0),
)


class _Outgoing:
    def __init__(self, token: str, seconds: float) -> None:
        self._token = token
        self._seconds = seconds

    def _details(self, details: ClientCallDetails) -> ClientCallDetails:
        metadata = details.metadata or Metadata()
        metadata.add(TOKEN_KEY, self._token)
        metadata.add(TRACE_KEY, trace.traceparent())
        timeout = self._seconds if details.timeout is None else details.timeout
        return ClientCallDetails(
            details.method, timeout, metadata, details.credentials, details.wait_for_ready
        )


class _UnaryUnary(_Outgoing, grpc.aio.UnaryUnaryClientInterceptor):
    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(self._details(client_call_details), request)


class _UnaryStream(_Outgoing, grpc.aio.UnaryStreamClientInterceptor):
    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: Any, request: Any
    ) -> Any:
        return await continuation(self._details(client_call_details), request)


class _StreamUnary(_Outgoing, grpc.aio.StreamUnaryClientInterceptor):
    async def intercept_stream_unary(
        self, continuation: Callable[..., Any], client_call_details: Any, request_iterator: Any
    ) -> Any:
        return await continuation(self._details(client_call_details), request_iterator)


@asynccontextmanager
async def channel(address: str, *, token: str) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to "host:port" or "unix:path", closed on exit.

    Every call carries the internal token, the trace id and, unless it brings one, a deadline:
    10 s, or 300 s for a stream. It need not be answered yet: calls fail until it is.
    """
    interceptors: list[grpc.aio.ClientInterceptor] = [
        _UnaryUnary(token, UNARY_SECONDS),
        _UnaryStream(token, STREAM_SECONDS),
        _StreamUnary(token, STREAM_SECONDS),
    ]
    async with grpc.aio.insecure_channel(
        address, options=_OPTIONS, interceptors=interceptors
    ) as opened:
        yield opened
