"""Brings a service's database up to date with Alembic."""

import asyncio
import logging
import sqlite3
import threading
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.chassis.database import driver_url, search_path
from services.chassis.errors import StartRefused

LOCK = 0x6E656B6F
"""The Postgres advisory lock that lets one process at a time migrate."""
_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()
"""Alembic keeps the migration under way, which `op` stands for, in one place for all threads."""


class DatabaseUnavailable(StartRefused):
    """A database does not answer, or refuses us."""


async def upgrade(url: str, schema: str, package: str) -> None:
    """Runs the migrations of `package` that the database has not seen: all of them, or none.

    On Postgres they work in `schema`, which is made if need be. One process at a time migrates.
    Raises `DatabaseUnavailable`.
    """
    await asyncio.to_thread(_upgrade, url, schema, package)


def _upgrade(url: str, schema: str, package: str) -> None:
    target = driver_url(url)
    on_sqlite = target.get_backend_name() == "sqlite"
    if on_sqlite:
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        target,
        poolclass=sa.NullPool,
        connect_args={} if on_sqlite else {"options": search_path(schema)},
    )
    if on_sqlite:
        sa.event.listen(engine, "connect", _leave_transactions_to_us)
        sa.event.listen(engine, "begin", _begin)
    try:
        with _one_at_a_time, engine.begin() as connection:
            if not on_sqlite:
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({LOCK})"))
                connection.execute(sa.text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            if _versions(connection) != [_newest(package)]:
                _run(connection, package)
    except DBAPIError as error:
        told = str(error.orig).partition("\n")[0]
        raise DatabaseUnavailable(
            f"the database of the {schema} service cannot be used: {told}; see "
            f"{'NEKOHUB_DATA_DIR' if on_sqlite else 'NEKOHUB_DATABASE_URL'}"
        ) from error
    finally:
        engine.dispose()


def _leave_transactions_to_us(connection: sqlite3.Connection, _record: object) -> None:
    # The driver begins a transaction before an INSERT, but not before a CREATE TABLE.
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _versions(connection: sa.Connection) -> list[str]:
    if not sa.inspect(connection).has_table("alembic_version"):
        return []
    return list(connection.scalars(sa.text("SELECT version_num FROM alembic_version")))


def _newest(package: str) -> str:
    # A migration's file is named for its version first.
    found = (files(package) / "migrations" / "versions").iterdir()
    return max(each.name for each in found if each.name.endswith(".py")).partition("_")[0]


def _run(connection: sa.Connection, package: str) -> None:
    # Most starts find nothing to do; loading it takes longer than all that they do to a database.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    scripts = ScriptDirectory(str(files(package) / "migrations"))

    def missing(revision: object, _context: object) -> list[object]:
        try:
            return list(scripts._upgrade_revs("head", revision))  # type: ignore[arg-type]
        except CommandError:
            # A later version has been here. Migrations only add, so this one goes on working.
            _log.warning("the database of %s is newer than this version", package)
            return []

    with EnvironmentContext(Config(), scripts, fn=missing) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
