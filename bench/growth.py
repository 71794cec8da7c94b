"""Whether lists and searches stay fast as assets grow in number: the store alone, on SQLite."""

import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from services.chassis import migrations
from services.chassis.database import Database
from sqlalchemy import insert

from bench.scale import Scale
from bench.table import Goal, Row
from services.assets.listing import Listing
from services.assets.model import Asset, Text
from services.assets.rows import values_of
from services.assets.store import AssetStore
from services.assets.tables import asset

RARE_WORD = "quokka"
BATCH = 5000
REPEATS = 15
START = datetime(2026, 1, 1, tzinfo=UTC)
GOAL = Goal(1.5, 1.1, "×", more_is_better=False)


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of the last keyset page and of a search for a rare word, many assets ÷ few."""
    small = await _times(folder / "small.sqlite3", scale.few_assets)
    large = await _times(folder / "large.sqlite3", scale.many_assets)
    return [
        Row(
            f"{what}, {scale.many_assets:,} assets, SQLite",
            large[what],
            "ms",
            floor=small[what],
            judged=large[what] / small[what],
            goal=GOAL,
            note=f"floor: with {scale.few_assets:,} assets",
        )
        for what in small
    ]


async def _times(path: Path, count: int) -> dict[str, float]:
    url = f"sqlite:///{path}"
    await migrations.upgrade(url, "assets", "services.assets")
    async with database.opened(url, "assets") as opened:
        await _fill(opened, count)
        store = AssetStore(opened)
        early = await store.page(Listing(skip=count - 40))
        return {
            "last keyset page": await _median(store, Listing(page_token=early.next_page_token)),
            "search for a rare word": await _median(store, Listing(query=RARE_WORD)),
        }


async def _median(store: AssetStore, wanted: Listing) -> float:
    times = []
    for _ in range(REPEATS):
        before = time.perf_counter()
        page = await store.page(wanted)
        times.append((time.perf_counter() - before) * 1000)
        assert page.assets
    return statistics.median(times)


async def _fill(opened: Database, count: int) -> None:
    assets = _assets(count)
    for _ in range(0, count, BATCH):
        batch = [values_of(item) for item in islice(assets, BATCH)]
        async with opened.write() as connection:
            await connection.execute(insert(asset), batch)


def _assets(count: int) -> Iterator[Asset]:
    """So many assets, three of which are of a rare animal, however many there are."""
    words = ("harbour", "mountain", "tabby", "lantern", "bicycle", "orchard", "granite", "violin")
    for number in range(count):
        first, second = words[number % 8], words[number // 8 % 8]
        rare = number in (count // 5, count // 2, count - 50)
        name = f"{first}-{second}-{number}.jpg"
        created = START + timedelta(seconds=number)
        id_ = f"{number:08x}-0000-7000-8000-{number:012x}"
        yield Asset(
            id=id_,
            original_file_name=name,
            content_type="image/jpeg",
            size=1_000_000 + number * 7919 % 1_000_000,
            width=4000,
            height=3000,
            checksum_sha256=f"{number:064x}",
            storage_key=f"{created:%Y/%m/%d}/{id_}.jpg",
            is_public=True,
            description=Text(f"A {RARE_WORD if rare else first} beside a {second}."),
            alt_text=Text(f"{first} and {second}"),
            has_location=False,
            created_at=created,
            updated_at=created,
        )
