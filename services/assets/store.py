"""Reads and changes assets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Connection,
    Executable,
    bindparam,
    insert,
    null,
    select,
    union_all,
    update,
)

from services.assets import file_name, listing, outbox, usage
from services.assets.model import Asset, Changes
from services.assets.naming import require_recent
from services.assets.outbox import Message
from services.assets.rows import detail_of, detail_query, details_query, values_of
from services.assets.tables import asset, derivative, preview, request
from services.assets.usage import Amount
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import NotFound
from services.chassis.ids import is_id
from services.chassis.queries import Prepared, Row
from services.chassis.requests import Claim, claimed


@dataclass(frozen=True, slots=True)
class Content:
    """An object that can be read, and what is said of it."""

    asset_id: str
    storage_key: str
    content_type: str
    size: int
    """Bytes."""
    checksum_sha256: str
    file_name: str
    """A name to save it under."""
    is_public: bool


class AssetGone(NotFound):
    """No asset has this id."""

    def __init__(self, asset_id: str) -> None:
        super().__init__("ASSET_NOT_FOUND", f"no asset has the id {asset_id[:100]!r}")


class AssetStore:
    """The assets of one database. Methods with an asset's id raise AssetGone if there is none."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._detail = Prepared(detail_query(database.dialect))
        self._details = details_query(database.dialect)

    async def create(self, item: Asset, message: Message | None, claim: Claim | None) -> str | None:
        """Adds an asset and what the skills service is to be told, in one transaction.

        Does neither if an equal request has made an asset, but returns its id. Raises
        RequestReused, and Unavailable if the object was begun so long ago that it may be gone.
        """

        def work(connection: Connection) -> str | None:
            if claim is not None:
                earlier = claimed(connection, request, claim, item.id)
                if earlier is not None:
                    return earlier
            connection.execute(_ADD, values_of(item))
            if message is not None:
                outbox.post(connection, message)
            usage.count(connection, [Amount(item.content_type, 1, item.size)])
            require_recent(item.created_at)
            return None

        return await self.database.write(work)

    async def get(self, asset_id: str, *, public_only: bool = False) -> Asset:
        """Returns an asset with its derivatives and results; a private one is none if so wanted."""
        if not is_id(asset_id):
            raise AssetGone(asset_id)
        item = _only(await self.database.rows(self._detail, {"asset_id": asset_id}), asset_id)
        if public_only and not item.is_public:
            raise AssetGone(asset_id)
        return item

    async def several(self, asset_ids: Iterable[str]) -> list[Asset]:
        """Returns those of some assets that exist, with their derivatives and results."""
        known = [each for each in asset_ids if is_id(each)]
        if not known:
            return []
        # A list in SQL costs more than the rest of a query for one.
        rows = (
            await self.database.rows(self._details, {"asset_ids": known})
            if len(known) > 1
            else await self.database.rows(self._detail, {"asset_id": known[0]})
        )
        return [detail_of(row) for row in rows]

    async def page(self, wanted: listing.Listing) -> listing.Page:
        """Returns a page of assets without results, and without derivatives but for renditions."""
        return await listing.page(self.database, wanted)

    async def update(self, asset_id: str, changes: Changes) -> Asset:
        """Changes what a person may change and returns the asset as it is then."""
        if changes == Changes():
            return await self.get(asset_id)

        def work(connection: Connection) -> Asset:
            item = self.locked(connection, asset_id)
            changed = replace(
                item,
                description=changes.description or item.description,
                alt_text=changes.alt_text or item.alt_text,
                original_file_name=changes.original_file_name or item.original_file_name,
                is_public=item.is_public if changes.is_public is None else changes.is_public,
                updated_at=now(),
            )
            self.save(connection, changed.id, values_of(changed))
            return changed

        return await self.database.write(work)

    async def original(self, asset_id: str) -> Content:
        """Returns an asset's original."""
        if not is_id(asset_id):
            raise AssetGone(asset_id)
        found = await self._content(_ORIGINAL, {"asset_id": asset_id})
        if found is None:
            raise AssetGone(asset_id)
        return found

    async def rendition(self, asset_id: str, kind: str) -> Content | None:
        """Returns a derivative, or None if the asset has none of this kind."""
        if not is_id(asset_id):
            return None
        return await self._content(_RENDITION, {"asset_id": asset_id, "kind": kind})

    async def public_content(self, storage_key: str) -> Content | None:
        """Returns the original or derivative of a public asset that has this key."""
        return await self._content(_PUBLIC, {"storage_key": storage_key})

    async def unknown_keys(self, keys: Sequence[str]) -> set[str]:
        """Returns those of some storage keys that no row names."""
        known = union_all(
            *(
                select(table.c.storage_key).where(table.c.storage_key.in_(keys))
                for table in (asset, derivative, preview)
            )
        )
        rows = await self.database.rows(known)
        return set(keys).difference(row["storage_key"] for row in rows)

    def lock(self, connection: Connection, asset_id: str) -> str:
        """Keeps everybody else from changing or deleting an asset until the transaction ends.

        Returns its content type.
        """
        found = connection.execute(_LOCK, {"asset_id": asset_id}) if is_id(asset_id) else None
        content_type: str | None = found.scalar() if found is not None else None
        if content_type is None:
            raise AssetGone(asset_id)
        return content_type

    def locked(self, connection: Connection, asset_id: str) -> Asset:
        """Locks an asset and returns it."""
        if self.database.dialect == "postgresql":
            # Not in the query itself, whose other tables would be read as before the wait.
            self.lock(connection, asset_id)
        elif not is_id(asset_id):
            raise AssetGone(asset_id)
        found = connection.execute(self._detail.query, {"asset_id": asset_id})
        return _only(found.mappings().all(), asset_id)

    def save(self, connection: Connection, asset_id: str, values: Mapping[str, Any]) -> None:
        """Writes some columns of an asset's own row anew."""
        connection.execute(_SAVE, {"asset_id": asset_id, **values})

    async def _content(self, query: Executable, values: dict[str, str]) -> Content | None:
        rows = await self.database.rows(query, values)
        if not rows:
            return None
        row = rows[0]
        name = row["original_file_name"]
        if row["kind"] is not None:
            name = file_name.of_rendition(name, row["kind"], row["content_type"])
        return Content(
            row["id"],
            row["storage_key"],
            row["content_type"],
            row["size"],
            row["checksum_sha256"],
            name,
            row["is_public"],
        )


