"""Runs one step of an execution, and notes how it went."""

import asyncio
import dataclasses
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.chassis import trace
from services.chassis.database import AWAY, why_away
from services.chassis.errors import DeadlineExceeded, HubError, NotFound, Unavailable
from services.skills.model import ERROR_CHARACTERS, Execution, ExecutionStep, Outcome, Status
from services.skills.registry import Registry
from services.skills.step import StepFailed, StepResult
from services.skills.store import ExecutionStore
from services.skills.work import Workshop

T = TypeVar("T")

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_log = logging.getLogger(__name__)


class StepRunner:
    """Runs steps from the registry; what a step raises becomes its `errorMessage`."""

    def __init__(
        self,
        registry: Registry,
        store: ExecutionStore,
        workshop: Workshop,
        timeout_seconds: float,
    ) -> None:
        self._registry = registry
        self._store = store
        self._workshop = workshop
        self._timeout_seconds = timeout_seconds

    async def run(self, execution_id: str, position: int) -> bool:
        """Runs a step unless it has ended, and says whether it succeeded."""
        execution = await _lasting(lambda: self._store.begin_step(execution_id, position))
        if execution is None:
            return False
        trace.resume(execution.trace_id)
        step = execution.steps[position]
        if step.outcome is not None:
            return step.outcome.succeeded
        outcome = _skipped(execution, step) or await self._outcome(execution, position)
        await _lasting(lambda: self._store.end_step(execution_id, position, outcome))
        told = "succeeded" if outcome.succeeded else f"failed: {outcome.error_message}"
        _log.info("step %s of execution %s %s", step.name, execution_id, told)
        return outcome.succeeded

    async def end(self, execution_id: str) -> None:
        """Notes that all steps have ended."""
        execution = await _lasting(lambda: self._store.get(execution_id))
        if execution is not None:
            succeeded = all(each.outcome and each.outcome.succeeded for each in execution.steps)
            status = Status.SUCCEEDED if succeeded else Status.FAILED
            await _lasting(lambda: self._store.end(execution_id, status))

    async def _outcome(self, execution: Execution, position: int) -> Outcome:
        name = execution.steps[position].name
        try:
            async with asyncio.timeout(self._timeout_seconds):
                result = await self._made(execution, position)
        except TimeoutError:
            return _failure(f"the step did not end within {self._timeout_seconds:g} s")
        except (StepFailed, HubError) as error:
            return _failure(error.message if isinstance(error, HubError) else str(error))
        except Exception:  # noqa: BLE001 - a step may be anybody's code
            _log.exception("step %s of execution %s has a bug", name, execution.id)
            return _failure("the step failed unexpectedly; the log of the hub says why")
        if result.answer is None:
            return Outcome(True)
        answer = result.answer
        return Outcome(True, None, answer.profile, answer.model, **dataclasses.asdict(answer.usage))

    async def _made(self, execution: Execution, position: int) -> StepResult:
        planned = execution.steps[position]
        step = self._registry.steps.get(planned.name)
        if step is None:
            raise StepFailed(f"this version of the hub has no step {planned.name!r}")
        work = self._workshop(execution.asset_id, execution.id, planned.name, position)
        try:
            asset = await _lasting(work.asset)
            params = step.params(**planned.parameters)
            result = await _lasting(lambda: step.run(work, asset, params))
            # By itself, so that what a model said need not be asked again.
            await _lasting(lambda: work.keep(result))
        except NotFound as error:
            raise StepFailed(error.message) from error
        return result


async def _lasting(work: Callable[[], Awaitable[T]]) -> T:
    """Does something again and again while a service or the database behind it is away."""
    delay = _FIRST_DELAY
    while True:
        try:
            return await work()
        except (Unavailable, DeadlineExceeded) as error:
            _log.warning("a step waits: %s", error.message)
        except AWAY as error:
            _log.warning("a step waits for the database: %s", why_away(error))
        await asyncio.sleep(delay * random.uniform(0.5, 1.0))
        delay = min(delay * 2, _LONGEST_DELAY)


def _skipped(execution: Execution, step: ExecutionStep) -> Outcome | None:
    for other in execution.steps:
        failed = other.outcome is not None and not other.outcome.succeeded
        if failed and other.name in step.needs:
            return Outcome(False, f"skipped: {other.name} failed")
    return None


def _failure(message: str) -> Outcome:
    return Outcome(False, message.replace("\0", "")[:ERROR_CHARACTERS])
