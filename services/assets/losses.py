"""Rows whose objects are gone: what a broken disk, or somebody's hand, leaves behind."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, delete, literal, null, select, union_all

from services.assets import usage
from services.assets.blobs.store import BlobStore
from services.assets.store import AssetGone, AssetStore
from services.assets.tables import asset, derivative, preview
from services.assets.usage import Amount
from services.chassis.clock import now

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Loss:
    """A row that names an object which is not there."""

    what: Literal["original", "derivative", "preview"]
    asset_id: str
    kind: str | None
    """The derivative's."""
    storage_key: str


async def losses(store: AssetStore, blobs: BlobStore) -> AsyncIterator[Loss]:
    """Yields every loss. Keeps the keys of all objects meanwhile, some 150 bytes for each."""
    listed = {blob.key async for blob in blobs.objects()}
    after = ""
    while ids := await _ids(store, after):
        missing = [
            loss
            for loss in await _named(store, ids)
            # It may have been written since the listing.
            if loss.storage_key not in listed and not await blobs.exists(loss.storage_key)
        ]
        # And its row may have been removed, or may name another object by now.
        unnamed = await store.unknown_keys([loss.storage_key for loss in missing])
        for loss in missing:
            if loss.storage_key not in unnamed:
                yield loss
        after = ids[-1]


async def forget(store: AssetStore, loss: Loss) -> None:
    """Removes the row of a derivative or a preview, so that it can be made again."""

    def work(connection: Connection) -> None:
        if loss.what == "preview":
            connection.execute(
                delete(preview).where(
                    preview.c.asset_id == loss.asset_id, preview.c.storage_key == loss.storage_key
                )
            )
            return
        # The asset first, as everybody does who changes what belongs to it.
        content_type = store.lock(connection, loss.asset_id)
        lost = delete(derivative).where(derivative.c.storage_key == loss.storage_key)
        if connection.execute(lost).rowcount == 0:
            return
        store.save(connection, loss.asset_id, {"updated_at": now()})
        usage.count(connection, [Amount(content_type, derivatives=-1)])

    # One that was deleted meanwhile has no rows left to forget.
    with suppress(AssetGone):
        await store.database.write(work)


async def _ids(store: AssetStore, after: str) -> list[str]:
    query = select(asset.c.id).where(asset.c.id > after).order_by(asset.c.id).limit(_BATCH)
    return [row["id"] for row in await store.database.rows(query)]


async def _named(store: AssetStore, ids: Sequence[str]) -> list[Loss]:
    """What some assets name, as if all of it were lost."""
    query = union_all(
        select(
            literal("original").label("what"),
            asset.c.id.label("asset_id"),
            null().label("kind"),
            asset.c.storage_key,
        ).where(asset.c.id.in_(ids)),
        select(
            literal("derivative"),
            derivative.c.asset_id,
            derivative.c.kind,
            derivative.c.storage_key,
        ).where(derivative.c.asset_id.in_(ids)),
        select(literal("preview"), preview.c.asset_id, null(), preview.c.storage_key).where(
            preview.c.asset_id.in_(ids)
        ),
    )
    return [Loss(**row) for row in await store.database.rows(query)]
