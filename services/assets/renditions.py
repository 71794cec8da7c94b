"""Keeps what was made from an asset: derivatives, structured results, the preview."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from services.assets import usage
from services.assets.model import Derivative, StructuredResult, with_result
from services.assets.naming import require_recent
from services.assets.rows import text_values_of
from services.assets.store import AssetStore
from services.assets.tables import derivative, preview, structured_result
from services.assets.usage import Amount
from services.chassis.ids import is_id
from services.chassis.queries import Prepared


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
        dialect = assets.database.dialect
        self._put_derivative = _put(derivative, dialect)
        self._put_result = _put(structured_result, dialect)
        self._put_preview = _put(preview, dialect)

    async def put_derivative(
        self,
        asset_id: str,
        item: Derivative,
        execution_id: str,
        *,
        begun_at: datetime,
        equal_key: str | None = None,
    ) -> str | None:
        """Adds or replaces a derivative; returns the key of an object that is now superfluous.

        That is the new one if the present one still has the key `equal_key`, which is to be kept
        because it has the same bytes. Raises Unavailable if the new object, whose writing began at
        `begun_at`, may be gone.
        """
        values = {
            "asset_id": asset_id,
            "kind": item.kind,
            "content_type": item.content_type,
            "size": item.size,
            "width": item.width,
            "height": item.height,
            "storage_key": item.storage_key,
            "checksum_sha256": item.checksum_sha256,
            "execution_id": execution_id,
            "created_at": item.created_at,
        }

        def work(connection: Connection) -> str | None:
            content_type = self._assets.lock(connection, asset_id)
            former = {"asset_id": asset_id, "kind": item.kind}
            replaced: str | None = connection.execute(_DERIVATIVE_KEY, former).scalar()
            keeps = replaced is not None and replaced == equal_key
            kept = {"storage_key": replaced} if keeps else {}
            connection.execute(self._put_derivative, values | kept)
            self._assets.save(connection, asset_id, {"updated_at": item.created_at})
            if replaced is None:
                usage.count(connection, [Amount(content_type, derivatives=1)])
            require_recent(begun_at)
            return item.storage_key if keeps else replaced

        return await self._assets.database.write(work)

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
        values = {
            "asset_id": asset_id,
            "kind": item.kind,
            "payload_json": item.payload_json,
            "execution_id": item.execution_id,
            "created_at": item.created_at,
            "position": item.position,
        }

        def work(connection: Connection) -> None:
            owner = self._assets.locked(connection, asset_id)
            changed = replace(
                owner,
                results=with_result(owner.results, item),
                description=owner.description.offered(description),
                alt_text=owner.alt_text.offered(alt_text, may_be_empty=True),
                updated_at=item.created_at,
            )
            connection.execute(self._put_result, values)
            self._assets.save(connection, asset_id, text_values_of(changed))

        await self._assets.database.write(work)

    async def preview(self, asset_id: str) -> Preview | None:
        """Returns the preview, or None if none was made yet."""
        if not is_id(asset_id):
            return None
        rows = await self._assets.database.rows(_PREVIEW, {"asset_id": asset_id})
        return Preview(rows[0]["storage_key"], json.loads(rows[0]["facts_json"])) if rows else None

    async def put_preview(self, asset_id: str, item: Preview) -> None:
        """Adds or replaces the preview. It is no change of the asset that anybody could see."""
        values = {
            "asset_id": asset_id,
            "storage_key": item.storage_key,
            "facts_json": json.dumps(item.facts),
        }

        def work(connection: Connection) -> None:
            self._assets.lock(connection, asset_id)
            connection.execute(self._put_preview, values)

        await self._assets.database.write(work)


def _put(table: Table, dialect: str) -> Insert:
    """The statement that adds a row, or puts its values in place of those of the row it meets."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    add = insert(table)
    values = {each.name: add.excluded[each.name] for each in table.c if not each.primary_key}
    put: Insert = add.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)
    return put


_DERIVATIVE_KEY = select(derivative.c.storage_key).where(
    derivative.c.asset_id == bindparam("asset_id"), derivative.c.kind == bindparam("kind")
)
_PREVIEW = Prepared(
    select(preview.c.storage_key, preview.c.facts_json).where(
        preview.c.asset_id == bindparam("asset_id")
    )
)
