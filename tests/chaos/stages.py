"""The two ways to run a hub, each with processes that can be killed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import httpx

from services import settings
from services.settings import Settings
from tests.chaos.kept import Child, Kept, kept
from tests.conftest import free_port, own_s3
from tests.e2e.hub_process import SKILLS, Client, command
from tests.e2e.own_postgres import own_postgres
from tests.e2e.scaled import API_KEY, SERVICES, described

EXECUTING = frozenset({"hub", "skills", "worker-1", "worker-2"})
"""The processes that run steps."""
SERVERS = ("postgres", "s3")
"""What a hub of many processes stands on."""


class Server(Protocol):
    """What a hub stands on."""

    def crash(self) -> None:
        """Ends it without any goodbye."""

    def start(self) -> None:
        """Starts it again, with all that it has stored."""


@dataclass(frozen=True)
class Stage:
    """A hub whose processes are kept."""

    name: str
    url: str
    kept: Mapping[str, Kept]
    children: Mapping[str, Child]
    servers: Mapping[str, Server]
    settings: Settings
    """Where its databases and objects are."""

    def client(self) -> Client:
        """A REST client with the key."""
        return Client(self.url, {"Authorization": f"Bearer {API_KEY}"})

    async def ready(self) -> None:
        """Waits until every process has said that it is, and the gateway has found them all."""
        for each in self.kept.values():
            await each.ready()
        for child in self.children.values():
            await child.ready()
        while not await _serves(self.url):
            await asyncio.sleep(0.1)

    def strike(self, victim: str, number: int) -> None:
        """Sends a signal to a process."""
        (self.kept.get(victim) or self.children[victim]).strike(number)


async def _serves(url: str) -> bool:
    try:
        async with httpx.AsyncClient() as client:
            return (await client.get(f"{url}/health/ready")).is_success
    except httpx.TransportError:
        return False


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Stage]:
    """One hub with its child on SQLite and a folder."""
    port = free_port()
    data = folder / "hub"
    arguments = ("serve", "--port", str(port))
    hub = Kept("hub", partial(command, *arguments, folder=data, NEKOHUB_API_KEYS=API_KEY))
    url = f"http://127.0.0.1:{port}"

    async with kept([hub]) as processes:
        children = {"skills": Child(hub, SKILLS, partial(_serves, url))}
        where = settings.load(data_dir=data)
        yield Stage("sqlite", url, processes, children, {}, where)


@asynccontextmanager
async def scaled(folder: Path) -> AsyncIterator[Stage]:
    """Each part a process, two workers, on Postgres and S3."""
    with ExitStack() as stack:
        postgres = stack.enter_context(own_postgres())
        s3 = stack.enter_context(own_s3())
        port = free_port()
        hub = described(
            folder,
            postgres.url,
            s3.server,
            NEKOHUB_PORT=str(port),
            NEKOHUB_WORKER_CONCURRENCY="16",
        )
        parts = [
            Kept(name, partial(hub.spawned, name))
            for name in (*SERVICES, "gateway", "worker-1", "worker-2")
        ]
        async with kept(parts) as processes:
            where = settings.load(
                database_url=postgres.url,
                storage="s3",
                s3_endpoint=f"http://{s3.server.endpoint}",
                s3_access_key=s3.server.access_key,
                s3_secret_key=s3.server.secret_key,
                s3_bucket=hub.settings["NEKOHUB_S3_BUCKET"],
            )
            servers: dict[str, Server] = {"postgres": postgres, "s3": s3}
            yield Stage("postgres", f"http://127.0.0.1:{port}", processes, {}, servers, where)


STAGES: Mapping[str, Callable[[Path], AbstractAsyncContextManager[Stage]]] = {
    "sqlite": embedded,
    "postgres": scaled,
}
