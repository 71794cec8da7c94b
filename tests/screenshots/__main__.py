"""Fills a hub, looks at its pages, writes docs/screenshots/: those that README shows.

With --out it writes every page on every screen to that folder, as they are.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.e2e.browser.chromium import ABSENT, DARK, LIGHT, PHONE, executable, started
from tests.e2e.hub_process import running_hub
from tests.fakes import fake_openai
from tests.screenshots.stage import fill
from tests.screenshots.taking import Looking, Shot, take

SHOTS = (
    Shot("login", "/login", is_signed_in=False),
    Shot("assets", "/assets", shown=(LIGHT, DARK, PHONE)),
    Shot("asset", "/assets/{asset}", shown=(LIGHT,)),
    Shot("ai-providers", "/ai-providers", shown=(LIGHT,)),
    Shot("workflows", "/workflows", shown=(DARK,)),
    Shot("executions", "/executions"),
    Shot("users", "/users"),
    Shot("settings", "/settings"),
    Shot("gallery", "/gallery", shown=(LIGHT, PHONE), is_signed_in=False),
    Shot("gallery-asset", "/gallery/{public}", is_signed_in=False),
    Shot("docs", "/docs", is_signed_in=False),
)
"""Every page. README shows some of them on some screens; a path may name an asset."""
FOLDER = Path("docs/screenshots")


async def _taken(shots: Sequence[Shot], folder: Path, *, all_looks: bool) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="nekohub-screenshots-") as data:
        async with fake_openai() as fake, running_hub(Path(data, "hub")) as hub:
            stage = await fill(hub, fake)
            async with started() as browser:
                return await take(Looking(browser, hub, stage, folder, all_looks), shots)


def main() -> int:
    """Takes the pictures, and gives the exit code: 1 if a page did what it may not."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("--out", type=Path, help="where every page on every screen is written to")
    parser.add_argument("--only", default="", help="names of pages, parted by commas")
    options = parser.parse_args()
    names = {name for name in options.only.split(",") if name}
    if unknown := names - {shot.name for shot in SHOTS}:
        parser.error(f"there are no pages {', '.join(sorted(unknown))}")
    if executable() is None:
        print(ABSENT, file=sys.stderr)
        return 1
    shots = [shot for shot in SHOTS if not names or shot.name in names]
    folder = options.out or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    told = asyncio.run(_taken(shots, folder, all_looks=options.out is not None))
    print("\n".join([*told, f"the pictures are in {folder}"]), file=sys.stderr)
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main())
