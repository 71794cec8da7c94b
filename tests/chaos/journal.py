"""What the model was asked, kept where no kill reaches."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.moments import Moment, Moments


class Outcome(StrEnum):
    """How a call ended."""

    UNDER_WAY = "under way"
    ANSWERED = "answered"
    """A usable answer was sent. Whether anybody noted it is another matter."""
    REFUSED = "refused"
    """With 429 or 500, or the connection was reset: the model has done nothing."""
    CUT = "cut off"
    """Who asked hung up before the answer."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an execution, as the idempotency key and the schema's name tell."""

    execution_id: str
    name: str


@dataclass(slots=True)
class Call:
    """One request. Moments are seconds since 1970."""

    step: Step
    arrived_at: float
    tried_at: float
    """When the first of the refused attempts arrived that this one follows; else as above."""
    ended_at: float | None = None
    outcome: Outcome = Outcome.UNDER_WAY

    def __str__(self) -> str:
        took = f"after {self.ended_at - self.arrived_at:.3f} s" if self.ended_at else ""
        return f"{self.step.execution_id} {self.step.name} {self.outcome} {took}"


class Journal:
    """Every call, in the order of arrival."""

    def __init__(self, moments: Moments) -> None:
        self.calls: list[Call] = []
        self._last: dict[Step, Call] = {}
        self._moments = moments

    def arrive(self, idempotency_key: str, schema_name: str) -> Call:
        """Notes that a call has arrived."""
        step, moment = Step(idempotency_key.partition(".")[0], schema_name), time.time()
        call = Call(step, moment, moment)
        before = self._last.get(step)
        if before is not None and before.outcome is Outcome.REFUSED:
            call.tried_at = before.tried_at
        self._last[step] = call
        self.calls.append(call)
        self._moments.tell(Moment.ARRIVAL)
        return call

    def end(self, call: Call, outcome: Outcome) -> None:
        """Notes how it has ended."""
        call.ended_at, call.outcome = time.time(), outcome
        if outcome is Outcome.ANSWERED:
            self._moments.tell(Moment.ANSWER)

    def by_step(self) -> Mapping[Step, Sequence[Call]]:
        """The calls that the model had to work for, which are all but the refused ones."""
        found: dict[Step, list[Call]] = defaultdict(list)
        for call in self.calls:
            if call.outcome is not Outcome.REFUSED:
                found[call.step].append(call)
        return found
