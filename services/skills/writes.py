"""What changes executions. Statements are built once: building one costs more than running it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.clock import now
from services.chassis.database import UtcDateTime
from services.skills.model import Outcome, Status
from services.skills.tables import deleted_asset, execution, step

_SOUGHT: sa.BindParameter[str] = sa.bindparam("sought")
_MOMENT = sa.bindparam("moment", type_=UtcDateTime())
_SEQUENCE: sa.BindParameter[int] = sa.bindparam("sequence_now")
_STATUS: sa.BindParameter[str] = sa.bindparam("new_status")
_IT = execution.c.id == _SOUGHT
_RUNNING = execution.c.status == sa.literal(Status.RUNNING.value)
_UNFINISHED = execution.c.status.in_((Status.QUEUED.value, Status.RUNNING.value))
_ITS_STEP = sa.and_(
    step.c.execution_id == _SOUGHT,
    step.c.position == sa.bindparam("place"),
    step.c.completed_at.is_(None),
)
_STARTED = sa.func.coalesce(execution.c.started_at, _MOMENT)
_OUTCOME = {
    name: sa.bindparam(f"new_{name}", type_=step.c[name].type) for name in Outcome.__slots__
}

ADD = execution.insert()
ADD_STEP = step.insert()
IS_DELETED = sa.select(deleted_asset.c.id).where(deleted_asset.c.id == sa.bindparam("asset"))

CLAIM = (
    execution.update()
    .where(_IT, _UNFINISHED)
    .values(status=Status.RUNNING.value, claim=sa.bindparam("new_claim"), started_at=_STARTED)
)

COUNT_ON = (
    execution.update()
    .where(_IT, _RUNNING, execution.c.claim == sa.bindparam("held"))
    .values(sequence=execution.c.sequence + sa.bindparam("count"))
    .returning(execution.c.sequence, execution.c.asset_id)
)
"""Locks an execution of which the claim is held, and gives its sequence, which it raises, and its
asset.
"""

BEGIN_STEP = (
    step.update()
    .where(_ITS_STEP)
    .values(
        attempts=step.c.attempts + 1,
        started_at=sa.func.coalesce(step.c.started_at, _MOMENT),
        begin_sequence=_SEQUENCE,
    )
)

END_STEP = (
    step.update().where(_ITS_STEP).values(completed_at=_MOMENT, end_sequence=_SEQUENCE, **_OUTCOME)
)

END = execution.update().where(_IT).values(status=_STATUS, completed_at=_MOMENT)

BREAK_OFF = (
    execution.update()
    .where(_IT, _UNFINISHED)
    .values(status=_STATUS, completed_at=_MOMENT, started_at=_STARTED)
    .returning(execution.c.sequence)
)

BREAK_STEPS_OFF = (
    step.update()
    .where(step.c.execution_id == _SOUGHT, step.c.completed_at.is_(None))
    .values(completed_at=_MOMENT, end_sequence=_SEQUENCE + step.c.position + 1, **_OUTCOME)
)

COUNT_STEPS = (
    execution.update()
    .where(_IT)
    .values(
        sequence=execution.c.sequence
        + sa.select(sa.func.count())
        .select_from(step)
        .where(step.c.execution_id == _SOUGHT)
        .scalar_subquery()
    )
)
"""After the steps were broken off: their sequences are used up."""


def lock_asset(connection: sa.Connection, asset_id: str) -> None:
    """Makes what concerns the executions of one asset wait for each other, until the commit.

    On SQLite every transaction waits for every other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"asset": asset_id})


_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("asset"), 0)))


def bury(connection: sa.Connection, asset_id: str) -> None:
    """Notes that an asset was deleted; idempotent."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    row = {"id": asset_id, "deleted_at": now()}
    connection.execute(insert(deleted_asset).values(row).on_conflict_do_nothing())


def begin(
    connection: sa.Connection, execution_id: str, claim: str, positions: Sequence[int]
) -> bool:
    """Notes that steps begin, once more perhaps; whether the claim is held."""
    values = {"sought": execution_id, "held": claim, "count": len(positions)}
    sequence = connection.execute(COUNT_ON, values).scalar()
    if sequence is None:
        return False
    moment, first = now(), sequence - len(positions) + 1
    begun = [
        {"sought": execution_id, "place": at, "moment": moment, "sequence_now": first + number}
        for number, at in enumerate(positions)
    ]
    if begun:
        connection.execute(BEGIN_STEP, begun)
    return True


def values_of(outcome: Outcome) -> dict[str, Any]:
    """How a step ended, as statements take it."""
    return {f"new_{name}": value for name, value in asdict(outcome).items()}


def end(connection: sa.Connection, execution_id: str, status: Status, moment: datetime) -> None:
    """Notes how an execution ended."""
    connection.execute(END, {"sought": execution_id, "new_status": status.value, "moment": moment})


def break_off(connection: sa.Connection, execution_id: str, status: Status, message: str) -> bool:
    """Ends what has not ended; whether there was anything to end."""
    values = {"sought": execution_id, "moment": now()}
    ended = connection.execute(BREAK_OFF, values | {"new_status": status.value})
    sequence = ended.scalar()
    if sequence is None:
        return False
    noted = values_of(Outcome(False, message))
    connection.execute(BREAK_STEPS_OFF, values | noted | {"sequence_now": sequence})
    connection.execute(COUNT_STEPS, values)
    return True
