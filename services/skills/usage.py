"""How often skills were run: a counter that is kept in the transaction that accepts a run."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.database import Database
from services.skills.tables import execution, usage


@dataclass(frozen=True, slots=True)
class Usage:
    """How many runs of a skill were accepted."""

    skill_name: str
    runs: int


def count(connection: sa.Connection, skill_name: str) -> None:
    """Counts a run.

    To be called last in a transaction: on Postgres it keeps all other runs of the skill waiting
    until its end.
    """
    row = {"skill_name": skill_name, "runs": 1}
    connection.execute(_COUNT[connection.dialect.name], row)


async def most_active(database: Database) -> Usage | None:
    """Returns the skill with the most runs, None before the first run."""
    rows = await database.rows(_MOST_ACTIVE)
    return Usage(**rows[0]) if rows else None


async def lacking(database: Database) -> list[Usage]:
    """Returns of each skill the executions that there are beyond what was counted.

    More may have been counted than there are: executions go with their assets.
    """
    return [Usage(**row) for row in await database.rows(_LACKING)]


async def mend(database: Database) -> int:
    """Counts what was not counted; says of how many skills there was any."""

    def work(connection: sa.Connection) -> int:
        if connection.dialect.name == "postgresql":
            # What was counted by then is committed; who counts later is not seen yet.
            connection.execute(_LOCK)
        rows = [dict(row) for row in connection.execute(_LACKING).mappings()]
        if rows:
            connection.execute(_COUNT[connection.dialect.name], rows)
        return len(rows)

    return await database.write(work)


def _count(insert: Any) -> sa.Insert:
    add = insert(usage)
    put: sa.Insert = add.on_conflict_do_update(
        index_elements=[usage.c.skill_name], set_={"runs": usage.c.runs + add.excluded.runs}
    )
    return put


_COUNT = {"sqlite": _count(sqlite.insert), "postgresql": _count(postgresql.insert)}
_MOST_ACTIVE = sa.select(usage).order_by(usage.c.runs.desc(), usage.c.skill_name).limit(1)
_there = (
    sa.select(execution.c.skill_name, sa.func.count().label("runs"))
    .group_by(execution.c.skill_name)
    .subquery()
)
_beyond = _there.c.runs - sa.func.coalesce(usage.c.runs, 0)
_LACKING = (
    sa.select(_there.c.skill_name, _beyond.label("runs"))
    .join_from(_there, usage, usage.c.skill_name == _there.c.skill_name, isouter=True)
    .where(_beyond > 0)
    .order_by(_there.c.skill_name)
)
_LOCK = sa.text("LOCK TABLE skill_usage IN EXCLUSIVE MODE")
