"""The order of a pipeline's steps."""

import random

import pytest

from services.skills.model import PlannedStep, needed, waves


def planned(**needs: str) -> list[PlannedStep]:
    """Steps by name, each with the names that it needs in one text."""
    return [PlannedStep(name, tuple(needed.split()), {}) for name, needed in needs.items()]


def test_steps_that_need_nothing_go_at_once_in_declared_order() -> None:
    assert waves(planned(c="", a="", b="")) == [[0, 1, 2]]


def test_a_chain_goes_one_by_one() -> None:
    assert waves(planned(a="", b="a", c="b")) == [[0], [1], [2]]


def test_declared_order_does_not_have_to_be_that_of_the_needs() -> None:
    assert waves(planned(c="b", b="a", a="")) == [[2], [1], [0]]


def test_a_step_waits_for_all_it_needs() -> None:
    assert waves(planned(a="", b="", c="a b", d="a", e="c d")) == [[0, 1], [2, 3], [4]]


def test_needs_outside_the_pipeline_do_not_count() -> None:
    assert waves(planned(a="elsewhere", b="a elsewhere")) == [[0], [1]]


def ordered(**after: str) -> list[PlannedStep]:
    """Steps by name, each with the names that it comes after in one text."""
    return [PlannedStep(name, (), {}, tuple(names.split())) for name, names in after.items()]


def test_what_a_step_comes_after_is_waited_for_and_not_needed() -> None:
    steps = ordered(b="a", c="a elsewhere", a="")
    assert waves(steps) == [[2], [0, 1]]
    assert needed(steps, 0) == []


def test_a_step_may_need_one_and_come_after_another() -> None:
    steps = [*planned(a="", b=""), PlannedStep("c", ("a",), {}, ("b",)), *ordered(d="c")]
    assert waves(steps) == [[0, 1], [2], [3]]
    assert needed(steps, 2) == [0]


def test_of_a_name_that_stands_several_times_the_last_one_before_is_come_after() -> None:
    once = ordered(a="", b="a")
    assert waves([*once, *once]) == [[0], [1, 2], [3]]


def pipeline(text: str) -> list[PlannedStep]:
    """Steps in their order, a step's name and after a colon what it needs."""
    parts = [each.partition(":") for each in text.split()]
    return [PlannedStep(name, tuple(filter(None, rest.split(","))), {}) for name, _, rest in parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a a a", [[0], [1], [2]]),
        ("a b a b", [[0, 1], [2, 3]]),
        # Each waits for the last one before it.
        ("a b:a a b:a", [[0], [1, 2], [3]]),
        ("a a b:a", [[0], [1], [2]]),
        # Or for the first one after it.
        ("b:a a a", [[1], [0, 2]]),
        ("b:a a b:a a", [[1], [0, 3], [2]]),
        # One that waits for its namesake holds up who needs it.
        ("a:x a:x b:a x", [[3], [0], [1], [2]]),
        ("c:b b:a a b:a c:b", [[2], [1], [0, 3], [4]]),
    ],
)
def test_a_name_that_stands_several_times_goes_one_after_the_other(
    text: str, expected: list[list[int]]
) -> None:
    assert waves(pipeline(text)) == expected


@pytest.mark.parametrize("seed", range(20))
def test_whatever_stands_how_often_there_is_no_circle(seed: int) -> None:
    chance = random.Random(seed)
    # Each name needs only those after it.
    needs = {name: set(chance.sample("abcdef"[at + 1 :], k=chance.randint(0, 5 - at)))
             for at, name in enumerate("abcdef")}  # fmt: skip
    steps = [PlannedStep(name, tuple(needs[name]), {}) for name in chance.choices("abcdef", k=40)]
    found = waves(steps)
    assert sorted(at for wave in found for at in wave) == list(range(40))
    ended: list[int] = []
    for wave in found:
        for at in wave:
            assert {before for before in range(at) if steps[before].name == steps[at].name} <= {
                *ended
            }
            assert {*needed(steps, at)} <= {*ended}
        ended += wave


def test_nothing_has_no_waves() -> None:
    assert waves([]) == []


@pytest.mark.parametrize(
    ("steps", "circle"),
    [
        (planned(a="a"), "a"),
        (planned(a="b", b="a"), "a, b"),
        (ordered(a="a"), "a"),
        ([*planned(a="b"), *ordered(b="a")], "a, b"),
        (planned(free="", a="c", b="a", c="b"), "a, b, c"),
    ],
)
def test_a_circle_is_named(steps: list[PlannedStep], circle: str) -> None:
    with pytest.raises(ValueError, match=f"^these steps wait for each other: {circle}$"):
        waves(steps)
