"""Runs every measurement, prints one table, and writes it as JSON under bench/results."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import calls, console, engine, growth, lifecycle, reads, thumbnails, uploads
from bench.scale import FULL, QUICK, Scale
from bench.table import Row, printed, written

RESULTS = Path(__file__).parent / "results"
MEASUREMENTS: dict[str, Callable[[Scale, Path], Awaitable[list[Row]]]] = {
    "lifecycle": lifecycle.measure,
    "reads": reads.measure,
    "uploads": uploads.measure,
    "thumbnails": thumbnails.measure,
    "engine": engine.measure,
    "calls": calls.measure,
    "growth": growth.measure,
    "console": console.measure,
}


async def measured(names: list[str], scale: Scale) -> list[Row]:
    """The rows of the measurements named, each in a temporary folder of its own."""
    rows: list[Row] = []
    for name in names:
        print(f"measuring {name}…", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="nekohub-bench-") as folder:
            rows += await MEASUREMENTS[name](scale, Path(folder))
    return rows


def main() -> None:
    """Reads the command line and prints the table."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="a short run: shows that all works")
    options = parser.parse_args()
    if unknown := set(options.names) - MEASUREMENTS.keys():
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    scale = QUICK if options.quick else FULL
    rows = asyncio.run(measured(options.names or list(MEASUREMENTS), scale))
    print(printed(rows))
    print(f"\nwritten to {written(rows, RESULTS, quick=options.quick)}", file=sys.stderr)


if __name__ == "__main__":
    main()
