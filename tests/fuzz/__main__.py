"""The long form: sends requests, prints what came of them, ends with 1 if an answer was wrong."""

import argparse
import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path

from gateway.routes.table import TABLE
from tests.e2e.hub_process import running_hub
from tests.fuzz.play import Found, played


async def _played(requests: int, seed: int, folder: Path) -> Found:
    async with running_hub(folder / "hub") as hub:
        return await played(hub, TABLE, requests, seed)


def main() -> int:
    """Reads the command line, plays, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nekohub-fuzz-"))
    print(f"seed {options.seed}, log in {folder}", file=sys.stderr, flush=True)
    begun = time.monotonic()
    found = asyncio.run(_played(options.requests, options.seed, folder))
    print(f"{options.requests} requests in {time.monotonic() - begun:.0f} s: {found}", flush=True)
    return int(bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
