"""Migrations: all or nothing, once, and to exactly the tables that the code knows."""

import asyncio
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from services.assets import tables as assets
from services.chassis.database import opened
from services.chassis.migrations import LOCK, upgrade
from services.providers import tables as providers
from services.skills import tables as skills

TABLES = {"assets": assets.metadata, "providers": providers.metadata, "skills": skills.metadata}
ONLY_IN_MIGRATIONS = {
    # SQLite's search index, the tables in which it keeps itself, and the number that it refers to.
    ("assets", "sqlite"): {
        ("remove_table", "asset_search"),
        ("remove_table", "asset_search_config"),
        ("remove_table", "asset_search_data"),
        ("remove_table", "asset_search_docsize"),
        ("remove_table", "asset_search_idx"),
        ("remove_column", "number"),
    },
    # Its operator class lives in whichever schema has the extension.
    ("assets", "postgresql"): {("remove_index", "asset_search")},
    # A condition that each database is told in its own words.
    ("providers", "sqlite"): {("remove_index", "profile_one_active")},
    ("providers", "postgresql"): {("remove_index", "profile_one_active")},
}


@pytest.fixture
def postgres_url(empty_postgres_url: str) -> str:
    """A database that nobody has migrated."""
    return empty_postgres_url


@pytest.mark.parametrize("service", TABLES)
async def test_migrations_make_the_tables_that_the_code_knows(
    service: str, database_url: str
) -> None:
    await upgrade(database_url, service, f"services.{service}")

    async with opened(database_url, service) as database:
        found = await database.write(lambda connection: differences(connection, TABLES[service]))

    assert found == ONLY_IN_MIGRATIONS.get((service, database.dialect), set())


@pytest.mark.parametrize("service", ["accounts", *TABLES])
async def test_the_newest_is_told_from_the_names_of_files(service: str) -> None:
    found = (files(f"services.{service}") / "migrations" / "versions").iterdir()
    names = sorted(each.name for each in found if each.name.endswith(".py"))
    assert names[-1].startswith(f"{newest(service)}_")


async def test_a_start_with_nothing_to_do_does_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/assets.sqlite3"
    code = (
        "import asyncio, sys; from services.chassis.migrations import upgrade;"
        "asyncio.run(upgrade(sys.argv[1], 'assets', 'services.assets'));"
        "print('alembic' in sys.modules)"
    )
    for expected in (b"True\n", b"False\n"):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, url, stdout=asyncio.subprocess.PIPE
        )
        assert (await process.communicate())[0] == expected


async def test_a_difference_would_be_found(database_url: str) -> None:
    await upgrade(database_url, "skills", "services.skills")
    changed = sa.MetaData()
    for table in skills.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["execution"].append_column(sa.Column("invented", sa.Text))
    changed.tables["execution_step"].c.attempts.type = sa.Text()
    changed.tables["execution_step"].c.attempts.nullable = True

    async with opened(database_url, "skills") as database:
        found = await database.write(lambda connection: differences(connection, changed))

    assert found == {
        ("add_column", "invented"),
        ("modify_type", "attempts"),
        ("modify_nullable", "attempts"),
    }


@pytest.mark.parametrize("service", TABLES)
async def test_a_second_run_changes_nothing(service: str, database_url: str) -> None:
    await upgrade(database_url, service, f"services.{service}")
    before = await tables(database_url, service)

    await upgrade(database_url, service, f"services.{service}")

    assert before == await tables(database_url, service)
    assert {"alembic_version", *TABLES[service].tables} <= set(before)


async def test_services_share_one_postgres_without_seeing_each_other(postgres_url: str) -> None:
    for service in TABLES:
        await upgrade(postgres_url, service, f"services.{service}")

    for service, metadata in TABLES.items():
        assert set(await tables(postgres_url, service)) == {"alembic_version", *metadata.tables}


async def test_several_at_once_in_one_process_are_done_once(database_url: str) -> None:
    await asyncio.gather(*(upgrade(database_url, "skills", "services.skills") for _ in range(4)))

    assert await versions(database_url, "skills") == [newest("skills")]


