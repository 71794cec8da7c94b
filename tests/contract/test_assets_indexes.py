"""Few assets of many are read from an index that has them in their order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.assets import listing
from services.assets.listing import Condition, Listing
from services.assets.tables import asset
from services.chassis import database, migrations
from services.chassis.clock import now
from services.chassis.database import driver_url, search_path
from services.chassis.queries import Row
from tests.contract.asset_rows import row

PUBLIC = asset.c.is_public
TYPE = listing._IS_TYPE
CASES = (
    ("asset_public", None, PUBLIC, False),
    ("asset_type_created", TYPE, None, False),
    ("asset_type_size", TYPE, None, True),
    ("asset_public_type", TYPE, PUBLIC, False),
)


@pytest.mark.parametrize("continued", [False, True])
@pytest.mark.parametrize(("index", "of_type", "public", "by_size"), CASES)
async def test_few_are_read_from_their_index(
    database_url: str,
    index: str,
    of_type: Condition,
    public: Condition,
    by_size: bool,
    continued: bool,
) -> None:
    await migrations.upgrade(database_url, "assets", "services.assets")
    total = listing._total(None, of_type, public)
    page = listing._page_query(total, None, of_type, public, by_size, False, continued)
    place = {"rows": 21, "skip": 0, "last_key": 9 if by_size else now(), "last_id": "x"}
    with filled(database_url, analyzed=True) as connection:
        plan = explained(connection, page, place | {"content_type": "image/avif"})
    used = re.findall(r"asset_(?:public|type|created|size)\w*", plan)
    assert index in used, plan
    # The page and the count; nothing is looked at but what an index gives.
    assert len(used) == 2, plan
    assert "Seq Scan" not in plan
    assert "SCAN asset'" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(("index", "of_type", "public", "by_size"), [CASES[0], CASES[3]])
async def test_renditions_are_looked_up_for_the_page_alone(
    tmp_path: Path, index: str, of_type: Condition, public: Condition, by_size: bool
) -> None:
    url = f"sqlite:///{tmp_path}/assets.sqlite3"
    await migrations.upgrade(url, "assets", "services.assets")
    total = listing._total(None, of_type, public)
    page = listing._page_query(total, None, of_type, public, by_size, False, False)
    query = listing._with_renditions(page, "sqlite", by_size, False)
    with filled(url, analyzed=True) as connection:
        plan = explained(connection, query, {"rows": 21, "skip": 0, "content_type": "image/avif"})
    # The page comes from its index as without them, and is done before anything is looked up.
    chosen, _, looked_up = plan.partition("SCAN anon_1")
    assert index in chosen, plan
    assert "TEMP B-TREE" not in chosen, plan
    assert "(asset_id=? AND kind=?)" in looked_up, plan


@pytest.mark.parametrize("query", ["rare", "ra"])
@pytest.mark.parametrize("public_only", [False, True])
async def test_of_a_type_too_few_that_are_searched_are_read_from_their_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, public_only: bool
) -> None:
    url = f"sqlite:///{tmp_path}/assets.sqlite3"
    await migrations.upgrade(url, "assets", "services.assets")
    asked: list[tuple[sa.Executable, Mapping[str, Any]]] = []
    # As on a hub, where nobody has SQLite count its rows.
    with filled(url, analyzed=False) as connection:
        async with database.opened(url, "assets") as opened:
            read = opened.rows

            async def rows(
                statement: sa.Executable, values: Mapping[str, Any] | None = None
            ) -> Sequence[Row]:
                asked.append((statement, values or {}))
                return await read(statement, values)

            monkeypatch.setattr(opened, "rows", rows)
            wanted = Listing(query=query, content_type="image/png", public_only=public_only)
            await listing.page(opened, wanted)
        plans = [explained(connection, *each) for each in asked]
    assert len(plans) == 3  # whether they are few, the page, and the total of an empty one
    for plan in plans:
        assert "asset_type" not in plan
        assert "asset_public" not in plan
        assert "SCAN asset'" not in plan


@contextmanager
def filled(database_url: str, *, analyzed: bool) -> Iterator[sa.Connection]:
    """A connection to a database with many assets."""
    target = driver_url(database_url)
    on_sqlite = target.get_backend_name() == "sqlite"
    options: dict[str, str] = {} if on_sqlite else {"options": search_path("assets")}
    engine = sa.create_engine(target, connect_args=options)
    with engine.begin() as connection:
        connection.execute(sa.insert(asset), [_row(number) for number in range(4000)])
        if analyzed:
            connection.exec_driver_sql("ANALYZE")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def explained(connection: sa.Connection, query: sa.Executable, values: Mapping[str, Any]) -> str:
    """How the database goes about a query."""
    word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"

    def explaining(
        _connection: object, _cursor: object, statement: str, given: object, *_: object
    ) -> tuple[str, object]:
        return f"{word} {statement}", given

    sa.event.listen(connection, "before_cursor_execute", explaining, retval=True)
    try:
        cursor = connection.execute(query, values).cursor
        return str(cursor.fetchall() if cursor is not None else "")
    finally:
        sa.event.remove(connection, "before_cursor_execute", explaining)


def _row(number: int) -> dict[str, object]:
    content_type = "image/avif" if number % 200 == 0 else "image/png"
    return row(number, content_type, size=number, is_public=number % 400 == 0)
