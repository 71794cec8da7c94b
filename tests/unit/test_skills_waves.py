"""The order of a pipeline's steps."""

import pytest

from services.skills.model import PlannedStep, waves


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


def test_a_name_that_stands_twice_is_needed_in_both_places() -> None:
    steps = [*planned(last="a", a=""), *planned(a="")]
    assert waves(steps) == [[1, 2], [0]]


def test_nothing_has_no_waves() -> None:
    assert waves([]) == []


@pytest.mark.parametrize(
    ("steps", "circle"),
    [
        (planned(a="a"), "a"),
        (planned(a="b", b="a"), "a, b"),
        (planned(free="", a="c", b="a", c="b"), "a, b, c"),
    ],
)
def test_a_circle_is_named(steps: list[PlannedStep], circle: str) -> None:
    with pytest.raises(ValueError, match=f"^these steps need each other: {circle}$"):
        waves(steps)
