"""Brings a service's database up to date with Alembic."""

import asyncio
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from services.chassis.database import driver_url, search_path

_LOCK = 0x6E656B6F
"""The Postgres advisory lock that lets one process at a time migrate."""


async def upgrade(url: str, schema: str, package: str) -> None:
    """Runs the migrations of `package` that the database has not seen.

    On Postgres they work in `schema`, which is made if need be, one process at a time.
    """
    await asyncio.to_thread(_upgrade, url, schema, package)


def _upgrade(url: str, schema: str, package: str) -> None:
    target = driver_url(url)
    on_sqlite = target.get_backend_name() == "sqlite"
    if on_sqlite:
        Path(target.database or "").parent.mkdir(parents=True, exist_ok=True)
        target = target.set(drivername="sqlite")
    engine = sa.create_engine(
        target, poolclass=sa.NullPool, connect_args={} if on_sqlite else search_path(schema)
    )
    with engine.begin() as connection:
        if not on_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            connection.execute(sa.text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        _run(connection, package)
    engine.dispose()


def _run(connection: sa.Connection, package: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files(package) / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    def missing(revision: object, _context: object) -> list[object]:
        return list(scripts._upgrade_revs("head", revision))  # type: ignore[arg-type]

    with EnvironmentContext(config, scripts, fn=missing) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        with environment.begin_transaction():
            environment.run_migrations()
