"""The long form: kills, prints a table for each backend, ends with 1 if a promise was broken."""

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
from functools import partial
from pathlib import Path

from tests.chaos.blows import embedded_blows, scaled_blows
from tests.chaos.play import played
from tests.chaos.verdict import Verdict

PLANS = {"sqlite": embedded_blows, "postgres": scaled_blows}


async def _played(backend: str, kills: int, seed: int, folder: Path) -> Verdict:
    return await played(backend, folder, partial(PLANS[backend], kills), seed)


def main() -> int:
    """Reads the command line, plays, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="on each backend")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--backend", choices=[*PLANS, "both"], default="both")
    options = parser.parse_args()
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("tests.chaos").setLevel(logging.INFO)
    backends = list(PLANS) if options.backend == "both" else [options.backend]
    code = 0
    for backend in backends:
        folder = Path(tempfile.mkdtemp(prefix=f"nekohub-chaos-{backend}-"))
        print(f"{backend}: seed {options.seed}, logs in {folder}", file=sys.stderr, flush=True)
        verdict = asyncio.run(_played(backend, options.kills, options.seed, folder))
        print(f"{verdict}\n", flush=True)
        code = code or int(bool(verdict.faults))
    return code


if __name__ == "__main__":
    sys.exit(main())
