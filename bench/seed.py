"""An asset with five results and five derivatives."""

from pathlib import Path

from bench.hub import Hub
from bench.pictures import photograph
from services.assets.model import Derivative, StructuredResult
from services.assets.renditions import RenditionStore
from services.assets.store import AssetStore
from services.chassis import database
from services.chassis.clock import now
from services.settings import Settings

COUNT = 5
SKILLS = ("thumbnail", "enrich")
"""Leave one derivative and three results."""
RESULTS = ("places", "people")
WIDTHS = (320, 640, 1280, 1920)
SIZE = (2400, 1600)
"""Pixels: wide enough for every rendition."""


async def furnished(hub: Hub, data_dir: Path) -> str:
    """Uploads a picture, gives it all that it is to have, and gives its id."""
    asset_id = str((await hub.upload(photograph(*SIZE)))["id"])
    for skill in SKILLS:
        ran = await hub.data("POST", f"/assets/{asset_id}/skills/{skill}/run", json={})
        if not ran["succeeded"]:
            raise RuntimeError(f"{skill} failed: {ran['steps']}")
    await _add(asset_id, data_dir)
    asset = await hub.data("GET", f"/assets/{asset_id}")
    found = len(asset["structuredResults"]), len(asset["derivatives"])
    if found != (COUNT, COUNT):
        raise RuntimeError(f"the asset has {found} results and derivatives")
    return asset_id


async def _add(asset_id: str, data_dir: Path) -> None:
    """Adds what no skill leaves yet to the hub's own database: rows, which are all that is read."""
    url = Settings(data_dir=data_dir).database_url_of("assets")
    payload = '{"names": ["a cafe at the harbour", "a narrow street"], "certain": false}'
    async with database.opened(url, "assets") as opened:
        rows = RenditionStore(AssetStore(opened))
        for kind in RESULTS:
            result = StructuredResult(kind, payload, now(), execution_id="bench")
            await rows.put_result(asset_id, result, description=None, alt_text=None)
        for width in WIDTHS:
            kind = f"w{width}"
            await rows.put_derivative(
                asset_id,
                Derivative(
                    kind=kind,
                    content_type="image/webp",
                    size=width * 100,
                    width=width,
                    height=width * SIZE[1] // SIZE[0],
                    storage_key=f"2026/04/08/{asset_id}/{kind}-0123456789abcdef.webp",
                    checksum_sha256="0" * 64,
                    created_at=now(),
                ),
                execution_id="bench",
                begun_at=now(),
            )
