"""What happened to an execution, in order, as somebody who watches it is told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.skills.model import Execution, ExecutionStep


@dataclass(frozen=True, slots=True)
class StepEvent:
    """A step began, or ended."""

    id: int
    """Larger than that of anything before it, the same for whoever asks and whenever."""
    step: ExecutionStep


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """A further step has ended."""

    id: int
    completed_steps: int
    total_steps: int


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The execution has ended."""

    id: int
    execution: Execution


Event = StepEvent | ProgressEvent | DoneEvent


def events_after(execution: Execution, last_id: int) -> Sequence[Event]:
    """Everything of which `last_id` is not the end, oldest first.

    Nothing is stored for it: ids come from the sequence numbers in the execution's rows, two for
    each. Of a step that began several times, the last beginning counts.
    """
    events = sorted(_events(execution), key=lambda event: event.id)
    return [event for event in events if event.id > last_id]


def _events(execution: Execution) -> Iterator[Event]:
    ended = sorted(each.end_sequence for each in execution.steps if each.end_sequence)
    for step in execution.steps:
        if step.begin_sequence:
            yield StepEvent(2 * step.begin_sequence, _as_begun(step))
        if step.end_sequence:
            yield StepEvent(2 * step.end_sequence, step)
            completed = sum(each <= step.end_sequence for each in ended)
            yield ProgressEvent(2 * step.end_sequence + 1, completed, len(execution.steps))
    if execution.status.ended:
        yield DoneEvent(2 * (execution.sequence + 1), execution)


def _as_begun(step: ExecutionStep) -> ExecutionStep:
    """The step as it was before it ended."""
    return ExecutionStep(
        step.name, step.needs, step.parameters, step.attempts, step.started_at, None, None
    )