async def test_different_databases_at_once_do_not_meet(tmp_path: Path) -> None:
    urls = {service: f"sqlite:///{tmp_path}/{service}.sqlite3" for service in TABLES}

    await asyncio.gather(
        *(upgrade(url, service, f"services.{service}") for service, url in urls.items())
    )

    for service, url in urls.items():
        assert set(TABLES[service].tables) <= set(await tables(url, service))


async def test_two_processes_at_once_are_done_once(postgres_url: str) -> None:
    code = (
        "import asyncio, sys; from services.chassis.migrations import upgrade;"
        "asyncio.run(upgrade(sys.argv[1], 'assets', 'services.assets'))"
    )
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        await connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        processes = [
            await asyncio.create_subprocess_exec(sys.executable, "-c", code, postgres_url)
            for _ in range(2)
        ]
        try:
            async with asyncio.timeout(30):
                while await (await connection.execute(waiting)).fetchone() != (2,):
                    await asyncio.sleep(0.02)
        finally:
            await connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        ended = [await process.wait() for process in processes]

    assert ended == [0, 0]
    assert await versions(postgres_url, "assets") == [newest("assets")]


async def test_a_migration_that_breaks_off_leaves_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A percent sign, because Alembic's own configuration gives it a meaning.
    monkeypatch.syspath_prepend(str(tmp_path / "100%"))
    package = f"broken_{tmp_path.name}"
    script = tmp_path / "100%" / package / "migrations" / "versions" / "0001_first.py"
    script.parent.mkdir(parents=True)
    (tmp_path / "100%" / package / "__init__.py").touch()
    works = (
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        "revision, down_revision = '0001', None\n"
        "def upgrade():\n"
        "    op.create_table('made', sa.Column('id', sa.Integer))\n"
        "    op.execute('INSERT INTO made VALUES (1)')\n"
    )
    script.write_text(works + "    raise RuntimeError('broken off')\n")

    with pytest.raises(RuntimeError, match="broken off"):
        await upgrade(database_url, "mine", package)
    assert await tables(database_url, "mine") == []

    script.write_text(works)
    await upgrade(database_url, "mine", package)
    assert await tables(database_url, "mine") == ["alembic_version", "made"]


async def test_a_database_that_a_later_version_has_changed_is_taken_as_it_is(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await upgrade(database_url, "providers", "services.providers")
    later = sa.text("UPDATE alembic_version SET version_num = '9999'")
    async with opened(database_url, "providers") as database:
        await database.write(lambda connection: connection.execute(later))

    await upgrade(database_url, "providers", "services.providers")
    assert await versions(database_url, "providers") == ["9999"]
    assert "newer than this version" in caplog.text


def differences(connection: sa.Connection, metadata: sa.MetaData) -> set[tuple[str, str]]:
    """What the database has, or has not, apart from the metadata: kinds and names."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: set[tuple[str, str]] = set()
    for difference in compare_metadata(context, metadata):
        if isinstance(difference, list):
            found |= {(kind, column) for kind, _schema, _table, column, *_ in difference}
        else:
            kind, *_, subject = difference
            found.add((kind, str(subject.name)))
    return found


async def tables(url: str, schema: str) -> list[str]:
    """Names of all tables of a service."""

    def names(connection: sa.Connection) -> list[str]:
        return sorted(sa.inspect(connection).get_table_names())

    async with opened(url, schema) as database:
        return await database.write(names)


def newest(service: str) -> str | None:
    """The last version of a service's migrations."""
    folder = files(f"services.{service}") / "migrations"
    return ScriptDirectory(str(folder)).get_current_head()


async def versions(url: str, schema: str) -> list[Any]:
    """The versions that a database says it has."""
    async with opened(url, schema) as database:
        rows = await database.rows(sa.text("SELECT version_num FROM alembic_version"))
        return [row["version_num"] for row in rows]
