"""Uploads of large files: how fast beside a plain copy, and how much memory they take."""

import asyncio
import statistics
from collections.abc import Callable
from pathlib import Path

from minio import Minio

from bench import parts
from bench.hub import Hub, running
from bench.objects import emptied, raw_file, raw_put, upload
from bench.pictures import incompressible
from bench.processes import watched
from bench.s3 import ACCESS_KEY, SECRET_KEY, weed
from bench.scale import Scale
from bench.table import Goal, Row

GOALS = {10: Goal(55, 70, "%"), 50: Goal(65, 85, "%")}
"""By the file's size in MB."""
GROWTH = {
    "gateway": Goal(32, 16, "MB", more_is_better=False),
    "assets": Goal(128, 64, "MB", more_is_better=False),
}
LIMITS = {"NEKOHUB_MAX_UPLOAD_BYTES": "60000000"}


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """Rows of the uploads."""
    files = {size: folder / f"{size}.png" for size in GOALS}
    for size, file in files.items():
        await asyncio.to_thread(incompressible, file, size)
    async with running(folder / "uploads", LIMITS) as hub:
        with emptied(folder / "raw") as raw:
            rows = await _against(hub, files, scale, "local disk", lambda file: raw_file(file, raw))
    rows += await _growth(files[50], scale, folder / "parts")
    async with weed(folder / "weed") as endpoint:
        client = Minio(endpoint, ACCESS_KEY, SECRET_KEY, secure=False, region="us-east-1")
        await asyncio.to_thread(client.make_bucket, "raw")
        settings = LIMITS | {
            "NEKOHUB_STORAGE": "s3",
            "NEKOHUB_S3_ENDPOINT": f"http://{endpoint}",
            "NEKOHUB_S3_ACCESS_KEY": ACCESS_KEY,
            "NEKOHUB_S3_SECRET_KEY": SECRET_KEY,
        }
        async with running(folder / "uploads-s3", settings) as hub:
            rows += await _against(
                hub, files, scale, "S3", lambda file: raw_put(client, "raw", file)
            )
    return rows


async def _against(
    hub: Hub, files: dict[int, Path], scale: Scale, where: str, raw: Callable[[Path], float]
) -> list[Row]:
    rows = []
    for size, file in files.items():
        floor: list[float] = []
        ours: list[float] = []
        await asyncio.to_thread(upload, hub.url, file)
        for _ in range(scale.upload_rounds):
            floor.append(await asyncio.to_thread(raw, file))
            ours.append(await asyncio.to_thread(upload, hub.url, file))
        rate, best = size / statistics.median(ours), size / statistics.median(floor)
        rows.append(
            Row(
                f"upload of {size} MB, {where}",
                rate,
                "MB/s",
                floor=best,
                judged=rate / best * 100 if where == "S3" else None,
                goal=GOALS[size] if where == "S3" else None,
                note="floor: one PUT of the file" if where == "S3" else "floor: write and fsync",
            )
        )
    return rows


async def _growth(file: Path, scale: Scale, folder: Path) -> list[Row]:
    count = scale.uploads_at_once
    async with parts.running(folder, LIMITS) as hub:
        # What is imported or taken on first use is not the growth of an upload.
        await asyncio.to_thread(upload, hub.url, file)
        async with watched(hub.gateway) as gateway, watched(hub.assets) as assets:
            await asyncio.gather(*(asyncio.to_thread(upload, hub.url, file) for _ in range(count)))
    return [
        Row(
            f"memory growth during {count} uploads of 50 MB at once, {name}",
            peak.growth,
            "MB",
            judged=peak.growth,
            goal=GROWTH[name],
            note=f"from {peak.base:.0f} MB, after one such upload",
        )
        for name, peak in (("gateway", gateway), ("assets", assets))
    ]