def _only(rows: Sequence[Row], asset_id: str) -> Asset:
    if not rows:
        raise AssetGone(asset_id)
    return detail_of(rows[0])


_ADD = insert(asset)
_SAVE = update(asset).where(asset.c.id == bindparam("asset_id"))
# On SQLite, which knows no such clause, the transaction itself is the lock.
_LOCK = select(asset.c.content_type).where(asset.c.id == bindparam("asset_id")).with_for_update()
_originals = select(
    asset.c.id,
    asset.c.storage_key,
    asset.c.content_type,
    asset.c.size,
    asset.c.checksum_sha256,
    asset.c.original_file_name,
    null().label("kind"),
    asset.c.is_public,
)
_renditions = select(
    asset.c.id,
    derivative.c.storage_key,
    derivative.c.content_type,
    derivative.c.size,
    derivative.c.checksum_sha256,
    asset.c.original_file_name,
    derivative.c.kind,
    asset.c.is_public,
).join_from(derivative, asset)
_ORIGINAL = _originals.where(asset.c.id == bindparam("asset_id"))
_RENDITION = _renditions.where(
    derivative.c.asset_id == bindparam("asset_id"), derivative.c.kind == bindparam("kind")
)
_PUBLIC = union_all(
    _originals.where(asset.c.storage_key == bindparam("storage_key"), asset.c.is_public),
    _renditions.where(derivative.c.storage_key == bindparam("storage_key"), asset.c.is_public),
)
