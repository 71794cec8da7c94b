"""Few assets of many are read from an index that has them in their order."""

import re

import pytest
import sqlalchemy as sa

from services.assets import listing
from services.assets.listing import Condition
from services.assets.tables import asset
from services.chassis import migrations
from services.chassis.clock import now
from services.chassis.database import driver_url, search_path
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
    target = driver_url(database_url)
    on_sqlite = target.get_backend_name() == "sqlite"
    engine = sa.create_engine(
        target, connect_args={} if on_sqlite else {"options": search_path("assets")}
    )
    total = listing._total(None, of_type, public)
    page = listing._page_query(total, None, of_type, public, by_size, False, continued)
    place = {"rows": 21, "skip": 0, "last_key": 9 if by_size else now(), "last_id": "x"}
    word = "EXPLAIN QUERY PLAN" if on_sqlite else "EXPLAIN"
    with engine.begin() as connection:
        connection.execute(sa.insert(asset), [_row(number) for number in range(4000)])
        connection.exec_driver_sql("ANALYZE")
        sa.event.listen(
            connection,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, values, *_: (f"{word} {statement}", values),
            retval=True,
        )
        explained = connection.execute(page, place | {"content_type": "image/avif"}).cursor
        plan = str(explained.fetchall() if explained is not None else "")
    engine.dispose()
    used = re.findall(r"asset_(?:public|type|created|size)\w*", plan)
    assert index in used, plan
    # The page and the count; nothing is looked at but what an index gives.
    assert len(used) == 2, plan
    assert "Seq Scan" not in plan
    assert "SCAN asset'" not in plan
    assert "TEMP B-TREE" not in plan


def _row(number: int) -> dict[str, object]:
    content_type = "image/avif" if number % 200 == 0 else "image/png"
    return row(number, content_type, size=number, is_public=number % 400 == 0)
