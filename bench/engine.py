"""The engine: how soon it starts, and how close it comes to the ideal schedule."""

import asyncio
import math
import statistics
import time
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import ai
from bench.hub import Hub, running
from bench.pictures import photograph
from bench.scale import Scale
from bench.starts import connected
from bench.table import Goal, Row

IN_FLIGHT = 32
CALLS_PER_ASSET = 3
CALL_SECONDS = 0.2
POLL_SECONDS = 0.1
END_SECONDS = 120.0
STARTED = Goal(500, 100, "ms", more_is_better=False)
OVERHEAD = Goal(15, 5, "%", more_is_better=False)
SETTINGS = {
    "NEKOHUB_PROVIDER_CONCURRENCY": str(IN_FLIGHT),
    "NEKOHUB_WORKER_CONCURRENCY": str(IN_FLIGHT),
}


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of the engine, with an AI endpoint that takes 200 ms for each call."""
    async with ai.running(CALL_SECONDS) as endpoint, running(folder / "engine", SETTINGS) as hub:
        await _connect(hub, endpoint)
        return [
            *await _hand_overs(hub, scale),
            await _schedule(hub, scale),
        ]


async def _connect(hub: Hub, endpoint: str) -> None:
    profile = {
        "name": "bench",
        "apiBaseUrl": endpoint,
        "apiKey": "sk-bench",
        "modelName": "bench",
        "isActive": True,
    }
    await hub.data("POST", "/system/ai/providers", json=profile)


async def _hand_overs(hub: Hub, scale: Scale) -> list[Row]:
    waits = []
    for number in range(scale.hand_overs):
        asset = await hub.upload(photograph(320, 240, number), enrich=True)
        answered = time.time()
        execution = await _finished(hub, asset["id"])
        first = min(_seconds(step["startedAtUtc"]) for step in execution["steps"])
        waits.append(max(0.0, first - answered) * 1000)
    waits.sort()
    figures = {"p50": statistics.median(waits), "p99": waits[math.ceil(len(waits) * 0.99) - 1]}
    return [
        Row(
            f"upload answered to first step started, {name}",
            value,
            "ms",
            judged=value,
            goal=STARTED,
            note=f"{len(waits)} uploads, one after the other",
        )
        for name, value in figures.items()
    ]


async def _schedule(hub: Hub, scale: Scale) -> Row:
    assets = [
        await hub.upload(photograph(320, 240, 1000 + number))
        for number in range(scale.scheduled_assets)
    ]
    waiting = deque(f"/assets/{asset['id']}/skills/enrich/run" for asset in assets)

    async def start() -> None:
        async with connected(hub.url) as connection:
            while waiting:
                await connection.start(waiting.popleft())

    before = time.time()
    await asyncio.gather(*(start() for _ in range(IN_FLIGHT)))
    # The last first: to look at each while others run would be load that nobody asked for.
    ends = [
        _seconds((await _finished(hub, asset["id"]))["completedAtUtc"])
        for asset in reversed(assets)
    ]
    took = max(ends) - before
    calls = len(assets) * CALLS_PER_ASSET
    ideal = math.ceil(calls / IN_FLIGHT) * CALL_SECONDS
    overhead = (took / ideal - 1) * 100
    return Row(
        f"{len(assets)} assets × {CALLS_PER_ASSET} calls of 200 ms, {IN_FLIGHT} in flight",
        took,
        "s",
        floor=ideal,
        judged=overhead,
        goal=OVERHEAD,
        note="from the first start to the last end; floor: the ideal schedule",
    )


async def _finished(hub: Hub, asset_id: str) -> dict[str, Any]:
    """Waits for an asset's latest execution; raises when a step of it failed."""
    async with asyncio.timeout(END_SECONDS):
        while True:
            asset = await hub.data("GET", f"/assets/{asset_id}")
            execution: dict[str, Any] | None = asset["latestExecutionSummary"]
            if execution and execution["completedAtUtc"]:
                if not execution["succeeded"]:
                    raise RuntimeError(f"an execution failed: {execution['steps']}")
                return execution
            await asyncio.sleep(POLL_SECONDS)


def _seconds(timestamp: str) -> float:
    return datetime.fromisoformat(timestamp).timestamp()
