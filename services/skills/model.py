"""Executions and their steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ERROR_CHARACTERS = 1000
GIVEN_UP = "the run broke off and was given up; run the skill again"
"""What the steps of a run say that a bug has ended."""


class Status(StrEnum):
    """Where an execution stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self not in (Status.QUEUED, Status.RUNNING)


class Trigger(StrEnum):
    """What asked for an execution."""

    UPLOAD = "upload"
    MANUAL = "manual"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it was when the run was accepted."""

    name: str
    needs: tuple[str, ...]
    parameters: dict[str, Any]
    after: tuple[str, ...] = ()
    """Names of steps that end before it, whether they succeed or not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended."""

    succeeded: bool
    error_message: str | None = None
    profile: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    cost: float = 0.0
    cached: bool = False
    """Whether the model's answer was one that was kept."""

    @property
    def used(self) -> bool:
        """Whether AI calls used anything."""
        return bool(self.requests or self.input_tokens or self.output_tokens or self.cost)


@dataclass(frozen=True, slots=True)
class ExecutionStep:
    """One step of an execution, as it stands."""

    name: str
    needs: tuple[str, ...]
    parameters: dict[str, Any]
    attempts: int
    """How often it was begun."""
    started_at: datetime | None
    completed_at: datetime | None
    outcome: Outcome | None
    begin_sequence: int | None = None
    """The execution's when the step last began."""
    end_sequence: int | None = None
    """The execution's when the step ended."""
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a skill or a workflow on an asset, as it stands."""

    id: str
    asset_id: str
    skill_name: str
    trigger: Trigger
    status: Status
    trace_id: str
    """Of the request that asked for it."""
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    steps: tuple[ExecutionStep, ...]
    sequence: int = 0
    """Counts what happened to it: each step's beginnings and its end."""
    skill_ids: tuple[str, ...] = ()
    """The skills that a workflow's run is made of; none for the run of a skill."""


def needed(steps: Sequence[PlannedStep | ExecutionStep], position: int) -> list[int]:
    """Positions of the steps that the one at a position needs the results of."""
    return _named(steps, position, steps[position].needs)


def _named(
    steps: Sequence[PlannedStep | ExecutionStep], position: int, names: Sequence[str]
) -> list[int]:
    """Positions of the steps of some names, as the one at a position means them.

    A name that the pipeline has several times is the last one before it, or else the first after
    it; one that the pipeline has not is none.
    """
    found = []
    for name in names:
        places = [at for at, step in enumerate(steps) if step.name == name]
        before = [at for at in places if at < position]
        found += before[-1:] or places[:1]
    return found


def waves(steps: Sequence[PlannedStep | ExecutionStep]) -> list[list[int]]:
    """Positions of the steps that can run at the same time, wave after wave, in declared order.

    A step waits for those that it needs or comes after, and for the one before it that has its
    name: both leave the same results, and the later ones stay.
    """
    waits: list[set[int]] = []
    latest: dict[str, int] = {}
    for position, step in enumerate(steps):
        former = {latest[step.name]} if step.name in latest else set()
        waits.append(former.union(_named(steps, position, (*step.needs, *step.after))))
        latest[step.name] = position
    settled: set[int] = set()
    left = list(range(len(steps)))
    found = []
    while left:
        wave = [at for at in left if waits[at] <= settled]
        if not wave:
            circle = ", ".join(steps[at].name for at in left)
            raise ValueError(f"these steps wait for each other: {circle}")
        settled.update(wave)
        left = [at for at in left if at not in settled]
        found.append(wave)
    return found
