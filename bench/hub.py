"""A hub of its own for the bench: real processes, a temporary data folder."""

import asyncio
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

API_KEY = "bench-key-of-at-least-sixteen-characters"
READY_SECONDS = 60.0
POLL_SECONDS = 0.005
HEADERS = {"Authorization": f"Bearer {API_KEY}"}


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub that answers."""

    process: Process
    url: str
    client: httpx.AsyncClient
    started_in: float
    """Seconds from the start of the process until it said that it is ready."""

    @property
    def pid(self) -> int:
        """The root of its processes."""
        return self.process.pid

    async def data(self, method: str, path: str, **request: Any) -> Any:
        """Calls a route of `/api/v1` and gives the answer's data. Raises on any error status."""
        answer = await self.client.request(method, f"/api/v1{path}", **request)
        answer.raise_for_status()
        return answer.json()["data"]

    async def upload(self, picture: bytes, *, enrich: bool = False, name: str = "bench") -> Any:
        """Stores a picture and gives the asset."""
        return await self.data(
            "POST",
            "/assets",
            files={"file": (f"{name}.jpg", picture, "image/jpeg")},
            data={"runEnrichment": str(enrich).lower()},
        )


@asynccontextmanager
async def running(data_dir: Path, settings: Mapping[str, str] | None = None) -> AsyncIterator[Hub]:
    """Starts `nekohub serve`, waits until it is ready, and ends it afterwards."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    own = {"NEKOHUB_DATA_DIR": str(data_dir), "NEKOHUB_PORT": str(port), **(settings or {})}
    before = time.perf_counter()
    async with (
        served("all", data_dir / "hub.log", own) as process,
        httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=httpx.Timeout(300)) as client,
    ):
        await answering(process, client, "/health/ready")
        yield Hub(process, url, client, time.perf_counter() - before)


@asynccontextmanager
async def served(part: str, log: Path, settings: Mapping[str, str]) -> AsyncIterator[Process]:
    """Starts `nekohub serve PART`, with no settings but these, and ends it afterwards.

    What goes wrong meanwhile is told together with the end of its log.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("NEKOHUB_")}
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).parent / "nekohub"),
            "serve",
            part,
            stdout=output,
            stderr=output,
            env={
                **inherited,
                "NEKOHUB_API_KEYS": API_KEY,
                "NEKOHUB_LOCAL_MODELS": "off",
                **settings,
            },
        )
    try:
        yield process
    except Exception as error:
        error.add_note(f"the log of {part} ends with:\n{log.read_text()[-4000:]}")
        raise
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def answering(process: Process, client: httpx.AsyncClient, path: str) -> None:
    """Waits until a GET is answered with 200."""
    until = time.perf_counter() + READY_SECONDS
    while time.perf_counter() < until and process.returncode is None:
        try:
            if (await client.get(path)).status_code == 200:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(POLL_SECONDS)
    raise RuntimeError(f"there was no answer at {path}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
