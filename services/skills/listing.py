"""Pages of executions, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.paging import (
    COUNT_CAP,
    DEFAULT_PAGE_SIZE,
    last_id,
    rows_before,
    rows_of,
    token_after,
)
from services.skills.model import Execution, Status
from services.skills.rows import STEP_COLUMNS, executions_of
from services.skills.tables import execution, step

_FILTERS = ("asset_id", "skill_name", "status")


@dataclass(frozen=True, slots=True)
class Listing:
    """Which executions are wanted; an empty filter lets all pass."""

    page_size: int = DEFAULT_PAGE_SIZE
    page_token: str = ""
    skip: int = 0
    asset_id: str = ""
    skill_name: str = ""
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the executions that match."""

    executions: Sequence[Execution]
    next_page_token: str
    """"" on the last page."""
    total: int
    """At most COUNT_CAP."""
    total_is_capped: bool


async def page(database: Database, wanted: Listing) -> Page:
    """Returns one page, and how many executions match, in one query.

    Only a page that turns out empty needs one more.
    """
    size = rows_of(wanted.page_size)
    last = last_id(wanted.page_token)
    given = tuple(name for name in _FILTERS if getattr(wanted, name))
    values = {
        "rows": size + 1,
        "skip": 0 if last else rows_before(wanted.skip),
        "last_id": last,
        **{f"given_{name}": str(getattr(wanted, name)).replace("\0", "") for name in given},
    }
    rows = await database.rows(_page_query(given, bool(last)), values)
    counted = rows or await database.rows(sa.select(_total(given).label("total")), values)
    count = counted[0]["total"]
    found = executions_of(rows)
    return Page(
        executions=found[:size],
        next_page_token=token_after(found[size - 1].id) if len(found) > size else "",
        total=min(count, COUNT_CAP),
        total_is_capped=count > COUNT_CAP,
    )


@lru_cache(maxsize=32)
def _page_query(given: tuple[str, ...], continued: bool) -> sa.Select[Any]:
    """The query for a page. Building one costs more than running it, so each shape is kept."""
    chosen = (
        sa.select(execution)
        .where(*_conditions(given))
        .order_by(execution.c.id.desc())
        .limit(sa.bindparam("rows"))
        .offset(sa.bindparam("skip"))
    )
    if continued:
        chosen = chosen.where(execution.c.id < sa.bindparam("last_id"))
    chosen_rows = chosen.subquery()
    return (
        sa.select(chosen_rows, *STEP_COLUMNS, _total(given).label("total"))
        .join(step, step.c.execution_id == chosen_rows.c.id)
        .order_by(chosen_rows.c.id.desc(), step.c.position)
    )


@lru_cache(maxsize=16)
def _total(given: tuple[str, ...]) -> sa.ScalarSelect[int]:
    matching: sa.Select[Any] = (
        sa.select(sa.literal_column("1"))
        .select_from(execution)
        .where(*_conditions(given))
        .limit(COUNT_CAP + 1)
    )
    return sa.select(sa.func.count()).select_from(matching.subquery()).scalar_subquery()


def _conditions(given: Sequence[str]) -> list[sa.ColumnElement[bool]]:
    return [execution.c[name] == sa.bindparam(f"given_{name}") for name in given]
