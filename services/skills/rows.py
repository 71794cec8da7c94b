"""Executions as rows, one for each of their steps."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.queries import Prepared, Row
from services.skills.asset_usage import AssetUsage
from services.skills.model import (
    Execution,
    ExecutionStep,
    Outcome,
    PlannedStep,
    Status,
    Trigger,
)
from services.skills.tables import asset_usage, execution, step


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest execution of an asset."""

    execution: Execution
    used: AssetUsage
    """By all executions of the asset."""


STEP_COLUMNS = (
    step.c.name,
    step.c.needs,
    step.c.parameters,
    step.c.attempts,
    step.c.started_at.label("step_started_at"),
    step.c.completed_at.label("step_completed_at"),
    step.c.begin_sequence,
    step.c.end_sequence,
    step.c.after_steps,
    *(step.c[name] for name in Outcome.__slots__),
)
_USAGE_COLUMNS = tuple(asset_usage.c[name].label(f"asset_{name}") for name in AssetUsage.__slots__)


def _query(condition: sa.ColumnElement[bool], *further: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """The query for one execution, a row for each of its steps. Building it costs more than it."""
    return (
        sa.select(execution, *STEP_COLUMNS, *further)
        .join_from(execution, step)
        .where(condition)
        .order_by(step.c.position)
    )


def _latest(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The same, with what all executions of the asset used."""
    its_usage = asset_usage.c.asset_id == execution.c.asset_id
    return _query(condition, *_USAGE_COLUMNS).join(asset_usage, its_usage, isouter=True)


_SOUGHT: sa.BindParameter[str] = sa.bindparam("sought")
BY_ID = Prepared(_query(execution.c.id == _SOUGHT))
BY_REQUEST = Prepared(_query(execution.c.request_id == _SOUGHT))
LATEST = Prepared(
    _latest(
        execution.c.id
        == sa.select(execution.c.id)
        .where(execution.c.asset_id == _SOUGHT)
        .order_by(execution.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
)
"""Each takes `sought`."""
LATEST_OF_SEVERAL = (
    _latest(
        execution.c.id.in_(
            sa.select(sa.func.max(execution.c.id))
            .where(execution.c.asset_id.in_(sa.bindparam("asset_ids", expanding=True)))
            .group_by(execution.c.asset_id)
        )
    )
    .order_by(None)
    .order_by(execution.c.id, step.c.position)
)
"""Takes `asset_ids`."""


def executions_of(rows: Sequence[Row]) -> list[Execution]:
    """The executions in their rows, in the order of these."""
    by_id = (list(its) for _, its in groupby(rows, key=itemgetter("id")))
    return [one for its in by_id if (one := execution_of(its)) is not None]


def latest_of(rows: Sequence[Row]) -> list[Latest]:
    """The latest executions of some assets in their rows, in the order of these."""
    used = {
        row["asset_id"]: AssetUsage(
            **{name: row[f"asset_{name}"] or 0 for name in AssetUsage.__slots__}
        )
        for row in rows
    }
    return [Latest(each, used[each.asset_id]) for each in executions_of(rows)]


def execution_of(rows: Sequence[Row]) -> Execution | None:
    """The execution in its rows; None if there are none."""
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
        sequence=first["sequence"],
        skill_ids=tuple(orjson.loads(first["skill_ids"])) if first["skill_ids"] else (),
    )


def _step_of(row: Row) -> ExecutionStep:
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
        begin_sequence=row["begin_sequence"],
        end_sequence=row["end_sequence"],
        after=tuple(orjson.loads(row["after_steps"])),
    )


def row_of_step(execution_id: str, position: int, planned: PlannedStep) -> dict[str, Any]:
    """The row of a step that has not begun."""
    return {
        "execution_id": execution_id,
        "position": position,
        "name": planned.name,
        "needs": json.dumps(planned.needs),
        "after_steps": json.dumps(planned.after),
        "parameters": json.dumps(planned.parameters),
        "attempts": 0,
        "profile": "",
        "model": "",
        "input_tokens": 0,
        "output_tokens": 0,
        "requests": 0,
    }
