"""What the skills service must still be told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from services.assets.tables import outbox
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.queries import Prepared
from services.chassis.trace import current_trace_id

BACKOFF_SECONDS = 0.25
"""Wait after the first failed attempt; it doubles."""
LONGEST_BACKOFF_SECONDS = 5.0


class MessageKind(StrEnum):
    """What a message tells."""

    START_EXECUTION = "start_execution"
    """Payload: {"skillName"}, empty for the default one."""
    ASSET_DELETED = "asset_deleted"
    """Payload: {"storageKeys"}, the objects that may still be there, and {"pictureSha256"} if no
    asset with the same bytes is left.
    """


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the outbox."""

    id: str
    kind: MessageKind
    asset_id: str
    payload: dict[str, Any]
    trace_id: str
    """Of the request that it comes from."""
    attempts: int = 0


def message(kind: MessageKind, asset_id: str, **payload: Any) -> Message:
    """Returns a new message."""
    return Message(new_id(), kind, asset_id, payload, current_trace_id())


def post(connection: Connection, *items: Message) -> None:
    """Adds messages in the transaction of what they tell."""
    rows = [
        {
            "id": item.id,
            "kind": item.kind.value,
            "asset_id": item.asset_id,
            "payload_json": json.dumps(item.payload),
            "trace_id": item.trace_id,
            "attempts": item.attempts,
            "next_attempt_at": now(),
        }
        for item in items
    ]
    connection.execute(_POST, rows)


def withdraw(connection: Connection, asset_ids: Sequence[str]) -> None:
    """Removes what was still to be told of some assets."""
    connection.execute(_WITHDRAW, {"of_assets": asset_ids})


class Outbox:
    """Reads and removes messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, kind: MessageKind, limit: int) -> Sequence[Message]:
        """Returns the oldest messages of a kind whose next attempt is due."""
        values = {"kind": kind.value, "moment": now(), "rows": limit}
        return [
            Message(
                row["id"],
                MessageKind(row["kind"]),
                row["asset_id"],
                json.loads(row["payload_json"]),
                row["trace_id"],
                row["attempts"],
            )
            for row in await self._database.rows(_DUE, values)
        ]

    async def remove(self, item: Message) -> None:
        """Removes a message that was answered."""
        await self._database.write(lambda connection: connection.execute(_REMOVE, {"of": item.id}))

    async def postpone(
        self, item: Message, longest_seconds: float = LONGEST_BACKOFF_SECONDS
    ) -> datetime:
        """Notes a failed attempt and returns when the next one is due."""
        wait = min(longest_seconds, BACKOFF_SECONDS * 2 ** min(item.attempts, 20))
        due_at: datetime = now() + timedelta(seconds=wait)
        values = {"of": item.id, "attempts": item.attempts + 1, "next_attempt_at": due_at}
        await self._database.write(lambda connection: connection.execute(_POSTPONE, values))
        return due_at


_POST = insert(outbox)
_WITHDRAW = delete(outbox).where(outbox.c.asset_id.in_(bindparam("of_assets", expanding=True)))
_DUE = Prepared(
    select(outbox)
    .where(outbox.c.kind == bindparam("kind"), outbox.c.next_attempt_at <= bindparam("moment"))
    .order_by(outbox.c.next_attempt_at, outbox.c.id)
    .limit(bindparam("rows"))
)
_REMOVE = delete(outbox).where(outbox.c.id == bindparam("of"))
_POSTPONE = update(outbox).where(outbox.c.id == bindparam("of"))
