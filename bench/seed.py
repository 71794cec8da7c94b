"""An asset with all that one can have."""

from pathlib import Path

from services.chassis.clock import now
from services.settings import Settings

from bench.hub import Hub
from bench.pictures import photograph
from services.assets.model import StructuredResult
from services.assets.renditions import RenditionStore
from services.assets.store import AssetStore
from services.chassis import database

RESULTS = DERIVATIVES = 5
SKILLS = ("enrich", "renditions", "thumbnail")
"""Leave three results and five derivatives; no built-in skill leaves further results."""
SIZE = (2400, 1600)
"""Pixels: wide enough for every rendition."""


async def furnished(hub: Hub, data_dir: Path) -> str:
    """Uploads a picture, gives it five results and five derivatives, and gives its id."""
    asset_id = str((await hub.upload(photograph(*SIZE)))["id"])
    for skill in SKILLS:
        ran = await hub.data("POST", f"/assets/{asset_id}/skills/{skill}/run", json={})
        if not ran["succeeded"]:
            raise RuntimeError(f"{skill} failed: {ran['steps']}")
    await _add_results(asset_id, data_dir)
    asset = await hub.data("GET", f"/assets/{asset_id}")
    found = len(asset["structuredResults"]), len(asset["derivatives"])
    if found != (RESULTS, DERIVATIVES):
        raise RuntimeError(f"the asset has {found} results and derivatives")
    return asset_id


async def _add_results(asset_id: str, data_dir: Path) -> None:
    """Adds what is lacking to the hub's own database, as a step of somebody else's would."""
    url = Settings(data_dir=data_dir).database_url_of("assets")
    async with database.opened(url, "assets") as opened:
        store = RenditionStore(AssetStore(opened))
        for kind in ("places", "people"):
            payload = '{"names": ["a cafe at the harbour", "a narrow street"], "certain": false}'
            result = StructuredResult(kind, payload, now(), execution_id="bench")
            await store.put_result(asset_id, result, description=None, alt_text=None)
