"""The end of assets, one or many: with it goes all that belongs to them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    Connection,
    Select,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
    union_all,
)

from services.assets import outbox, usage
from services.assets.outbox import Message, MessageKind
from services.assets.store import AssetGone
from services.assets.tables import asset, derivative, preview, request, structured_result
from services.assets.usage import Amount
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import InvalidArgument
from services.chassis.ids import is_id, new_id
from services.chassis.queries import Row
from services.chassis.requests import Claim, checked_id, claimed, keep
from services.chassis.trace import current_trace_id

LARGEST_BATCH = 1000
TOGETHER = 100
"""Assets that are deleted in one transaction."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch."""

    deleted_count: int
    not_found_ids: Sequence[str]
    replayed: bool
    """Whether an equal request came before."""


class Deletions:
    """Deletes assets, and posts a message for each with the keys of its objects."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def delete(self, asset_id: str) -> tuple[datetime, Message]:
        """Deletes one; returns when that was, and the message. Raises AssetGone."""
        # Taken here, where the request's trace id is known.
        trace_id = current_trace_id()

        def work(connection: Connection) -> Message:
            for message in _deleted(connection, [asset_id], trace_id):
                return message
            raise AssetGone(asset_id)

        message = await self._database.write(work)
        return now(), message

    async def delete_many(self, asset_ids: Sequence[str], request_id: str) -> Outcome:
        """Deletes those of some assets that there are.

        With a request id, each transaction notes what came of it, so that the repeat of a request
        that was broken off goes on where that ended. Raises REQUEST_INVALID, RequestReused.
        """
        if len(asset_ids) > LARGEST_BATCH:
            raise InvalidArgument(
                "REQUEST_INVALID",
                f"{len(asset_ids)} assets are to be deleted; at most {LARGEST_BATCH} are at once",
            )
        named = bool(checked_id(request_id))
        fingerprint = hashlib.sha256(orjson.dumps(list(asset_ids))).hexdigest()
        unique = list(dict.fromkeys(asset_ids))
        missing: list[str] = []
        replayed = False
        # One that names nothing is noted as well.
        for at in range(0, len(unique) or 1, TOGETHER):
            part = unique[at : at + TOGETHER]
            claim = Claim(_part_of(request_id, at), fingerprint) if named else None
            lacking, is_known = await self._part(part, claim)
            missing += lacking
            # Who was first with the first is who was first.
            replayed = is_known if at == 0 else replayed
        return Outcome(len(unique) - len(missing), missing, replayed)

    async def _part(self, asset_ids: Sequence[str], claim: Claim | None) -> tuple[list[str], bool]:
        """Deletes in one transaction; returns what was not found, and whether that was known."""
        trace_id = current_trace_id()

        def work(connection: Connection) -> tuple[list[int], bool]:
            earlier = claimed(connection, request, claim, "") if claim is not None else None
            if earlier is not None:
                return json.loads(earlier), True
            deleted = {each.asset_id for each in _deleted(connection, asset_ids, trace_id)}
            missing = [at for at, each in enumerate(asset_ids) if each not in deleted]
            if claim is not None:
                keep(connection, request, claim, json.dumps(missing))
            return missing, False

        missing, is_known = await self._database.write(work)
        return [asset_ids[at] for at in missing], is_known


def _part_of(request_id: str, at: int) -> str:
    return hashlib.sha256(f"{at} of {request_id}".encode()).hexdigest()


def _deleted(connection: Connection, asset_ids: Sequence[str], trace_id: str) -> list[Message]:
    """Deletes those of some assets that there are, and returns what was posted."""
    sought = [each for each in asset_ids if is_id(each)]
    found = connection.execute(_LOCKED, {"asset_ids": sought}).mappings().all()
    if not found:
        return []
    values = {"asset_ids": [each["id"] for each in found]}
    keys = {each["id"]: [each["storage_key"]] for each in found}
    derivatives: Counter[str] = Counter()
    for row in connection.execute(_RENDITIONS, values):
        keys[row.asset_id].append(row.storage_key)
        derivatives[row.asset_id] += row.derivatives
    for statement in _DELETE:
        connection.execute(statement, values)
    # A start that was not told yet would otherwise arrive after the deletion.
    outbox.withdraw(connection, values["asset_ids"])
    gone = _without_assets(connection, {each["checksum_sha256"] for each in found})
    messages = []
    for each in found:
        payload = {"storageKeys": keys[each["id"]]}
        if each["checksum_sha256"] in gone:
            # Told with each of them: what still runs on one may ask after another was told of.
            payload["pictureSha256"] = each["checksum_sha256"]
        messages.append(Message(new_id(), MessageKind.ASSET_DELETED, each["id"], payload, trace_id))
    outbox.post(connection, *messages)
    usage.count(connection, _less(found, derivatives))
    return messages


def _without_assets(connection: Connection, checksums: set[str]) -> set[str]:
    """Those of some checksums of deleted assets that no asset has any more."""
    dialect, values = connection.dialect.name, {"checksums": json.dumps(sorted(checksums))}
    if dialect == "postgresql":
        # Of two that delete the last two at once, the second sees what the first has done.
        connection.execute(_LOCK_CHECKSUMS, values)
    return checksums.difference(connection.execute(_LEFT[dialect], values).scalars())


def _less(found: Sequence[Row], derivatives: Counter[str]) -> Iterable[Amount]:
    """How much less there is without some assets."""
    totals: dict[str, Amount] = {}
    for each in found:
        content_type = each["content_type"]
        total = totals.get(content_type, Amount(content_type))
        totals[content_type] = Amount(
            content_type,
            total.assets - 1,
            total.size - each["size"],
            total.derivatives - derivatives[each["id"]],
        )
    return totals.values()


_IDS: BindParameter[Any] = bindparam("asset_ids", expanding=True)
# In the order of their ids, so that no two batches wait for each other.
_LOCKED = (
    select(
        asset.c.id,
        asset.c.storage_key,
        asset.c.content_type,
        asset.c.size,
        asset.c.checksum_sha256,
    )
    .where(asset.c.id.in_(_IDS))
    .order_by(asset.c.id)
    .with_for_update()
)
_RENDITIONS = union_all(
    select(derivative.c.asset_id, derivative.c.storage_key, literal(1).label("derivatives")).where(
        derivative.c.asset_id.in_(_IDS)
    ),
    select(preview.c.asset_id, preview.c.storage_key, literal(0)).where(
        preview.c.asset_id.in_(_IDS)
    ),
)
_DELETE = (
    delete(derivative).where(derivative.c.asset_id.in_(_IDS)),
    delete(structured_result).where(structured_result.c.asset_id.in_(_IDS)),
    delete(preview).where(preview.c.asset_id.in_(_IDS)),
    delete(asset).where(asset.c.id.in_(_IDS)),
)


def _left(named: Any) -> Select[Any]:
    """Those of some checksums that assets have, however many have one; they are `named`."""
    value = named.c.value
    return select(value).where(exists().where(asset.c.checksum_sha256 == value))


_CHECKSUMS: BindParameter[str] = bindparam("checksums", type_=Text())
_ON_POSTGRES = func.json_array_elements_text(cast(_CHECKSUMS, JSON)).table_valued("value")
_LEFT = {
    "sqlite": _left(func.json_each(_CHECKSUMS).table_valued("value")),
    "postgresql": _left(_ON_POSTGRES),
}
_IN_ORDER = select(_ON_POSTGRES.c.value).order_by(_ON_POSTGRES.c.value).subquery()
_LOCK_CHECKSUMS = select(func.pg_advisory_xact_lock(func.hashtextextended(_IN_ORDER.c.value, 0)))
