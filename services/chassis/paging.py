"""Pages: how many rows, how many matches are counted, and where the next one begins."""

import base64

from services.chassis.ids import is_id

DEFAULT_PAGE_SIZE = 20
LARGEST_PAGE_SIZE = 100
COUNT_CAP = 10_000
"""Matches are counted up to here."""
_MAX_SKIP = 2**62


def rows_of(page_size: int) -> int:
    """The rows of a page for which so many are wanted; 0 or less stands for the default."""
    return min(page_size if page_size > 0 else DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)


def rows_before(skip: int) -> int:
    """The rows to pass over where `skip` are wanted, as databases take it."""
    return min(max(skip, 0), _MAX_SKIP)


def token_after(last_id: str) -> str:
    """What continues after a row, in a list that is ordered by ids."""
    return base64.urlsafe_b64encode(last_id.encode()).decode()


def last_id(token: str) -> str:
    """Where the page before this one ended; "" for the first page and a token that is none."""
    try:
        found = base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        return ""
    return found if is_id(found) else ""
