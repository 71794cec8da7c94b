"""Kept thumbnails for assets that have no files: as many addresses, a few pictures."""

import asyncio
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import Connection, insert, select

from bench.pictures import photograph
from services.assets.model import THUMBNAIL, rendition_key
from services.assets.tables import asset, derivative
from services.chassis import database
from services.settings import Settings

DIFFERENT = 8
SIZE = (256, 192)
TYPE = "image/webp"


async def thumbnails(folder: Path) -> None:
    """Gives each asset of a hub in this folder a thumbnail, as if it had been made before."""
    pictures = [_picture(number) for number in range(DIFFERENT)]
    sizes = [len(each) for each in pictures]
    url = Settings(data_dir=folder).database_url_of("assets")
    async with database.opened(url, "assets") as opened:
        keys = await opened.write(lambda connection: _add(connection, sizes))
    await asyncio.to_thread(_link, folder / "objects", keys, pictures)


def _picture(seed: int) -> bytes:
    buffer = BytesIO()
    Image.open(BytesIO(photograph(*SIZE, seed=seed))).save(buffer, "WEBP", quality=80)
    return buffer.getvalue()


def _add(connection: Connection, sizes: list[int]) -> list[str]:
    owners = connection.execute(select(asset.c.id, asset.c.storage_key, asset.c.created_at)).all()
    rows = [
        {
            "asset_id": owner.id,
            "kind": THUMBNAIL,
            "content_type": TYPE,
            "size": sizes[number % DIFFERENT],
            "width": SIZE[0],
            "height": SIZE[1],
            "storage_key": rendition_key(owner.storage_key, THUMBNAIL, "0" * 64, "bench", TYPE),
            "checksum_sha256": f"{number:064x}",
            "execution_id": "bench",
            "created_at": owner.created_at,
        }
        for number, owner in enumerate(owners)
    ]
    connection.execute(insert(derivative), rows)
    return [row["storage_key"] for row in rows]


def _link(root: Path, keys: list[str], pictures: list[bytes]) -> None:
    root.mkdir(exist_ok=True)
    for number, picture in enumerate(pictures):
        (root / f"{number}.webp").write_bytes(picture)
    for number, key in enumerate(keys):
        path = root / key
        path.parent.mkdir(parents=True)
        path.hardlink_to(root / f"{number % DIFFERENT}.webp")
