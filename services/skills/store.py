"""Executions in the database."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database, UtcDateTime
from services.chassis.ids import new_id
from services.chassis.trace import current_trace_id
from services.skills.model import (
    Execution,
    ExecutionStep,
    Outcome,
    PlannedStep,
    Status,
    Trigger,
)
from services.skills.tables import execution, step


class ExecutionStore:
    """Reads and writes of executions; one query a read."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def accept(
        self,
        request_id: str,
        asset_id: str,
        skill_name: str,
        trigger: Trigger,
        steps: Sequence[PlannedStep],
    ) -> Execution:
        """Makes an execution; a repeat of the request id gives the first one's."""
        found = await self._one(_BY_REQUEST, request_id)
        if found is not None:
            return found
        row = {
            "id": new_id(),
            "request_id": request_id,
            "asset_id": asset_id,
            "skill_name": skill_name,
            "trigger": trigger.value,
            "status": Status.QUEUED.value,
            "trace_id": current_trace_id(),
            "created_at": now(),
        }
        planned = [_planned(row["id"], at, each) for at, each in enumerate(steps)]
        try:
            async with self.database.writing() as connection:
                await connection.execute(execution.insert(), row)
                await connection.execute(step.insert(), planned)
        except sa.exc.IntegrityError:
            # An equal request came at the same time and was first.
            found = await self._one(_BY_REQUEST, request_id)
            if found is None:
                raise
            return found
        made = await self.get(str(row["id"]))
        assert made is not None  # noqa: S101 - it was just committed
        return made

    async def get(self, execution_id: str) -> Execution | None:
        """One execution."""
        return await self._one(_BY_ID, execution_id)

    async def latest(self, asset_id: str) -> Execution | None:
        """An asset's newest execution."""
        return await self._one(_LATEST, asset_id)

    async def unfinished(
        self, since: datetime, until: datetime, after_id: str, limit: int
    ) -> list[str]:
        """Ids beyond `after_id` of those accepted from `since` to before `until` and not ended."""
        query = (
            sa.select(execution.c.id)
            .where(
                execution.c.status.in_([Status.QUEUED, Status.RUNNING]),
                execution.c.id > after_id,
                execution.c.created_at >= since,
                execution.c.created_at < until,
            )
            .order_by(execution.c.id)
            .limit(limit)
        )
        return [row["id"] for row in await self.database.rows(query)]

    async def begin_step(self, execution_id: str, position: int) -> Execution | None:
        """Notes that a step begins, once more perhaps; None if the execution is gone.

        A step that has ended is left as it is.
        """
        async with self.database.writing() as connection:
            moment = now()
            await connection.execute(
                execution.update()
                .where(execution.c.id == execution_id, execution.c.status == Status.QUEUED)
                .values(status=Status.RUNNING.value, started_at=moment)
            )
            await connection.execute(
                step.update()
                .where(_is(execution_id, position), step.c.completed_at.is_(None))
                .values(
                    attempts=step.c.attempts + 1,
                    started_at=sa.func.coalesce(step.c.started_at, sa.literal(moment, UtcDateTime)),
                )
            )
            found = await connection.execute(_BY_ID, {"sought": execution_id})
            return _execution_of(found.mappings().all())

    async def end_step(self, execution_id: str, position: int, outcome: Outcome) -> None:
        """Notes how a step ended, unless it has ended: another worker may have been first."""
        async with self.database.writing() as connection:
            await connection.execute(
                step.update()
                .where(_is(execution_id, position), step.c.completed_at.is_(None))
                .values(completed_at=now(), **asdict(outcome))
            )

    async def end(self, execution_id: str, status: Status) -> None:
        """Notes how an execution ended, unless it has ended."""
        async with self.database.writing() as connection:
            await connection.execute(_ending(execution_id, status, now()))

    async def give_up(self, execution_id: str, message: str) -> None:
        """Ends an execution, and its steps that have not ended, as failed."""
        moment = now()
        async with self.database.writing() as connection:
            await connection.execute(
                step.update()
                .where(step.c.execution_id == execution_id, step.c.completed_at.is_(None))
                .values(completed_at=moment, **asdict(Outcome(False, message)))
            )
            await connection.execute(_ending(execution_id, Status.FAILED, moment))

    async def delete_of_asset(self, asset_id: str) -> list[str]:
        """Removes an asset's executions and gives their ids."""
        async with self.database.writing() as connection:
            found = await connection.execute(
                execution.delete().where(execution.c.asset_id == asset_id).returning(execution.c.id)
            )
            return list(found.scalars())

    async def _one(self, query: sa.Select[Any], sought: str) -> Execution | None:
        return _execution_of(await self.database.rows(query, {"sought": sought}))


def _query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The query for one execution, a row for each of its steps. Building it costs more than it."""
    return (
        sa.select(
            execution,
            step.c.name,
            step.c.needs,
            step.c.parameters,
            step.c.attempts,
            step.c.started_at.label("step_started_at"),
            step.c.completed_at.label("step_completed_at"),
            *(step.c[name] for name in Outcome.__slots__),
        )
        .join(step)
        .where(condition)
        .order_by(step.c.position)
    )


def _ending(execution_id: str, status: Status, moment: datetime) -> sa.Update:
    return (
        execution.update()
        .where(
            execution.c.id == execution_id,
            execution.c.status.in_([Status.QUEUED, Status.RUNNING]),
        )
        .values(
            status=status.value,
            completed_at=moment,
            started_at=sa.func.coalesce(execution.c.started_at, sa.literal(moment, UtcDateTime)),
        )
    )


_SOUGHT: sa.BindParameter[str] = sa.bindparam("sought")
_BY_ID = _query(execution.c.id == _SOUGHT)
_BY_REQUEST = _query(execution.c.request_id == _SOUGHT)
_LATEST = _query(
    execution.c.id
    == sa.select(execution.c.id)
    .where(execution.c.asset_id == _SOUGHT)
    .order_by(execution.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


def _execution_of(rows: Sequence[sa.RowMapping]) -> Execution | None:
    if not rows:
        return None
    first = rows[0]
    return Execution(
        id=first["id"],
        asset_id=first["asset_id"],
        skill_name=first["skill_name"],
        trigger=Trigger(first["trigger"]),
        status=Status(first["status"]),
        trace_id=first["trace_id"],
        created_at=first["created_at"],
        started_at=first["started_at"],
        completed_at=first["completed_at"],
        steps=tuple(_step_of(row) for row in rows),
    )


def _step_of(row: sa.RowMapping) -> ExecutionStep:
    outcome = None
    if row["step_completed_at"] is not None:
        outcome = Outcome(**{name: row[name] for name in Outcome.__slots__})
    return ExecutionStep(
        name=row["name"],
        needs=tuple(orjson.loads(row["needs"])),
        parameters=orjson.loads(row["parameters"]),
        attempts=row["attempts"],
        started_at=row["step_started_at"],
        completed_at=row["step_completed_at"],
        outcome=outcome,
    )


def _is(execution_id: str, position: int) -> sa.ColumnElement[bool]:
    return sa.and_(step.c.execution_id == execution_id, step.c.position == position)


def _planned(execution_id: Any, position: int, planned: PlannedStep) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "position": position,
        "name": planned.name,
        "needs": json.dumps(planned.needs),
        "parameters": json.dumps(planned.parameters),
        "attempts": 0,
        "profile": "",
        "model": "",
        "input_tokens": 0,
        "output_tokens": 0,
        "requests": 0,
    }
