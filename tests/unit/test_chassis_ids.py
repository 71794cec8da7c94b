"""Ids that sort by the time they were made."""

import time
import uuid
from datetime import UTC, datetime

import pytest

from services.chassis.ids import is_id, made_at, new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    for _ in range(1000):
        made = uuid.UUID(new_id())
        assert made.version == 7
        assert made.variant == uuid.RFC_4122


def test_an_id_holds_the_millisecond_it_was_made_in() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id()).int >> 80

    assert before <= made <= time.time_ns() // 1_000_000


def test_an_id_tells_when_it_was_made() -> None:
    # The example of RFC 9562.
    example = made_at("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
    assert example == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_no_two_are_equal() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_a_new_id_has_the_form_of_one() -> None:
    assert is_id(new_id())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cat",
        "0190A2B4-0000-7000-8000-000000000000",
        "0190a2b4000070008000000000000000",
        "{0190a2b4-0000-7000-8000-000000000000}",
        "0190a2b4-0000-7000-8000-000000000000\n",
        " 0190a2b4-0000-7000-8000-000000000000",
        "0190a2b4-0000-7000-8000-00000000000g",
        "0190a2b4-0000-7000-8000-00000000000٣",
        "../../etc/passwd",
    ],
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_id(text)
