"""Looks at a service's database without changing or making anything."""

import asyncio
import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from services.chassis.database import driver_url, search_path
from services.chassis.finding import Finding, Verdict, note, well, wrong

_BUSY_SECONDS = 10


async def examined(url: str, service: str) -> Finding:
    """Says whether the database of a service can be used by this version of the code.

    `url` is "sqlite:///path" or "postgresql://…". One that is not there yet is a note.
    """
    target = driver_url(url)
    if target.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_file, Path(target.database or ""), service)
    return await asyncio.to_thread(_schema, target, service)


def reason(error: DBAPIError) -> str:
    """What the database has said, on one line and without the statement."""
    return str(error.orig).partition("\n")[0]


async def file_examined(path: Path, owner: str) -> Finding:
    """Says whether a SQLite file is a database and whole, whoever makes its tables."""
    return await asyncio.to_thread(_whole, path, owner)


def _whole(path: Path, owner: str) -> Finding:
    about = f"database of {owner}"
    if not path.exists():
        return note(about, f"{path} is not there yet; the first start makes it")
    try:
        with closing(_opened(path)) as connection:
            (damage,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return wrong(about, f"{path} cannot be used: {error}; restore a backup")
    if damage != "ok":
        return wrong(about, f"{path} is damaged: {damage}; restore a backup")
    return well(about, f"{path} is whole")


def _file(path: Path, service: str) -> Finding:
    found = _whole(path, service)
    if found.verdict is not Verdict.WELL:
        return found
    engine = sa.create_engine("sqlite://", creator=lambda: _opened(path), poolclass=sa.NullPool)
    return _standing(engine, service, str(path))


def _schema(target: sa.URL, service: str) -> Finding:
    engine = sa.create_engine(
        target, poolclass=sa.NullPool, connect_args={"options": search_path(service)}
    )
    return _standing(engine, service, f"the schema {service}")


def _standing(engine: sa.Engine, service: str, place: str) -> Finding:
    about = f"database of {service}"
    scripts = ScriptDirectory(str(files(f"services.{service}") / "migrations"))
    known = [script.revision for script in scripts.walk_revisions()]
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        return wrong(about, f"{place} cannot be used: {reason(error)}")
    finally:
        engine.dispose()
    if present is None:
        return note(about, f"{place} has no tables yet; the first start makes them")
    if present not in known:
        return note(
            about,
            f"{place} is at revision {present}, which this version does not know: a newer version "
            "has used it; this one works on it, but bring all to the same version",
        )
    if present != known[0]:
        return wrong(about, f"{place} is at revision {present} of {known[0]}: run nekohub migrate")
    return well(about, f"{place} is at revision {present}, the newest")


def _opened(path: Path) -> sqlite3.Connection:
    # Unlike a path, this makes no file where there is none.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=_BUSY_SECONDS)
