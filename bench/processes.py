"""What processes use, as Linux tells it in /proc."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.02


def tree(root: int) -> list[int]:
    """A process and all that came from it."""
    found = [root]
    for pid in found:
        with suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu_seconds(root: int) -> float:
    """CPU time that a tree has used so far, both user and system."""
    ticks = 0
    for pid in tree(root):
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS


def memory_mb(root: int) -> float:
    """Memory of a tree in MB, what is shared counted once."""
    kilobytes = 0
    for pid in tree(root):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
    return kilobytes / 1000


class Peak:
    """The highest memory seen, in MB."""

    def __init__(self, root: int) -> None:
        """Takes the root of the tree to look at."""
        self._root = root
        self.base = memory_mb(root)
        self.mb = self.base

    async def watch(self) -> None:
        """Looks until it is cancelled."""
        while True:
            self.mb = max(self.mb, await asyncio.to_thread(memory_mb, self._root))
            await asyncio.sleep(SAMPLE_SECONDS)

    @property
    def growth(self) -> float:
        """MB over the start."""
        return self.mb - self.base


@asynccontextmanager
async def watched(root: int) -> AsyncIterator[Peak]:
    """Watches a tree's memory while the block runs."""
    peak = Peak(root)
    task = asyncio.create_task(peak.watch())
    try:
        yield peak
    finally:
        task.cancel()
        await asyncio.wait([task])


def pin(pid: int, core: int) -> None:
    """Keeps a tree on one core. A machine with one core has nothing to choose."""
    cores = sorted(os.sched_getaffinity(0))
    for member in tree(pid):
        for thread in Path(f"/proc/{member}/task").iterdir():
            with suppress(OSError):
                os.sched_setaffinity(int(thread.name), {cores[core % len(cores)]})


def unpin(pid: int) -> None:
    """Gives a tree all cores back."""
    cores = os.sched_getaffinity(0)
    for member in tree(pid):
        for thread in Path(f"/proc/{member}/task").iterdir():
            with suppress(OSError):
                os.sched_setaffinity(int(thread.name), cores)
