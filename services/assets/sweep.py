"""Objects that no row names: what a crash, or a failure at a bad moment, leaves behind."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from services.assets.blobs.store import BlobStore, is_key
from services.assets.naming import NAMED_WITHIN
from services.assets.store import AssetStore
from services.chassis.errors import HubError

ORPHAN_AGE = 2 * NAMED_WITHIN
"""Younger objects may belong to a row that is still to be written."""
FIRST_SECONDS = 60.0
"""How long after a start the first sweep waits, not to be in the way."""
INTERVAL_SECONDS = 3600.0
_BATCH = 500
_log = logging.getLogger(__name__)


async def discard(store: AssetStore, blobs: BlobStore, keys: Sequence[str]) -> None:
    """Removes objects, but not those that a row names. What fails is left to the sweep.

    To be called only for keys that no transaction under way may name: the database would not show
    them yet.
    """
    try:
        for key in await store.unknown_keys(keys):
            await blobs.delete(key)
    except (HubError, SQLAlchemyError, OSError):
        _log.warning("objects were left behind: %s", ", ".join(keys), exc_info=True)


async def orphans(store: AssetStore, blobs: BlobStore, older_than: datetime) -> AsyncIterator[str]:
    """Yields the keys of objects that no row names, and that are older than that.

    Every key is written once, and named within NAMED_WITHIN of that or never; so those that are
    older than ORPHAN_AGE by the store's own clock stay without a row. What others have put beside
    our objects, under names that are no keys, is left alone.
    """
    batch: list[str] = []
    async for blob in blobs.objects():
        if blob.modified_at < older_than and is_key(blob.key):
            batch.append(blob.key)
        if len(batch) >= _BATCH:
            for key in await store.unknown_keys(batch):
                yield key
            batch.clear()
    for key in await store.unknown_keys(batch):
        yield key


async def sweep(store: AssetStore, blobs: BlobStore) -> int:
    """Removes all orphans, and what is left of objects that were not finished; returns how many."""
    older_than = await blobs.now() - ORPHAN_AGE
    count = 0
    async for key in orphans(store, blobs, older_than):
        await blobs.delete(key)
        count += 1
    return count + await blobs.drop_unfinished(older_than)


async def sweep_forever(store: AssetStore, blobs: BlobStore) -> None:
    """Sweeps soon, and then once an hour until it is cancelled."""
    await asyncio.sleep(FIRST_SECONDS)
    while True:
        try:
            count = await sweep(store, blobs)
            _log.info("swept %d objects that belonged to nothing", count)
        except (HubError, SQLAlchemyError, OSError):
            _log.warning("the sweep has failed, the next one is in an hour", exc_info=True)
        await asyncio.sleep(INTERVAL_SECONDS)
