"""What every handler is given: the services' stubs and the few settings that show in answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import grpc
from grpc_health.v1 import health_pb2_grpc
from nekohub.accounts.v1 import accounts_pb2, accounts_pb2_grpc
from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc
from nekohub.providers.v1 import providers_pb2, providers_pb2_grpc
from nekohub.skills.v1 import skills_pb2, skills_pb2_grpc

from gateway.client_address import Network
from gateway.metrics import Metrics
from gateway.reads import Reads

if TYPE_CHECKING:
    from nekohub.accounts.v1.accounts_pb2_grpc import AccountServiceAsyncStub
    from nekohub.assets.v1.assets_pb2_grpc import AssetServiceAsyncStub
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub
    from nekohub.skills.v1.skills_pb2_grpc import SkillServiceAsyncStub

SERVICES: Mapping[str, str] = {
    "accounts": accounts_pb2.DESCRIPTOR.services_by_name["AccountService"].full_name,
    "assets": assets_pb2.DESCRIPTOR.services_by_name["AssetService"].full_name,
    "providers": providers_pb2.DESCRIPTOR.services_by_name["ProviderService"].full_name,
    "skills": skills_pb2.DESCRIPTOR.services_by_name["SkillService"].full_name,
}
"""Our short name of each service, and the one that its gRPC health check knows."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings that the gateway acts on."""

    public_base_url: str
    """Start of every URL in an answer, without a slash at its end."""
    max_upload_bytes: int
    """Largest file; the assets service enforces it, the gateway refuses what is far beyond."""
    allowed_content_types: tuple[str, ...]
    """Picture types an upload may have."""
    run_wait_seconds: float
    """How long a synchronous run is waited for."""
    trusted_proxies: tuple[Network, ...] = ()
    """Those whose `X-Forwarded-For` is believed."""


@dataclass(frozen=True, slots=True)
class Stubs:
    """One stub per service, each on that service's only channel."""

    accounts: AccountServiceAsyncStub
    assets: AssetServiceAsyncStub
    providers: ProviderServiceAsyncStub
    skills: SkillServiceAsyncStub
    health: Mapping[str, health_pb2_grpc.HealthStub]
    """The health checks, by our short names of the services."""

    @classmethod
    def over(cls, channels: Mapping[str, grpc.aio.Channel]) -> Stubs:
        """The stubs over one channel per name in `SERVICES`."""
        return cls(
            accounts=accounts_pb2_grpc.AccountServiceStub(channels["accounts"]),
            assets=assets_pb2_grpc.AssetServiceStub(channels["assets"]),
            providers=providers_pb2_grpc.ProviderServiceStub(channels["providers"]),
            skills=skills_pb2_grpc.SkillServiceStub(channels["skills"]),
            health={
                name: health_pb2_grpc.HealthStub(channels[name])  # type: ignore[no-untyped-call]
                for name in SERVICES
            },
        )


@dataclass(frozen=True, slots=True)
class Gateway:
    """Everything a handler may use."""

    stubs: Stubs
    config: Config
    reads: Reads
    metrics: Metrics = field(default_factory=Metrics)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server begins to drain, so that requests which only wait are answered."""
