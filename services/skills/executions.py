"""Accepting executions and seeing to it that each ends."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.clock import now
from services.chassis.errors import InvalidArgument, NotFound
from services.skills.engine import Engine
from services.skills.model import Execution, PlannedStep, Trigger, waves
from services.skills.parameters import ParameterInvalid, checked, parameters_of
from services.skills.registry import Registry, Skill
from services.skills.store import ExecutionStore

_BATCH = 500
_PATIENCE = timedelta(seconds=5)
_LOOK_BACK = timedelta(minutes=1)
GIVEN_UP = "the run broke off and was given up; run the skill again"


class Executions:
    """The one way in for runs."""

    def __init__(
        self, registry: Registry, store: ExecutionStore, engine: Engine, default_skill: str
    ) -> None:
        self._registry = registry
        self._store = store
        self._engine = engine
        self._default_skill = default_skill
        self._accepting: set[asyncio.Task[Execution]] = set()

    def skills(self) -> Iterable[Skill]:
        """All skills, the default first."""
        skills = self._registry.skills
        rest = (skill for name, skill in sorted(skills.items()) if name != self._default_skill)
        return [skills[self._default_skill], *rest]

    def skill(self, name: str) -> Skill:
        """A skill by name, "" for the default. Raises SKILL_NOT_FOUND."""
        found = self._registry.skills.get(name or self._default_skill)
        if found is None:
            known = ", ".join(sorted(self._registry.skills))
            raise NotFound("SKILL_NOT_FOUND", f"no skill is named {name[:100]!r}; there is {known}")
        return found

    async def start(
        self,
        request_id: str,
        asset_id: str,
        skill_name: str,
        parameters: dict[str, Any],
        trigger: Trigger,
    ) -> Execution:
        """Accepts a run. Raises SKILL_NOT_FOUND and SKILL_PARAMETERS_INVALID."""
        skill = self.skill(skill_name)
        planned = self._planned(skill, parameters)
        accepting = asyncio.create_task(
            self._accept(request_id, asset_id, skill.name, trigger, planned)
        )
        self._accepting.add(accepting)
        accepting.add_done_callback(self._accepting.discard)
        # A caller that hangs up ends its call, but not what it has asked for.
        return await asyncio.shield(accepting)

    async def take_up(self) -> None:
        """Submits what was accepted and did not reach the engine, without end.

        A process may die between the two. What the engine is done with although it has not ended,
        because of a bug or of too many deaths, ends here. The first look is at everything; the
        later ones are at what came in the last minute and had time to be submitted by who accepted
        it.
        """
        since, until = datetime.min.replace(tzinfo=UTC), now()
        while True:
            after = ""
            while ids := await self._store.unfinished(since, until, after, _BATCH):
                lost = await self._engine.lost(ids)
                for execution_id in lost.unknown:
                    found = await self._store.get(execution_id)
                    if found is not None:
                        await self._submit(found)
                for execution_id in lost.over:
                    await self._store.give_up(execution_id, GIVEN_UP)
                after = ids[-1]
            await asyncio.sleep(_PATIENCE.total_seconds())
            since, until = now() - _LOOK_BACK, now() - _PATIENCE

    async def _accept(
        self,
        request_id: str,
        asset_id: str,
        skill_name: str,
        trigger: Trigger,
        planned: Sequence[PlannedStep],
    ) -> Execution:
        accepted = await self._store.accept(request_id, asset_id, skill_name, trigger, planned)
        await self._submit(accepted)
        return accepted

    async def forget(self, asset_id: str) -> int:
        """Stops and removes an asset's executions; says how many there were."""
        ids = await self._store.delete_of_asset(asset_id)
        for execution_id in ids:
            await self._engine.cancel(execution_id)
        return len(ids)

    async def _submit(self, accepted: Execution) -> None:
        if not accepted.status.ended:
            await self._engine.submit(accepted.id, waves(accepted.steps))

    def _planned(self, skill: Skill, given: dict[str, Any]) -> list[PlannedStep]:
        try:
            values = checked(skill.parameters, given)
        except ParameterInvalid as error:
            raise InvalidArgument("SKILL_PARAMETERS_INVALID", str(error)) from error
        planned = []
        for name in skill.steps:
            step = self._registry.steps[name]
            own = {each.field for each in parameters_of(step.params)}
            mine = {field: value for field, value in values.items() if field in own}
            planned.append(PlannedStep(name, step.needs, mine))
        return planned
