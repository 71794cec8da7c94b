"""The gateway and the assets service as processes of their own, to tell their memory apart."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.hub import HEADERS, answering, free_port, served

TOKEN = "bench-internal-token-0123456789ab"
SERVICES = ("accounts", "assets")
"""What an upload needs that starts no skill."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A gateway that answers, and the service behind it."""

    url: str
    gateway: int
    """Its process id."""
    assets: int
    """Its process id."""


@asynccontextmanager
async def running(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Parts]:
    """Starts the gateway, accounts and assets, and ends them afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    addresses = {name: f"127.0.0.1:{free_port()}" for name in SERVICES}
    shared = {
        "NEKOHUB_DATA_DIR": str(folder),
        "NEKOHUB_PORT": str(port),
        "NEKOHUB_INTERNAL_TOKEN": TOKEN,
        "NEKOHUB_JWT_SECRET": TOKEN,
        **{f"NEKOHUB_{name.upper()}_ADDRESS": address for name, address in addresses.items()},
        **settings,
    }
    async with AsyncExitStack() as stack:
        services = {
            name: await stack.enter_async_context(
                served(name, folder / f"{name}.log", shared | {"NEKOHUB_LISTEN": address})
            )
            for name, address in addresses.items()
        }
        gateway = await stack.enter_async_context(served("gateway", folder / "gateway.log", shared))
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=HEADERS))
        await answering(gateway, client, "/api/v1/assets?pageSize=1")
        yield Parts(url, gateway.pid, services["assets"].pid)
