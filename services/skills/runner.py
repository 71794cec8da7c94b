"""Runs an execution: wave after wave of its steps, each of which is noted as it begins and ends."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import TypeVar

from services.chassis import trace
from services.chassis.database import AWAY, why_away
from services.chassis.errors import DeadlineExceeded, HubError, NotFound, Unavailable
from services.chassis.time_limit import TimeLimit
from services.chassis.uninterrupted import uninterrupted
from services.skills.answers import FORGET_SECONDS, forget
from services.skills.executor import Draining, Run
from services.skills.model import (
    GIVEN_UP,
    Execution,
    ExecutionStep,
    Outcome,
    Status,
    Trigger,
    needed,
    waves,
)
from services.skills.outcomes import failure, success
from services.skills.picture import Picture
from services.skills.registry import Registry
from services.skills.step import AnswerUnusable, StepFailed
from services.skills.store import ExecutionStore
from services.skills.work import Tools, Work

T = TypeVar("T")

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """The execution is another's by now, has ended, or is gone."""


class Runner:
    """Runs executions with steps from the registry; what a step raises becomes its
    `errorMessage`.
    """

    def __init__(
        self,
        registry: Registry,
        store: ExecutionStore,
        tools: Tools,
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Takes also who is told the id of each execution to which something happened."""
        self._registry = registry
        self._store = store
        self._tools = tools
        self._changed = changed

    async def run(self, run: Run) -> None:
        """Runs what has not ended of an execution. Raises Draining when no step may begin."""
        try:
            await self._run(run)
        except Draining:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, the execution must end
            _log.exception("execution %s met with a bug and is given up", run.execution_id)
            claim = run.claim if run.is_claimed else None
            await _lasting(lambda: self._store.give_up(run.execution_id, GIVEN_UP, claim))
            self._changed(run.execution_id)

    async def _run(self, run: Run) -> None:
        execution = await _lasting(
            lambda: self._store.claim(run.execution_id, run.claim, _first_wave)
        )
        if execution is None:
            return
        run.is_claimed = True
        trace.resume(execution.trace_id)
        self._changed(execution.id)
        under_way = _UnderWay(self._registry, self._store, self._tools, execution, run)
        left = _waves_left(execution)
        try:
            for wave, following in zip(left, [*left[1:], []], strict=True):
                if not run.may_begin():
                    raise Draining
                if wave != under_way.begun:
                    await under_way.begin(wave)
                await self._all_of(under_way, wave, following if len(wave) == 1 else [])
            await under_way.end()
        except ClaimLost:
            _log.info("execution %s is not this process's any more", execution.id)
            await under_way.forget_if_deleted()
            return
        except asyncio.CancelledError:
            # Nothing else is told to a process that ends: it has little time.
            if run.may_begin():
                await uninterrupted(under_way.forget_if_deleted())
            raise
        self._changed(execution.id)
        _log.info("execution %s of %s has %s", execution.id, execution.skill_name, under_way.status)

    async def _all_of(
        self, under_way: "_UnderWay", wave: Sequence[int], following: Sequence[int]
    ) -> None:
        async def one(position: int) -> None:
            await under_way.run(position, following)
            self._changed(under_way.execution.id)

        steps = [asyncio.ensure_future(one(position)) for position in wave]
        try:
            await asyncio.gather(*steps)
        finally:
            for step in steps:
                step.cancel()
            await asyncio.wait(steps)


class _UnderWay:
    """An execution that is claimed, and what has become of it so far."""

    def __init__(
        self,
        registry: Registry,
        store: ExecutionStore,
        tools: Tools,
        execution: Execution,
        run: Run,
    ) -> None:
        self.execution = execution
        self.begun = _first_wave(execution)
        """The wave that was noted last as begun."""
        self._registry = registry
        self._store = store
        self._tools = tools
        self._claim = run.claim
        self._may_begin = run.may_begin
        self._picture = Picture(tools.assets, execution.asset_id)
        self._outcomes = {
            at: step.outcome for at, step in enumerate(execution.steps) if step.outcome is not None
        }
        self._has_ended = False

    @property
    def status(self) -> Status:
        """How the execution ends, once all steps have."""
        succeeded = all(outcome.succeeded for outcome in self._outcomes.values())
        return Status.SUCCEEDED if succeeded else Status.FAILED

    async def begin(self, wave: Sequence[int]) -> None:
        """Notes that steps begin. Raises ClaimLost."""
        if not await _lasting(
            lambda: self._store.begin_steps(self.execution.id, self._claim, wave)
        ):
            raise ClaimLost
        self.begun = wave

    async def run(self, position: int, following: Sequence[int]) -> None:
        """Runs a step and notes its outcome, and that those begin that may follow at once.

        Raises ClaimLost.
        """
        planned = self.execution.steps[position]
        outcome = _skipped(self.execution, position, self._outcomes)
        if outcome is None:
            outcome = await self._outcome(planned, position)
        # Of two that end at the same moment neither is the last, and the end is noted after both.
        is_last = len(self._outcomes) == len(self.execution.steps) - 1
        ends = None
        if is_last:
            all_succeeded = outcome.succeeded and self.status is Status.SUCCEEDED
            ends = Status.SUCCEEDED if all_succeeded else Status.FAILED
        begins = following if self._may_begin() else ()
        if not await _lasting(
            lambda: self._store.end_step(
                self.execution.id, self._claim, position, outcome, ends, begins
            )
        ):
            raise ClaimLost
        self.begun = begins or self.begun
        self._outcomes[position] = outcome
        self._has_ended = is_last
        if not outcome.succeeded:
            _log.info(
                "step %s of execution %s failed: %s",
                planned.name,
                self.execution.id,
                outcome.error_message,
            )

    async def end(self) -> None:
        """Notes that all steps have ended, unless that was noted with the last of them."""
        if not self._has_ended:
            await _lasting(lambda: self._store.end(self.execution.id, self._claim, self.status))

    async def forget_if_deleted(self) -> None:
        """Has answers forgotten that may have been asked for after the asset's end, if it has
        ended; tried once.
        """
        if not self._picture.was_shown:
            return
        try:
            async with asyncio.timeout(FORGET_SECONDS):
                if not await self._picture.is_there():
                    await forget(self._tools.providers, await self._picture.checksum())
        except (HubError, TimeoutError) as error:
            _log.warning("answers of execution %s may stay: %r", self.execution.id, error)

    async def _outcome(self, planned: ExecutionStep, position: int) -> Outcome:
        work = Work(
            self._tools,
            self._picture,
            self.execution.id,
            planned.name,
            position,
            skill_name=self.execution.skill_name,
            # A person who runs something wants to know what the model says now.
            asks_anew=self.execution.trigger is not Trigger.UPLOAD,
        )
        try:
            async with work.limit:
                return await self._done(planned, work)
        except StepFailed as error:
            return failure(str(error), work.asked if work.asked.count else error)
        except HubError as error:
            return failure(error.message, work.asked)
        except BaseException as error:
            if work.limit.is_over and isinstance(error, TimeoutError):
                return failure(f"the step did not end within {work.limit.seconds:g} s", work.asked)
            if _is_ours(error):
                raise
            _log.exception("step %s of execution %s has a bug", planned.name, self.execution.id)
            return failure("the step failed unexpectedly; the log of the hub says why", work.asked)

    async def _done(self, planned: ExecutionStep, work: Work) -> Outcome:
        step = self._registry.steps.get(planned.name)
        if step is None:
            raise StepFailed(f"this version of the hub has no step {planned.name!r}")
        try:
            asset = await _lasting(work.asset, work.limit)
            params = step.params(**planned.parameters)
            result = await _lasting(lambda: step.run(work, asset, params), work.limit)
            outcome = success(result, work.asked)
            # By itself, so that what a model said need not be asked again.
            await _lasting(lambda: work.keep(result), work.limit)
        except NotFound as error:
            await _lasting(work.forget_answers, work.limit)
            raise StepFailed(error.message) from error
        except AnswerUnusable:
            await _lasting(work.forget_answers, work.limit)
            raise
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


def _waves_left(execution: Execution) -> list[list[int]]:
    """The positions of the steps that have not ended, wave after wave."""
    left = (
        [at for at in wave if execution.steps[at].outcome is None]
        for wave in waves(execution.steps)
    )
    return [wave for wave in left if wave]


def _first_wave(execution: Execution) -> Sequence[int]:
    return next(iter(_waves_left(execution)), ())


def _is_ours(error: BaseException) -> bool:
    """Whether an exception is meant for the task that runs a step, not raised by the step."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    return isinstance(error, GeneratorExit | KeyboardInterrupt)


def _skipped(
    execution: Execution, position: int, outcomes: Mapping[int, Outcome]
) -> Outcome | None:
    for at in needed(execution.steps, position):
        if not outcomes[at].succeeded:
            return Outcome(False, f"skipped: {execution.steps[at].name} failed")
    return None
