"""Every service as a process of its own, on a real Postgres and a real S3 server."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import S3Server
from tests.e2e.hub_process import PROGRAM, Client, command

API_KEY = "key-of-the-tests-0123456789"
ADMIN_PASSWORD = "password-of-the-tests"
SERVICES = ("accounts", "assets", "providers", "skills")


@dataclass
class Scaled:
    """The processes by name: the services, "gateway", and workers as they are named."""

    folder: Path
    settings: dict[str, str]
    url: str = ""
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    async def start(self, name: str, *, program: str = PROGRAM, **more: str) -> None:
        """Starts a part and waits until it says that it is ready.

        What follows a hyphen tells parts of one kind apart: "worker-2", "providers-2".
        """
        process = await self.spawned(name, program=program, **more)
        self.processes[name] = process
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        assert " is ready" in line, self.log(name)
        if name == "gateway":
            self.url = line.split()[-1]

    def address(self, name: str) -> str:
        """Where a service of this name listens: where the settings have it, if they do."""
        own = f"unix:{self.folder}/{name}.sock"
        return self.settings.get(f"NEKOHUB_{name.upper()}_ADDRESS", own)

    async def spawned(
        self, name: str, *, program: str = PROGRAM, **more: str
    ) -> asyncio.subprocess.Process:
        """A part that was started; nobody has waited for it, and its end is its caller's."""
        kind = name.partition("-")[0]
        part = ("worker",) if kind == "worker" else ("serve", kind)
        settings = self.settings | more
        if kind in SERVICES:
            settings["NEKOHUB_LISTEN"] = self.address(name)
        return await command(*part, folder=self.folder / name, program=program, **settings)

    def log(self, name: str) -> str:
        """What a part has logged."""
        return (self.folder / f"{name}.log").read_text()

    async def stop(self, name: str, number: int = signal.SIGTERM) -> int:
        """Sends a signal to a part and gives its exit code."""
        process = self.processes.pop(name)
        if process.returncode is None:
            process.send_signal(number)
        async with asyncio.timeout(20):
            return await process.wait()

    def client(self) -> Client:
        """A REST client with the key."""
        return Client(self.url, {"Authorization": f"Bearer {API_KEY}"})


def described(folder: Path, database_url: str, s3: S3Server, **settings: str) -> Scaled:
    """A hub of which no process has been started."""
    addresses = {
        f"NEKOHUB_{name.upper()}_ADDRESS": f"unix:{folder}/{name}.sock" for name in SERVICES
    }
    return Scaled(
        folder,
        {
            "NEKOHUB_INTERNAL_TOKEN": "internal-token-of-the-tests-0123456789",
            "NEKOHUB_SECRET_KEY": "secret-of-the-tests-0123456789abcdef",
            "NEKOHUB_JWT_SECRET": "another-secret-of-the-tests-0123456789",
            "NEKOHUB_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "NEKOHUB_API_KEYS": API_KEY,
            "NEKOHUB_DATABASE_URL": database_url,
            "NEKOHUB_STORAGE": "s3",
            "NEKOHUB_S3_ENDPOINT": f"http://{s3.endpoint}",
            "NEKOHUB_S3_ACCESS_KEY": s3.access_key,
            "NEKOHUB_S3_SECRET_KEY": s3.secret_key,
            "NEKOHUB_S3_BUCKET": "scaled",
            "NEKOHUB_PROVIDER_ALLOW_HOSTS": "loopback",
            "NEKOHUB_PORT": "0",
            "NEKOHUB_WORKER_CONCURRENCY": "4",
            **addresses,
            **settings,
        },
    )


@asynccontextmanager
async def scaled_hub(
    folder: Path, database_url: str, s3: S3Server, *, skills: str = PROGRAM, **settings: str
) -> AsyncIterator[Scaled]:
    """All services and the gateway; `skills` executes too, and workers can be added.

    Another program may stand for `skills`.
    """
    hub = described(folder, database_url, s3, **settings)
    try:
        async with asyncio.TaskGroup() as starting:
            for name in (*SERVICES, "gateway"):
                program = skills if name == "skills" else PROGRAM
                starting.create_task(hub.start(name, program=program))
        yield hub
    finally:
        for name in list(hub.processes):
            await hub.stop(name, signal.SIGKILL)
