"""Executions as they are accepted, before anything of them has begun."""

from collections.abc import Sequence
from typing import Any

import orjson

from services.chassis.clock import now
from services.chassis.ids import new_id
from services.chassis.trace import current_trace_id
from services.skills.model import Execution, ExecutionStep, PlannedStep, Status, Trigger


def accepted(
    asset_id: str,
    skill_name: str,
    trigger: Trigger,
    steps: Sequence[PlannedStep],
    skill_ids: tuple[str, ...],
) -> Execution:
    """An execution of which nothing has begun."""
    return Execution(
        id=new_id(),
        asset_id=asset_id,
        skill_name=skill_name,
        trigger=trigger,
        status=Status.QUEUED,
        trace_id=current_trace_id(),
        created_at=now(),
        started_at=None,
        completed_at=None,
        steps=tuple(
            ExecutionStep(
                each.name, each.needs, each.parameters, 0, None, None, None, after=each.after
            )
            for each in steps
        ),
        skill_ids=skill_ids,
    )


def row_of(made: Execution, request_id: str) -> dict[str, Any]:
    """Its row."""
    return {
        "id": made.id,
        "request_id": request_id,
        "asset_id": made.asset_id,
        "skill_name": made.skill_name,
        "trigger": made.trigger.value,
        "status": made.status.value,
        "trace_id": made.trace_id,
        "created_at": made.created_at,
        "skill_ids": orjson.dumps(made.skill_ids).decode() if made.skill_ids else None,
    }
