"""Accepting executions and seeing to it that each ends."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from services.chassis.clock import now
from services.chassis.errors import InvalidArgument, NotFound
from services.skills.engine import Engine
from services.skills.executor import Executor
from services.skills.model import GIVEN_UP, Execution, Trigger, waves
from services.skills.planning import Plan, Planner
from services.skills.registry import Registry, Skill
from services.skills.store import ExecutionStore
from services.skills.workflow_store import WorkflowStore

_BATCH = 500
_PATIENCE = timedelta(seconds=5)
_LOOK_BACK = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class Executions:
    """The one way in for runs, and the one way to end them early."""

    def __init__(
        self,
        registry: Registry,
        store: ExecutionStore,
        workflows: WorkflowStore,
        engine: Engine,
        executor: Executor,
        default_skill: str,
    ) -> None:
        self._registry = registry
        self._planner = Planner(registry)
        self._store = store
        self._workflows = workflows
        self._engine = engine
        self._executor = executor
        self._default_skill = default_skill
        self._accepting: set[asyncio.Task[tuple[Execution, bool]]] = set()

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
    ) -> tuple[Execution, bool]:
        """Accepts a run, or gives that of an equal request; says whether it did.

        An upload that names no skill runs the auto-run workflow, if there is one.
        Raises SKILL_NOT_FOUND, SKILL_PARAMETERS_INVALID, ASSET_NOT_FOUND for an asset that was
        deleted, and IDEMPOTENCY_KEY_REUSED.
        """
        skill = self.skill(skill_name)
        by_hand = trigger is not Trigger.UPLOAD
        is_any = not (by_hand or skill_name or parameters)
        plan = await self._auto_run(asset_id) if is_any else None
        if plan is None:
            plan = self._planner.of_skill(skill, parameters)
        # An upload is handed over until it was answered, for days if need be.
        fingerprint = _fingerprint(asset_id, skill.name, _resolved(plan)) if by_hand else ""
        return await self._accepted(request_id, asset_id, plan, trigger, fingerprint)

    async def start_workflow(
        self, request_id: str, asset_id: str, workflow_id: str
    ) -> tuple[Execution, bool]:
        """Accepts a run of a workflow, or gives that of an equal request; says whether it did.

        Raises WORKFLOW_PROFILE_NOT_FOUND, what `Planner.of_workflow` raises, ASSET_NOT_FOUND for an
        asset that was deleted, IDEMPOTENCY_KEY_REUSED, and EXECUTION_NOT_FOUND for one that was
        removed.
        """
        fingerprint = _fingerprint("workflow", asset_id, workflow_id)
        # Looked for first: the workflow may be another by now, or gone.
        earlier = await self._store.earlier(request_id, fingerprint)
        if earlier is not None:
            return earlier, True
        plan = self._planner.of_workflow(await self._workflows.get(workflow_id))
        return await self._accepted(request_id, asset_id, plan, Trigger.WORKFLOW, fingerprint)

    async def cancel(self, execution_id: str, request_id: str) -> tuple[Execution, bool]:
        """Ends a run early, or says that an equal request has done so.

        Raises EXECUTION_NOT_FOUND, EXECUTION_ALREADY_FINISHED, IDEMPOTENCY_KEY_REUSED.
        """
        cancelled = await self._store.cancel(execution_id, request_id)
        self._executor.stop(execution_id)
        await self._engine.cancel(execution_id)
        return cancelled

    async def forget(self, asset_id: str) -> int:
        """Stops and removes an asset's executions for good; says how many there were."""
        ids = await self._store.delete_of_asset(asset_id)
        for execution_id in ids:
            self._executor.stop(execution_id)
        if ids:
            await self._engine.delete(ids)
        return len(ids)

    async def take_up(self) -> None:
        """Submits what was accepted and did not reach the engine, without end.

        A process may die between the two. What the engine is done with although it has not ended,
        because of a bug, ends here. The first look is at everything; the later ones are at what
        came in the last minute and had time to be submitted by who accepted it.
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

    async def _auto_run(self, asset_id: str) -> Plan | None:
        workflow = await self._workflows.auto_run()
        if workflow is None:
            return None
        try:
            return self._planner.of_workflow(workflow)
        except InvalidArgument as error:
            # It could be run when it was made auto-run: there were other skills then.
            _log.warning(
                "the upload of asset %s runs the default skill, the workflow %s cannot be run: %s",
                asset_id,
                workflow.name,
                error.message,
            )
            return None

    async def _accepted(
        self, request_id: str, asset_id: str, plan: Plan, trigger: Trigger, fingerprint: str
    ) -> tuple[Execution, bool]:
        accepting = asyncio.create_task(
            self._accept(request_id, asset_id, plan, trigger, fingerprint)
        )
        self._accepting.add(accepting)
        accepting.add_done_callback(self._accepting.discard)
        # A caller that hangs up ends its call, but not what it has asked for.
        return await asyncio.shield(accepting)

    async def _accept(
        self, request_id: str, asset_id: str, plan: Plan, trigger: Trigger, fingerprint: str
    ) -> tuple[Execution, bool]:
        accepted, replayed = await self._store.accept(
            request_id,
            asset_id,
            plan.name,
            trigger,
            plan.steps,
            fingerprint=fingerprint,
            skill_ids=plan.skill_ids,
        )
        await self._submit(accepted)
        return accepted, replayed

    async def _submit(self, accepted: Execution) -> None:
        if not accepted.status.ended:
            await self._engine.submit(accepted.id, waves(accepted.steps))


def _resolved(plan: Plan) -> dict[str, Any]:
    """What the steps of a skill get, however it was spelled: each has its part of the same."""
    return {field: value for step in plan.steps for field, value in step.parameters.items()}


def _fingerprint(*content: Any) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
