"""Runs one step of an execution, and notes how it went."""

import asyncio
import dataclasses
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TypeVar

from services.chassis import trace
from services.chassis.database import AWAY, why_away
from services.chassis.errors import DeadlineExceeded, HubError, NotFound, Unavailable
from services.chassis.time_limit import TimeLimit
from services.skills.model import ERROR_CHARACTERS, Execution, ExecutionStep, Outcome, Status
from services.skills.registry import Registry
from services.skills.step import StepFailed, StepResult
from services.skills.store import ExecutionStore
from services.skills.work import Work, Workshop

T = TypeVar("T")

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_MOST_USED = 2**53 - 1
_log = logging.getLogger(__name__)


class StepRunner:
    """Runs steps from the registry; what a step raises becomes its `errorMessage`."""

    def __init__(
        self,
        registry: Registry,
        store: ExecutionStore,
        workshop: Workshop,
    ) -> None:
        self._registry = registry
        self._store = store
        self._workshop = workshop

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
        planned = execution.steps[position]
        work = self._workshop(execution.asset_id, execution.id, planned.name, position)
        try:
            async with work.limit:
                return await self._done(planned, work)
        except (StepFailed, HubError) as error:
            return _failure(error.message if isinstance(error, HubError) else str(error))
        except BaseException as error:
            if work.limit.is_over and isinstance(error, TimeoutError):
                return _failure(f"the step did not end within {work.limit.seconds:g} s")
            if _is_ours(error):
                raise
            _log.exception("step %s of execution %s has a bug", planned.name, execution.id)
            return _failure("the step failed unexpectedly; the log of the hub says why")

    async def _done(self, planned: ExecutionStep, work: Work) -> Outcome:
        step = self._registry.steps.get(planned.name)
        if step is None:
            raise StepFailed(f"this version of the hub has no step {planned.name!r}")
        try:
            asset = await _lasting(work.asset, work.limit)
            params = step.params(**planned.parameters)
            result = await _lasting(lambda: step.run(work, asset, params), work.limit)
            outcome = _success(result)
            # By itself, so that what a model said need not be asked again.
            await _lasting(lambda: work.keep(result), work.limit)
        except NotFound as error:
            raise StepFailed(error.message) from error
        return outcome


async def _lasting(work: Callable[[], Awaitable[T]], limit: TimeLimit | None = None) -> T:
    """Does something again and again while a service or the database behind it is away.

    The time between is not counted toward the limit: an outage delays a step and fails none.
    """
    delay = _FIRST_DELAY
    while True:
        try:
            return await work()
        except (Unavailable, DeadlineExceeded) as error:
            _log.warning("a step waits: %s", error.message)
        except AWAY as error:
            _log.warning("a step waits for the database: %s", why_away(error))
        with limit.paused() if limit else nullcontext():
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))
        delay = min(delay * 2, _LONGEST_DELAY)


def _is_ours(error: BaseException) -> bool:
    """Whether an exception is meant for the task that runs a step, not raised by the step."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, GeneratorExit | KeyboardInterrupt)


def _skipped(execution: Execution, step: ExecutionStep) -> Outcome | None:
    for other in execution.steps:
        failed = other.outcome is not None and not other.outcome.succeeded
        if failed and other.name in step.needs:
            return Outcome(False, f"skipped: {other.name} failed")
    return None


def _success(result: StepResult) -> Outcome:
    """Raises TypeError, ValueError or AttributeError for a result that is not as it must be."""
    if not isinstance(result, StepResult):
        raise TypeError(f"a step gives a StepResult, not {type(result).__name__}")
    answer = result.answer
    if answer is None:
        return Outcome(True)
    usage = dataclasses.asdict(answer.usage)
    if not all(isinstance(each, int) and 0 <= each <= _MOST_USED for each in usage.values()):
        raise ValueError(f"usage is counted in whole numbers from 0 to {_MOST_USED}: {usage}")
    return Outcome(True, None, _storable(answer.profile), _storable(answer.model), **usage)


def _failure(message: str) -> Outcome:
    return Outcome(False, _storable(message)[:ERROR_CHARACTERS])


def _storable(text: str) -> str:
    # Databases take neither U+0000 nor half of a surrogate pair.
    return text.replace("\0", "").encode(errors="replace").decode()
