"""The skills database as a version before had it."""

import sqlalchemy as sa

_SINCE_0006 = (
    "DROP TABLE asset_usage",
    "ALTER TABLE execution_step DROP COLUMN after_steps",
    "ALTER TABLE execution_step DROP COLUMN cached",
    "ALTER TABLE execution_step DROP COLUMN cost",
)


def turn_back(connection: sa.Connection, revision: str) -> None:
    """Takes a database that is up to date back to a revision before 0007, but for what the caller
    undoes.
    """
    for statement in _SINCE_0006:
        connection.exec_driver_sql(statement)
    older = sa.text("UPDATE alembic_version SET version_num = :revision")
    connection.execute(older, {"revision": revision})
