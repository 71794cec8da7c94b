"""What clients give of pages: sizes, numbers and tokens of any kind."""

import pytest

from services.chassis.ids import new_id
from services.chassis.paging import last_id, rows_before, rows_of, token_after


@pytest.mark.parametrize(
    ("wanted", "rows"), [(0, 20), (-1, 20), (1, 1), (100, 100), (101, 100), (2**31 - 1, 100)]
)
def test_a_page_has_between_one_and_a_hundred_rows(wanted: int, rows: int) -> None:
    assert rows_of(wanted) == rows


@pytest.mark.parametrize(("wanted", "rows"), [(-1, 0), (0, 0), (7, 7), (2**63 - 1, 2**62)])
def test_rows_are_passed_over_as_far_as_databases_count(wanted: int, rows: int) -> None:
    assert rows_before(wanted) == rows


def test_a_token_leads_back_to_its_row() -> None:
    row = new_id()
    assert last_id(token_after(row)) == row


@pytest.mark.parametrize("token", ["", "x", "é", "____", "bm90IGFuIGlk", "\0", "=" * 1000])
def test_a_token_that_is_none_begins_anew(token: str) -> None:
    assert last_id(token) == ""
