"""What can be wrong with objects, their rows and the outbox, and how it is mended."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import select

from services.assets import sweep, usage
from services.assets.app import NAME, local_store, s3_store
from services.assets.blobs.store import UNFINISHED, BlobStore
from services.assets.losses import Loss, forget, losses
from services.assets.outbox import MessageKind
from services.assets.store import AssetStore
from services.assets.tables import asset, outbox
from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.errors import HubError
from services.chassis.finding import Finding, Findings, mended, note, well, wrong
from services.chassis.ids import made_at
from services.settings import Settings

LATE = timedelta(minutes=10)
"""A message that waits longer is told of."""
_SHOWN = 3
_PROBE = b"written by nekohub doctor"


async def storage(settings: Settings, *, is_new: bool) -> Finding:
    """Writes, reads and removes a small object; makes no folder and no bucket.

    `is_new` says that the hub has not been started yet, so that there need be none.
    """
    about = "storage"
    if settings.storage == "local":
        folder = settings.data_dir / "objects"
        if not folder.is_dir():
            told = f"the folder {folder} is not there"
            if is_new:
                return note(about, f"{told} yet; the first start makes it")
            return wrong(about, f"{told}: bring it back, mount it or restore a backup")
    place = _place(settings)
    async with _store(settings) as blobs:
        try:
            await blobs.check()
            return await _tried(blobs, place)
        except (HubError, OSError) as error:
            told = f"{place} cannot be used: {error}"
    return note(about, f"{told}; the first start makes it") if is_new else wrong(about, told)


async def examined(settings: Settings, *, fix: bool) -> Findings:
    """Checks objects and rows against each other, and the outbox.

    The database has to be up to date and the storage usable. Raises what they raise.
    """
    async with opened(settings.database_url_of(NAME), NAME) as database, _store(settings) as blobs:
        store = AssetStore(database)
        yield await (_swept(store, blobs) if fix else _orphans(store, blobs))
        lost = [loss async for loss in losses(store, blobs)]
        yield _originals([loss for loss in lost if loss.what == "original"])
        yield await _renditions(store, [loss for loss in lost if loss.what != "original"], fix)
        yield await _counters(database, fix)
        yield await _outbox(database)


async def gone(settings: Settings, asset_ids: Sequence[str]) -> set[str]:
    """Those of some assets that are no more, and of whose end nobody is still to be told."""
    there = select(asset.c.id).where(asset.c.id.in_(asset_ids))
    to_tell = select(outbox.c.asset_id).where(
        outbox.c.kind == MessageKind.ASSET_DELETED.value, outbox.c.asset_id.in_(asset_ids)
    )
    async with opened(settings.database_url_of(NAME), NAME) as database:
        # In one query, so that none is deleted between two.
        rows = await database.rows(there.union_all(to_tell))
    return set(asset_ids).difference(row["id"] for row in rows)


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[BlobStore]:
    if settings.storage == "local":
        yield local_store(settings)
        return
    bucket = s3_store(settings)
    try:
        yield bucket
    finally:
        bucket.close()


def _place(settings: Settings) -> str:
    if settings.storage == "local":
        return f"the folder {settings.data_dir / 'objects'}"
    return f"the bucket {settings.s3_bucket!r}"


async def _tried(blobs: BlobStore, place: str) -> Finding:
    # Should this process die meanwhile, the sweep removes it.
    key = f"{UNFINISHED}{uuid.uuid4().hex}"
    async with blobs.writing("text/plain") as sink:
        sink.key = key
        await sink.write(_PROBE)
    read = b"".join([chunk async for chunk in blobs.read(key)])
    await blobs.delete(key)
    if read != _PROBE:
        return wrong("storage", f"{place} gives back other bytes than were written")
    if await blobs.exists(key):
        return wrong("storage", f"{place} does not remove what it is told to")
    return well("storage", f"{place} can be written, read and removed from")


async def _orphans(store: AssetStore, blobs: BlobStore) -> Finding:
    older_than = await blobs.now() - sweep.ORPHAN_AGE
    keys = [key async for key in sweep.orphans(store, blobs, older_than)]
    unfinished = await blobs.unfinished(older_than)
    if not keys and not unfinished:
        return well("orphans", "every object over an hour old belongs to a row")
    told = [f"{len(keys)} objects belong to no row{_examples(keys)}"] if keys else []
    told += [f"{unfinished} large objects were never finished"] if unfinished else []
    return wrong(
        "orphans", f"{' and '.join(told)}; the assets service sweeps them hourly, --fix does now"
    )


async def _swept(store: AssetStore, blobs: BlobStore) -> Finding:
    if count := await sweep.sweep(store, blobs):
        return mended("orphans", f"{count} objects that belonged to no row were removed")
    return well("orphans", "every object over an hour old belongs to a row")


def _originals(lost: Sequence[Loss]) -> Finding:
    if not lost:
        return well("originals", "every asset's file is there")
    examples = _examples([loss.storage_key for loss in lost])
    return wrong(
        "originals",
        f"the files of {len(lost)} assets are gone{examples}; restore them from a backup, or "
        "delete the assets",
    )


async def _renditions(store: AssetStore, lost: Sequence[Loss], fix: bool) -> Finding:
    about = "renditions"
    if not lost:
        return well(about, "every derivative and preview is there")
    told = f"{len(lost)} derivatives or previews{_examples([loss.storage_key for loss in lost])}"
    if not fix:
        return wrong(about, f"{told} are gone; --fix removes their rows, to be made again")
    for loss in lost:
        await forget(store, loss)
    return mended(about, f"{told} were gone; their rows were removed, to be made again")


async def _counters(database: Database, fix: bool) -> Finding:
    about = "counters"
    if fix:
        count = await usage.mend(database)
    else:
        count = len(await usage.drift(database))
    if not count:
        return well(about, "they say how many assets, bytes and derivatives there are")
    if fix:
        return mended(about, f"those of {count} content types were wrong; they were counted anew")
    return wrong(about, f"those of {count} content types are wrong; --fix counts them anew")


async def _outbox(database: Database) -> Finding:
    ids = [row["id"] for row in await database.rows(select(outbox.c.id))]
    late = sorted(each for each in ids if made_at(each) < now() - LATE)
    if not late:
        return well("outbox", "nothing waits to be told to the skills service")
    return note(
        "outbox",
        f"{len(late)} messages wait to be told to the skills service, the first since "
        f"{made_at(late[0]):%Y-%m-%d %H:%M} UTC; they go out once assets and skills both run",
    )


def _examples(keys: Sequence[str]) -> str:
    shown = ", ".join(keys[:_SHOWN])
    return f" ({shown}, …)" if len(keys) > _SHOWN else f" ({shown})"
