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


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it was when the run was accepted."""

    name: str
    needs: tuple[str, ...]
    parameters: dict[str, Any]


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


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a skill on an asset, as it stands."""

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


def waves(steps: Sequence[PlannedStep | ExecutionStep]) -> list[list[int]]:
    """Positions of the steps that can run at the same time, wave after wave, in declared order.

    A step waits for those of its needs that are in the same pipeline.
    """
    names = {step.name for step in steps}
    settled: set[str] = set()
    left = list(range(len(steps)))
    found = []
    while left:
        wave = [at for at in left if settled.issuperset(names.intersection(steps[at].needs))]
        if not wave:
            circle = ", ".join(steps[at].name for at in left)
            raise ValueError(f"these steps need each other: {circle}")
        settled.update(steps[at].name for at in wave)
        left = [at for at in left if at not in wave]
        found.append(wave)
    return found
