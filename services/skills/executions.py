"""Accepting executions and seeing to it that each ends."""

from collections.abc import Iterable
from typing import Any

from services.chassis.errors import InvalidArgument, NotFound
from services.skills.engine import Engine
from services.skills.model import Execution, PlannedStep, Trigger, waves
from services.skills.parameters import ParameterInvalid, checked, parameters_of
from services.skills.registry import Registry, Skill
from services.skills.store import ExecutionStore


class Executions:
    """The one way in for runs."""

    def __init__(
        self, registry: Registry, store: ExecutionStore, engine: Engine, default_skill: str
    ) -> None:
        self._registry = registry
        self._store = store
        self._engine = engine
        self._default_skill = default_skill

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
        accepted = await self._store.accept(request_id, asset_id, skill.name, trigger, planned)
        await self._submit(accepted)
        return accepted

    async def take_up(self) -> None:
        """Submits what was accepted and never reached the engine, because a process died."""
        for execution_id in await self._store.unfinished():
            if not await self._engine.knows(execution_id):
                found = await self._store.get(execution_id)
                if found is not None:
                    await self._submit(found)

    async def forget(self, asset_id: str) -> int:
        """Stops and removes an asset's executions; says how many there were."""
        ids = await self._store.delete_of_asset(asset_id)
        for execution_id in ids:
            await self._engine.cancel(execution_id)
        return len(ids)

    async def _submit(self, accepted: Execution) -> None:
        if not accepted.status.ended:
            steps = [
                PlannedStep(each.name, self._needs(each.name), each.parameters)
                for each in accepted.steps
            ]
            await self._engine.submit(accepted.id, waves(steps))

    def _needs(self, step_name: str) -> tuple[str, ...]:
        step = self._registry.steps.get(step_name)
        return step.needs if step is not None else ()

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
