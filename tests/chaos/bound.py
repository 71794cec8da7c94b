"""How often the model may have been asked, and how soon another took over.

A call counts unless the model refused it. It is *in flight* from when it was first tried until the
end of its step is noted in the skills database, or it is made again. What can make a step ask again
is a blow to a process that executes, which forgets what it was told, or to providers, which does
the asking; that a frozen process wakes up is a blow as well. What a process had begun to ask may
still arrive for a while after the blow.

The bound, for each step: a blow fell upon each call but the last, and no call comes after the noted
end, but for one of a worker that has been woken up. So there are at most as many calls as there are
steps and calls in flight at a blow together.
"""

import signal
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from tests.chaos.journal import Call, Journal, Outcome, Step
from tests.chaos.stages import EXECUTING
from tests.chaos.struck import Struck

ASKING = EXECUTING | {"providers"}
_WAKING_SECONDS = 4.0
_STILL_ARRIVES_SECONDS = {
    signal.SIGKILL: 0.25,
    # Providers go on with what they were given before, when its turn comes.
    signal.SIGSTOP: 5.0,
    # Steps under way may end, for three seconds; who wakes up first has to notice that it must.
    signal.SIGTERM: 4.0,
    signal.SIGCONT: _WAKING_SECONDS,
}


def in_flight(journal: Journal, struck: Iterable[Struck], noted: Mapping[Step, float]) -> int:
    """Calls that a blow fell upon before there was another, or the end was noted.

    Of a process that lets steps end before it does, or that freezes, only what was broken off or
    made again.
    """
    return sum(
        any(
            _fell(blow, call.tried_at, until)
            and (call is not calls[-1] or call.outcome is Outcome.CUT or not _is_gentle(blow))
            for blow in struck
        )
        for step, calls in journal.by_step().items()
        for call, until in zip(calls, _ends(calls, noted.get(step)), strict=True)
    )


def unexcused(journal: Journal, struck: Sequence[Struck], noted: Mapping[Step, float]) -> list[str]:
    """The calls that break the bound, in words."""
    found = []
    for step, calls in journal.by_step().items():
        for before, again in pairwise(calls):
            if not _blows_between(before, again, struck):
                found.append(f"{step}: asked again at {again.arrived_at:.3f} without a reason")
        ended_at = noted.get(step, float("inf"))
        for call in calls:
            if call.arrived_at > ended_at and not _is_of_the_woken(call, struck):
                found.append(f"{step}: asked at {call.arrived_at:.3f}, ended at {ended_at:.3f}")
    return found


def takeovers(journal: Journal, struck: Sequence[Struck]) -> dict[Struck, float]:
    """Seconds from a blow to an executing process to the first call of a step that it was at.

    Only where no other blow can have been the reason, nor has held up who took over.
    """
    found: dict[Struck, float] = {}
    for calls in journal.by_step().values():
        for before, again in pairwise(calls):
            blows = _blows_between(before, again, struck)
            if len(blows) != 1 or not _ends_execution(blows[0]):
                continue
            blow = blows[0]
            first = again.tried_at if again.tried_at > blow.at else again.arrived_at
            if not any(blow.at < other.at <= first for other in struck):
                found[blow] = min(first - blow.at, found.get(blow, first - blow.at))
    return found


def was_cut(journal: Journal, blow: Struck) -> bool:
    """Whether a call has broken off since a blow."""
    return any(
        call.outcome is Outcome.CUT and (call.ended_at or 0) >= blow.at for call in journal.calls
    )


def _ends(calls: Sequence[Call], noted: float | None) -> list[float]:
    """Until when each call was in flight.

    The noted end of a step whose asset was deleted has gone with it: then its last call tells.
    """
    last = noted or calls[-1].ended_at or float("inf")
    return [min(last, again.arrived_at) for again in calls[1:]] + [last]


def _fell(blow: Struck, begun_at: float, ended_at: float) -> bool:
    """Whether a blow fell upon what was in flight for that long."""
    latest = blow.at + _STILL_ARRIVES_SECONDS[blow.number]
    return blow.victim in ASKING and begun_at <= latest and blow.at <= ended_at


def _blows_between(before: Call, again: Call, struck: Iterable[Struck]) -> list[Struck]:
    return [blow for blow in struck if _fell(blow, before.tried_at, again.arrived_at)]


def _is_gentle(blow: Struck) -> bool:
    return blow.number is not signal.SIGKILL


def _ends_execution(blow: Struck) -> bool:
    return blow.victim in EXECUTING and blow.number is not signal.SIGCONT


def _is_of_the_woken(call: Call, struck: Iterable[Struck]) -> bool:
    return any(
        blow.number is signal.SIGCONT
        and blow.victim in EXECUTING
        and 0 <= call.arrived_at - blow.at <= _WAKING_SECONDS
        for blow in struck
    )
