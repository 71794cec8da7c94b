"""Reads under load: one asset with all it has, and a list."""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bench import constant, load
from bench.hub import HEADERS, Hub, free_port, running
from bench.pictures import photograph
from bench.processes import pin
from bench.scale import Scale
from bench.seed import furnished
from bench.table import Goal, Row

CONNECTIONS = 16
SERVER_CORE, LOAD_CORE = 0, 1
DETAIL = f"`GET /assets/{{id}}`, 5 results, 5 derivatives, c = {CONNECTIONS}"
LIST = f"`GET /assets?pageSize=20`, c = {CONNECTIONS}"


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of the reads, and the floor beside them."""
    async with running(folder / "reads") as hub, _constant() as floor:
        # Of 16 requests for one asset, a hub that asks for all at once would read it once.
        details = [await furnished(hub, folder / "reads") for _ in range(CONNECTIONS)]
        await _fill(hub, scale.listed_assets)
        pin(hub.pid, SERVER_CORE)
        urls = {
            "floor": [floor] * CONNECTIONS,
            "detail": [f"{hub.url}/api/v1/assets/{each}" for each in details],
            "list": [f"{hub.url}/api/v1/assets?pageSize=20"] * CONNECTIONS,
        }
        found = await _interleaved(urls, scale)
    floor_rate = found["floor"]["perSecond"]
    ratio = found["detail"]["perSecond"] / floor_rate * 100
    return [
        Row(
            DETAIL,
            found["detail"]["perSecond"],
            "req/s",
            floor=floor_rate,
            judged=ratio,
            goal=Goal(30, 45, "%"),
            note=_latency(found["detail"]) + "; floor: a constant through gRPC",
        ),
        Row(
            LIST,
            found["list"]["perSecond"],
            "req/s",
            floor=floor_rate,
            note=_latency(found["list"]),
        ),
    ]


async def _interleaved(urls: dict[str, list[str]], scale: Scale) -> dict[str, dict[str, float]]:
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in urls}
    for each in urls.values():  # what is compiled or cached on first use is not the point
        await load.measured(each, HEADERS, seconds=0.5, core=LOAD_CORE)
    for _ in range(scale.rounds):
        for name, each in urls.items():
            rounds[name].append(
                await load.measured(each, HEADERS, seconds=scale.load_seconds, core=LOAD_CORE)
            )
    return {
        name: {key: statistics.median(one[key] for one in every) for key in every[0]}
        for name, every in rounds.items()
    }


async def _fill(hub: Hub, count: int) -> None:
    for seed in range(count):
        await hub.upload(photograph(320, 240, seed), name=f"listed-{seed}")


def _latency(found: dict[str, float]) -> str:
    return f"p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms, {found['bytes']:.0f} bytes"


@asynccontextmanager
async def _constant() -> AsyncIterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}{constant.PATH}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.constant", str(port)
    )
    try:
        async with httpx.AsyncClient() as client:
            while process.returncode is None:
                try:
                    (await client.get(url)).raise_for_status()
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.02)
        yield url
    finally:
        process.terminate()
        await process.wait()
