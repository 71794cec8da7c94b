"""How a step ended, as it is recorded."""

import dataclasses
from typing import Any

from services.skills.asked import Asked
from services.skills.model import ERROR_CHARACTERS, Outcome
from services.skills.step import Answer, StepFailed, StepResult, Usage

_MOST_USED = 2**53 - 1


def success(result: StepResult, asked: Asked) -> Outcome:
    """How a step ended that gave a result, with what was used for it.

    Raises TypeError, ValueError or AttributeError for a result that is not as it must be.
    """
    if not isinstance(result, StepResult):
        raise TypeError(f"a step gives a StepResult, not {type(result).__name__}")
    told = asked if asked.count else result.answer
    if told is None:
        return Outcome(True)
    return Outcome(True, None, **_recorded(told), cached=bool(told.cached))


def failure(message: str, told: Asked | StepFailed) -> Outcome:
    """How a step ended that failed, and what was used in vain."""
    return Outcome(False, _storable(message)[:ERROR_CHARACTERS], **_recorded(told))


def _recorded(told: Asked | Answer | StepFailed) -> dict[str, Any]:
    return {
        "profile": _storable(told.profile),
        "model": _storable(told.model),
        **_counted(told.usage),
    }


def _counted(usage: Usage) -> dict[str, Any]:
    counts = dataclasses.asdict(usage)
    cost = counts.pop("cost")
    if not all(isinstance(each, int) and 0 <= each <= _MOST_USED for each in counts.values()):
        raise ValueError(f"usage is counted in whole numbers from 0 to {_MOST_USED}: {counts}")
    if not (isinstance(cost, int | float) and 0 <= cost <= _MOST_USED):
        raise ValueError(f"a cost is a number from 0 to {_MOST_USED}: {cost!r}")
    return counts | {"cost": float(cost)}


def _storable(text: str) -> str:
    # Databases take neither U+0000 nor half of a surrogate pair.
    return text.replace("\0", "").encode(errors="replace").decode()
