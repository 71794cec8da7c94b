"""Starting, and doing nothing."""

import asyncio
import statistics
from pathlib import Path

from bench.hub import running
from bench.processes import cpu_seconds, memory_mb
from bench.scale import Scale
from bench.table import Goal, Row

START = Goal(4, 2, "s", more_is_better=False)
IDLE = Goal(5, 1, "%", more_is_better=False)
SETTLE_SECONDS = 5.0
"""What a start leaves to do is not idleness."""


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of the start, of idle CPU and idle memory."""
    first: list[float] = []
    again: list[float] = []
    for number in range(scale.starts):
        for times in (first, again):
            async with running(folder / f"start-{number}") as hub:
                times.append(hub.started_in)
    async with running(folder / "idle") as hub:
        await asyncio.sleep(SETTLE_SECONDS)
        before = cpu_seconds(hub.pid)
        await asyncio.sleep(scale.idle_seconds)
        used = (cpu_seconds(hub.pid) - before) / scale.idle_seconds * 100
        memory = memory_mb(hub.pid)
    return [
        _start("`nekohub serve` to ready, empty data folder", first),
        _start("`nekohub serve` to ready, again", again),
        Row(
            "idle CPU of the embedded hub",
            used,
            "% of a core",
            judged=used,
            goal=IDLE,
            note=f"over {scale.idle_seconds:.0f} s",
        ),
        Row("idle memory of the embedded hub", memory, "MB"),
    ]


def _start(what: str, times: list[float]) -> Row:
    value = statistics.median(times)
    return Row(what, value, "s", judged=value, goal=START, note=f"median of {len(times)}")
