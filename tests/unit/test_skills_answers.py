"""What providers says of a question, as a step gets it."""

import pytest

from services.chassis.errors import FailedPrecondition
from services.skills.answers import failure_of
from services.skills.step import Usage


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({}, Usage()),
        (
            {"input_tokens": "7", "output_tokens": "5", "requests": "2", "cost": "0.25"},
            Usage(7, 5, 2, 0.25),
        ),
        ({"requests": "two", "cost": "much"}, Usage()),
        ({"requests": "-1", "cost": "-1"}, Usage()),
        ({"requests": "²", "cost": "nan"}, Usage()),
        ({"requests": "1", "cost": "inf"}, Usage(requests=1)),
        ({"requests": "1", "cost": "1e-07"}, Usage(requests=1, cost=1e-07)),
    ],
    ids=str,
)
def test_what_a_failure_used_is_told_as_far_as_it_can_be_read(
    told: dict[str, str], usage: Usage
) -> None:
    failed = failure_of(FailedPrecondition("AI_PROVIDER_FAILED", "no", profile="mine", **told))
    assert (str(failed), failed.profile, failed.model, failed.usage) == ("no", "mine", "", usage)


def test_what_several_questions_used_is_added_up() -> None:
    assert Usage(1, 2, 3, 0.5) + Usage(10, 20, 30, 0.25) == Usage(11, 22, 33, 0.75)
