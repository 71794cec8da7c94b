"""The first request for a thumbnail: reading, decoding, encoding, keeping and answering."""

import asyncio
import statistics
import time
from pathlib import Path

from bench.hub import running
from bench.pictures import photograph
from bench.scale import Scale
from bench.table import Row
from services.chassis.pixels.pool import PixelPool
from services.chassis.pixels.presets import thumbnail_256

SIZE = (4000, 3000)
MAX_PIXELS = 50_000_000


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """One row: the first hit through the hub, beside the bare pixel work in a warm process."""
    pictures = [
        await asyncio.to_thread(photograph, *SIZE, seed) for seed in range(scale.thumbnails + 1)
    ]
    source, target = folder / "12mp.jpg", folder / "12mp.webp"
    source.write_bytes(pictures[0])
    ours: list[float] = []
    floor: list[float] = []
    async with running(folder / "thumbnails") as hub, PixelPool(size=1) as pool:
        for picture in pictures:
            asset = await hub.upload(picture)
            before = time.perf_counter()
            path = f"/api/v1/assets/{asset['id']}/derivatives/thumbnail_256/content"
            answer = await hub.client.get(path, follow_redirects=True)
            ours.append(time.perf_counter() - before)
            answer.raise_for_status()
            before = time.perf_counter()
            await pool.run(thumbnail_256, source, target=str(target), max_pixels=MAX_PIXELS)
            floor.append(time.perf_counter() - before)
    # The first of each pays for the start of a decoder process.
    value, best = (statistics.median(every[1:]) * 1000 for every in (ours, floor))
    return [
        Row(
            "first hit of the thumbnail of a 12-megapixel JPEG",
            value,
            "ms",
            floor=best,
            note=f"{value / best:.2f} × the floor, the bare pixel work",
        )
    ]
