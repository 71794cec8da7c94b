"""The way to another service: one channel, a token, the trace id, a deadline on every call."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc

from services.chassis.outgoing import OutgoingChannel

_SERVICE_CONFIG = json.dumps(
    {
        "methodConfig": [
            {
                # Calls that change nothing, or are idempotent by a request id.
                "name": [
                    {"service": service, "method": method}
                    for service, methods in {
                        "nekohub.accounts.v1.AccountService": (
                            "VerifyApiKey",
                            "GetUser",
                            "ListUsers",
                            "ListRevocations",
                        ),
                        "nekohub.assets.v1.AssetService": (
                            "GetAsset",
                            "BatchGetAssets",
                            "ListAssets",
                            "GetPreview",
                            "GetUsage",
                        ),
                        "nekohub.skills.v1.SkillService": (
                            "ListSkills",
                            "GetSkill",
                            "GetExecution",
                            "GetLatestExecution",
                            "BatchGetLatestExecutions",
                            "ListExecutions",
                            "ListWorkflows",
                            "GetWorkflow",
                            "GetSkillUsage",
                        ),
                        "nekohub.providers.v1.ProviderService": (
                            "ListProfiles",
                            "GetActiveProfile",
                            "GetUsage",
                            "ForgetAnswers",
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
    # A peer that is frozen or cut off is noticed in 40 s, however long a call may take.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.http2.bdp_probe", 0),
)


@asynccontextmanager
async def channel(address: str, *, token: str) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to "host:port" or "unix:path", closed on exit.

    Every call carries the internal token, the trace id and, unless it brings one, a deadline:
    10 s, or 300 s for a stream. It need not be answered yet: calls fail until it is.
    """
    async with OutgoingChannel(
        grpc.aio.insecure_channel(address, options=_OPTIONS), token
    ) as opened:
        yield opened
