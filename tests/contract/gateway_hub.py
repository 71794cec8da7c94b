"""A gateway on a real socket in front of its counterparts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import grpc
import httpx
import orjson
from nekohub.accounts.v1.accounts_pb2_grpc import add_AccountServiceServicer_to_server
from nekohub.assets.v1.assets_pb2_grpc import add_AssetServiceServicer_to_server
from nekohub.providers.v1.providers_pb2_grpc import add_ProviderServiceServicer_to_server
from nekohub.skills.v1.skills_pb2_grpc import add_SkillServiceServicer_to_server
from starlette.applications import Starlette

from gateway.app import create_app
from gateway.auth import Authenticator
from gateway.context import SERVICES, Config, Stubs
from gateway.revocations import Revocations
from gateway.server import listening, serving
from services.chassis import server
from services.chassis.channel import channel
from tests.contract.gateway_accounts import TOKENS, Accounts
from tests.contract.gateway_assets import MAX_UPLOAD_BYTES, Assets
from tests.contract.gateway_counterparts import API_KEY, Providers, Skills

TOKEN = "internal-token-of-the-tests-0123456789"
BASE = "https://hub.example.com"
AUTH = {"authorization": f"Bearer {API_KEY}"}


@dataclass
class Hub:
    """The gateway under test and what stands behind it."""

    url: str = ""
    app: Starlette = field(default_factory=Starlette)
    accounts: Accounts = field(default_factory=Accounts)
    assets: Assets = field(default_factory=Assets)
    providers: Providers = field(default_factory=Providers)
    skills: Skills = field(default_factory=Skills)
    revocations: Revocations = field(init=False)
    services: dict[str, AsyncExitStack] = field(default_factory=dict)

    async def stop(self, name: str) -> None:
        """Take one service away."""
        await self.services[name].aclose()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection, for what no ordinary client would send."""
        address = urlsplit(self.url)
        return await asyncio.open_connection(address.hostname, address.port)

    async def exchange(self, request: bytes) -> Answer:
        """Send raw bytes and read one answer."""
        reader, writer = await self.connect()
        try:
            writer.write(request)
            await writer.drain()
            return await read_answer(reader)
        finally:
            writer.close()


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error of the envelope."""
        content: dict[str, Any] = orjson.loads(self.body)
        error: dict[str, Any] = content["error"]
        return error


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer that declares its length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split(" ")[1]), headers, body)


@asynccontextmanager
async def running_hub(
    *,
    failing: frozenset[str] = frozenset(),
    run_wait_seconds: float = 60,
    accounts: Accounts | None = None,
    base_url: str = BASE,
    trusted_proxies: tuple[str, ...] = (),
) -> AsyncIterator[Hub]:
    """A hub with nothing in it. The services in `failing` fail their health checks."""
    hub = Hub(accounts=accounts or Accounts())
    registrations = {
        "accounts": lambda s: add_AccountServiceServicer_to_server(hub.accounts, s),
        "assets": lambda s: add_AssetServiceServicer_to_server(hub.assets, s),
        "providers": lambda s: add_ProviderServiceServicer_to_server(hub.providers, s),
        "skills": lambda s: add_SkillServiceServicer_to_server(hub.skills, s),
    }
    async with AsyncExitStack() as stack:
        channels: dict[str, grpc.aio.Channel] = {}
        for name, register in registrations.items():
            service = server.Service(name, SERVICES[name], register, _check(name in failing))
            hub.services[name] = await stack.enter_async_context(AsyncExitStack())
            address = await hub.services[name].enter_async_context(
                server.serving(service, "127.0.0.1:0", token=TOKEN)
            )
            channels[name] = await stack.enter_async_context(channel(address, token=TOKEN))
        config = Config(
            public_base_url=base_url,
            max_upload_bytes=MAX_UPLOAD_BYTES,
            allowed_content_types=("image/png", "image/jpeg", "image/png"),
            run_wait_seconds=run_wait_seconds,
            trusted_proxies=tuple(map(ip_network, trusted_proxies)),
        )
        stubs = Stubs.over(channels)
        hub.revocations = Revocations(stubs.accounts)
        await stack.enter_async_context(hub.revocations.kept())
        authenticator = Authenticator(stubs.accounts, TOKENS, hub.revocations)
        hub.app = create_app(stubs, config, authenticator)
        listener = await stack.enter_async_context(listening("127.0.0.1", 0))
        await stack.enter_async_context(serving(hub.app, listener))
        hub.url = listener.url
        yield hub


def _check(fails: bool) -> Any:
    async def check() -> None:
        if fails:
            raise RuntimeError("the database is gone")

    return check


@asynccontextmanager
async def client_of(hub: Hub, key: str | None = API_KEY) -> AsyncIterator[httpx.AsyncClient]:
    """An ordinary client; without `key` an anonymous one."""
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=hub.url, headers=headers, timeout=30) as client:
        yield client


def error_of(response: httpx.Response) -> dict[str, Any]:
    """The error of the envelope, checked to be one."""
    content = response.json()
    assert set(content) == {"error"}
    error: dict[str, Any] = content["error"]
    assert {"code", "message", "traceId", "status"} <= set(error)
    assert error["status"] == response.status_code
    assert len(error["traceId"]) == 32
    assert response.headers["content-type"] == "application/json"
    return error
