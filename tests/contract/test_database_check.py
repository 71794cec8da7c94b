"""Whether a database can be used is told, and nothing is made on the way."""

import sys
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

import services
from services.chassis.database import opened
from services.chassis.database_check import examined, file_examined
from services.chassis.migrations import upgrade
from tests.contract.findings import NOTE, WELL, WRONG


@pytest.fixture
def postgres_url(empty_postgres_url: str) -> str:
    """A database that nobody has migrated."""
    return empty_postgres_url


async def _set_revision(url: str, service: str, revision: str) -> None:
    async with opened(url, service) as database:
        statement = sa.text("UPDATE alembic_version SET version_num = :given")
        await database.write(lambda connection: connection.execute(statement, {"given": revision}))


async def test_one_that_is_up_to_date_is_well(database_url: str) -> None:
    await upgrade(database_url, "skills", "services.skills")
    finding = await examined(database_url, "skills")
    assert finding.verdict is WELL
    assert "the newest" in finding.told


async def test_one_that_was_never_made_is_a_note_and_is_not_made(
    database_url: str, tmp_path: Path
) -> None:
    assert (await examined(database_url, "skills")).verdict is NOTE
    assert list(tmp_path.iterdir()) == []
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url) as connection:
            found = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'skills'")
            assert found.fetchone() is None


async def test_one_of_a_newer_version_is_told(database_url: str) -> None:
    await upgrade(database_url, "skills", "services.skills")
    await _set_revision(database_url, "skills", "9999")
    finding = await examined(database_url, "skills")
    assert finding.verdict is NOTE
    assert "9999, which this version does not know" in finding.told


async def test_one_of_an_older_version_is_told(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "packages" / "services" / "later" / "migrations" / "versions"
    package.mkdir(parents=True)
    (package.parents[1] / "__init__.py").touch()
    (package.parent / "script.py.mako").touch()
    for revision, former in (("0001", None), ("0002", "0001")):
        (package / f"{revision}.py").write_text(
            f"revision = {revision!r}\ndown_revision = {former!r}\n\n\ndef upgrade():\n    pass\n"
        )
    monkeypatch.setattr(services, "__path__", [*services.__path__, str(package.parents[2])])
    monkeypatch.delitem(sys.modules, "services.later", raising=False)
    await upgrade(database_url, "later", "services.later")
    await _set_revision(database_url, "later", "0001")
    finding = await examined(database_url, "later")
    assert finding.verdict is WRONG
    assert "revision 0001 of 0002: run nekohub migrate" in finding.told


async def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    finding = await examined("postgresql://hub:planted@127.0.0.1:1/hub", "skills")
    assert finding.verdict is WRONG
    assert "cannot be used" in finding.told
    assert "planted" not in finding.told


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "skills.sqlite3"
    path.write_text("neither a database nor a folder, but long enough to be read as one" * 9)
    before = path.read_bytes()
    for finding in (
        await examined(f"sqlite:///{path}", "skills"),
        await file_examined(path, "the engine"),
    ):
        assert finding.verdict is WRONG
        assert "cannot be used: file is not a database" in finding.told
    assert path.read_bytes() == before


async def test_a_file_that_is_damaged_is_told(tmp_path: Path) -> None:
    path = tmp_path / "skills.sqlite3"
    url = f"sqlite:///{path}"
    await upgrade(url, "skills", "services.skills")
    whole = path.read_bytes()
    # The second page is that of the first table.
    path.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])
    finding = await file_examined(path, "the engine")
    assert finding.verdict is WRONG
    assert str(path) in finding.told
