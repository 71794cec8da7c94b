"""Whether lists and searches stay fast as assets grow in number, on SQLite and on Postgres."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bench import postgres
from bench.hub import Hub, running
from bench.scale import Scale
from bench.table import Goal, Row
from services.assets.listing import Listing
from services.assets.model import Asset, Text
from services.assets.rows import values_of
from services.assets.store import AssetStore
from services.assets.tables import asset
from services.chassis import database, migrations
from services.chassis.database import Database
from services.settings import Settings

RARE_WORD = "quokka"
PAGE = 20
BATCH = 5000
REPEATS = 31
START = datetime(2026, 1, 1, tzinfo=UTC)
GOAL = Goal(1.5, 1.1, "×", more_is_better=False)
RARE_TYPE, USUAL_TYPE = "image/avif", "image/jpeg"
FIRST_LETTERS = "ha"
"""Of the name of every eighth asset."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A hub that has so many assets, and its store."""

    hub: Hub
    store: AssetStore
    cursor: str
    """Where the last page begins."""

    async def page(self) -> None:
        """Reads the last page over HTTP."""
        found = await self.hub.data("GET", f"/assets?pageSize={PAGE}&cursor={self.cursor}")
        assert len(found["items"]) == PAGE
        assert found["nextCursor"] is None

    async def search(self) -> None:
        """Searches over HTTP."""
        found = await self.hub.data("GET", f"/assets?pageSize={PAGE}&query={RARE_WORD}")
        assert found["total"] == 3

    async def of_type(self) -> None:
        """Lists a rare type over HTTP."""
        found = await self.hub.data("GET", f"/assets?pageSize={PAGE}&contentType={RARE_TYPE}")
        assert found["total"] == 3

    async def named(self) -> None:
        """Searches for first letters over HTTP."""
        found = await self.hub.data("GET", f"/assets?pageSize={PAGE}&query={FIRST_LETTERS}")
        assert len(found["items"]) == PAGE

    async def search_in_type(self) -> None:
        """Searches among the most frequent type over HTTP."""
        path = f"/assets?pageSize={PAGE}&query={RARE_WORD}&contentType={USUAL_TYPE}"
        assert (await self.hub.data("GET", path))["total"] == 0

    async def stored_page(self) -> None:
        """Reads the last page without a hub."""
        await self.store.page(Listing(page_token=self.cursor))

    async def stored_search(self) -> None:
        """Searches without a hub."""
        await self.store.page(Listing(query=RARE_WORD))

    async def stored_of_type(self) -> None:
        """Lists a rare type without a hub."""
        await self.store.page(Listing(content_type=RARE_TYPE))

    async def stored_search_in_type(self) -> None:
        """Searches among the most frequent type without a hub."""
        await self.store.page(Listing(query=RARE_WORD, content_type=USUAL_TYPE))

    async def stored_named(self) -> None:
        """Searches for first letters without a hub."""
        await self.store.page(Listing(query=FIRST_LETTERS))


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of lists and searches, many assets ÷ few."""
    rows = await _compared("SQLite", scale, {n: (folder / str(n), {}) for n in _counts(scale)})
    with postgres.server(folder / "postgres") as server:
        places = {}
        for count in _counts(scale):
            url = postgres.new_database(server, f"bench_{count}")
            places[count] = (folder / f"postgres-{count}", {"NEKOHUB_DATABASE_URL": url})
        return rows + await _compared("Postgres", scale, places)


def _counts(scale: Scale) -> tuple[int, int]:
    return scale.few_assets, scale.many_assets


async def _compared(
    kind: str, scale: Scale, places: Mapping[int, tuple[Path, dict[str, str]]]
) -> list[Row]:
    for count, (folder, settings) in places.items():
        await prepare(folder, settings, count)
    few, many = _counts(scale)
    async with (
        _grown(*places[few], few) as small,
        _grown(*places[many], many) as large,
    ):
        reads = {
            "last keyset page": (
                (small.page, large.page), (small.stored_page, large.stored_page)),
            "search for a rare word": (
                (small.search, large.search), (small.stored_search, large.stored_search)),
            "rare word in the usual type": (
                (small.search_in_type, large.search_in_type),
                (small.stored_search_in_type, large.stored_search_in_type)),
            "first letters of a name": (
                (small.named, large.named), (small.stored_named, large.stored_named)),
            "list of a rare type": (
                (small.of_type, large.of_type), (small.stored_of_type, large.stored_of_type)),
        }  # fmt: skip
        return [
            await _row(f"{what}, {many:,} assets, {kind}", few, *pairs)
            for what, pairs in reads.items()
        ]


Read = Callable[[], Awaitable[None]]


async def _row(what: str, few: int, served: tuple[Read, Read], stored: tuple[Read, Read]) -> Row:
    floor, value = await _medians(*served)
    alone = await _medians(*stored)
    return Row(
        what,
        value,
        "ms",
        floor=floor,
        judged=value / floor,
        goal=GOAL,
        note=f"floor: with {few:,}; the store alone: {alone[1]:.2f} and {alone[0]:.2f} ms",
    )


async def _medians(small: Read, large: Read) -> tuple[float, float]:
    times: dict[Read, list[float]] = {small: [], large: []}
    for number in range(REPEATS + 1):
        for read, found in times.items():
            before = time.perf_counter()
            await read()
            if number:  # the first pays for what is compiled or opened on first use
                found.append((time.perf_counter() - before) * 1000)
    return statistics.median(times[small]), statistics.median(times[large])


@asynccontextmanager
async def _grown(folder: Path, settings: dict[str, str], count: int) -> AsyncIterator[Grown]:
    async with (
        running(folder, settings) as hub,
        database.opened(_url(folder, settings), "assets") as opened,
    ):
        before_last = await hub.data("GET", f"/assets?pageSize={PAGE}&page={count // PAGE - 1}")
        yield Grown(hub, AssetStore(opened), before_last["nextCursor"])


def _url(folder: Path, settings: dict[str, str]) -> str:
    given = Settings(data_dir=folder, database_url=settings.get("NEKOHUB_DATABASE_URL"))
    return given.database_url_of("assets")


async def prepare(folder: Path, settings: dict[str, str], count: int) -> None:
    """Makes the database of a hub with so many assets, whose files are nowhere."""
    url = _url(folder, settings)
    await migrations.upgrade(url, "assets", "services.assets")
    async with database.opened(url, "assets") as opened:
        await _fill(opened, count)
    if settings:
        await asyncio.to_thread(postgres.tidied, url, "assets")


async def _fill(opened: Database, count: int) -> None:
    assets = _assets(count)
    for _ in range(0, count, BATCH):
        batch = [values_of(item) for item in islice(assets, BATCH)]
        await opened.write(partial(_add, rows=batch))


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(asset), rows)


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
            content_type=RARE_TYPE if rare else USUAL_TYPE,
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
