"""Runs of other versions, which nobody alive executes: taken over by who has their steps."""

import asyncio
import json
from collections.abc import Sequence, Set
from datetime import timedelta

import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database
from services.skills.engine import Engine
from services.skills.registry import Registry
from services.skills.tables import execution, step

PATIENCE = timedelta(hours=1)
"""How long a run waits for who has all of its steps. Then it ends, and says what there is not."""
LOOK_SECONDS = 5.0
"""How often those that have to wait are looked at."""
_BATCH = 500


class Adoption:
    """What this process may take over of other versions."""

    def __init__(self, database: Database, registry: Registry, engine: Engine) -> None:
        self._database = database
        self._registry = registry
        self._engine = engine
        self._due = 0.0

    async def adopt(self, alive: Set[str]) -> int:
        """Takes over runs of other versions than those that are alive, and says how many."""
        if asyncio.get_running_loop().time() < self._due:
            return 0
        foreign = await self._engine.foreign(alive)
        beyond: set[str] = set()
        for start in range(0, len(foreign), _BATCH):
            beyond |= await self._beyond(foreign[start : start + _BATCH])
        if beyond:
            self._due = asyncio.get_running_loop().time() + LOOK_SECONDS
        ours = [each for each in foreign if each not in beyond]
        return await self._engine.adopt(ours, alive)

    async def _beyond(self, execution_ids: Sequence[str]) -> set[str]:
        """Those that have a step to come which this process has not, and were accepted lately."""
        query = (
            sa.select(step.c.execution_id, step.c.name, step.c.parameters)
            .join(execution)
            .where(
                step.c.execution_id.in_(execution_ids),
                step.c.completed_at.is_(None),
                execution.c.created_at > now() - PATIENCE,
            )
        )
        return {
            row["execution_id"]
            for row in await self._database.rows(query)
            if not self._registry.has(row["name"], json.loads(row["parameters"]))
        }
