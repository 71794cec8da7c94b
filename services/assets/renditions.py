"""Keeps what was made from an asset: derivatives, structured results, the preview."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from services.assets.model import Derivative, StructuredResult, with_result
from services.assets.store import AssetStore
from services.assets.tables import asset, derivative, preview, structured_result
from services.chassis.ids import is_id


@dataclass(frozen=True, slots=True)
class Preview:
    """The private picture that AI steps send."""

    storage_key: str
    facts: dict[str, Any]
    """What the proto's PictureFacts holds."""


class RenditionStore:
    """Writes to the rows of an asset; each method raises AssetGone if there is none.

    The asset is looked up in the transaction that writes, so that nothing is written for one that
    is being deleted. A second row of a kind replaces the first.
    """

    def __init__(self, assets: AssetStore) -> None:
        self._assets = assets

    async def put_derivative(
        self, asset_id: str, item: Derivative, execution_id: str
    ) -> str | None:
        """Adds or replaces a derivative; returns the key of an object that is now superfluous."""
        async with self._assets.locked(asset_id) as (connection, owner):
            await connection.execute(
                delete(derivative).where(
                    derivative.c.asset_id == asset_id, derivative.c.kind == item.kind
                )
            )
            await connection.execute(
                insert(derivative).values(
                    asset_id=asset_id,
                    kind=item.kind,
                    content_type=item.content_type,
                    size=item.size,
                    width=item.width,
                    height=item.height,
                    storage_key=item.storage_key,
                    checksum_sha256=item.checksum_sha256,
                    execution_id=execution_id,
                    created_at=item.created_at,
                )
            )
            await connection.execute(
                update(asset).where(asset.c.id == asset_id).values(updated_at=item.created_at)
            )
        replaced = (each for each in owner.derivatives if each.kind == item.kind)
        return next((o.storage_key for o in replaced if o.storage_key != item.storage_key), None)

    async def put_result(
        self,
        asset_id: str,
        item: StructuredResult,
        *,
        description: str | None,
        alt_text: str | None,
    ) -> None:
        """Adds or replaces a result, and takes the texts it offers unless a person's are there.

        Raises RESULT_INVALID if the asset's results would be too long together.
        """
        async with self._assets.locked(asset_id) as (connection, owner):
            results = with_result(owner.results, item)
            await connection.execute(
                delete(structured_result).where(
                    structured_result.c.asset_id == asset_id,
                    structured_result.c.kind == item.kind,
                )
            )
            await connection.execute(
                insert(structured_result).values(
                    asset_id=asset_id,
                    kind=item.kind,
                    payload_json=item.payload_json,
                    execution_id=item.execution_id,
                    created_at=item.created_at,
                    position=item.position,
                )
            )
            await self._assets.save(
                connection,
                replace(
                    owner,
                    results=results,
                    description=owner.description.offered(description),
                    alt_text=owner.alt_text.offered(alt_text),
                    updated_at=item.created_at,
                ),
            )

    async def preview(self, asset_id: str) -> Preview | None:
        """Returns the preview, or None if none was made yet."""
        if not is_id(asset_id):
            return None
        query = select(preview.c.storage_key, preview.c.facts_json).where(
            preview.c.asset_id == asset_id
        )
        rows = await self._assets.database.rows(query)
        return Preview(rows[0]["storage_key"], json.loads(rows[0]["facts_json"])) if rows else None

    async def put_preview(self, asset_id: str, item: Preview) -> None:
        """Adds or replaces the preview. It is no change of the asset that anybody could see."""
        async with self._assets.locked(asset_id) as (connection, _):
            await connection.execute(delete(preview).where(preview.c.asset_id == asset_id))
            await connection.execute(
                insert(preview).values(
                    asset_id=asset_id,
                    storage_key=item.storage_key,
                    facts_json=json.dumps(item.facts),
                )
            )
