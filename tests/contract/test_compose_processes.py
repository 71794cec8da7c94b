"""Dockerfile and docker-compose.yml: commands and health checks, run as they stand there."""

import asyncio
import os
import signal
import sys
import urllib.request
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.compose import environment, instruction, services
from tests.conftest import free_port

NEKOHUB = Path(sys.executable).with_name("nekohub")
PATH = {"PATH": os.environ["PATH"]}


async def healthy(check: Sequence[str], variables: Mapping[str, str]) -> bool:
    """What a health check says."""
    program, *arguments = check
    assert program == "python"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=variables, stderr=PIPE
    )
    await process.communicate()
    return process.returncode == 0


async def started(command: Sequence[str], variables: Mapping[str, str]) -> Process:
    """A process of ours, once it says that it is ready."""
    process = await asyncio.create_subprocess_exec(NEKOHUB, *command, env=variables, stdout=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert b"ready" in await process.stdout.readline()
    return process


async def stopped(process: Process) -> int:
    """The exit code after SIGTERM, within the time that compose grants."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        return await process.wait()


async def test_the_image_serves_a_healthy_hub(tmp_path: Path) -> None:
    variables = PATH | {"NEKOHUB_PORT": str(free_port()), "NEKOHUB_DATA_DIR": str(tmp_path)}
    check = instruction("HEALTHCHECK")
    hub = await started(instruction("CMD"), variables)
    try:
        assert await healthy(check, variables)
    finally:
        assert await stopped(hub) == 0
    assert not await healthy(check, variables)


async def test_a_gateway_without_its_services_is_not_healthy() -> None:
    service = services()["gateway"]
    port = str(free_port())
    nobody = {name: "127.0.0.1:1" for name in service["environment"] if name.endswith("_ADDRESS")}
    variables = PATH | environment(service) | nobody | {"NEKOHUB_PORT": port}
    gateway = await started(service["command"], variables)
    try:
        live = f"http://127.0.0.1:{port}/health/live"
        await asyncio.to_thread(urllib.request.urlopen, live, timeout=10)
        assert not await healthy(instruction("HEALTHCHECK"), variables)
    finally:
        assert await stopped(gateway) == 0


async def test_a_service_is_healthy_while_it_serves(postgres_url: str) -> None:
    service = services()["accounts"]
    elsewhere = {
        "NEKOHUB_LISTEN": f"0.0.0.0:{free_port()}",
        "NEKOHUB_DATABASE_URL": postgres_url,
    }
    variables = PATH | environment(service) | elsewhere
    kind, *check = service["healthcheck"]["test"]
    assert kind == "CMD"
    accounts = await started(service["command"], variables)
    try:
        assert await healthy(check, variables)
    finally:
        assert await stopped(accounts) == 0
    assert not await healthy(check, variables)
