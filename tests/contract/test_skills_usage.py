"""How often skills were run: a counter that is right whoever accepts runs at the same time."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis.database import Database, driver_url, opened, search_path
from services.chassis.ids import new_id
from services.chassis.migrations import upgrade
from services.settings import Settings
from services.skills import doctor, usage
from services.skills.model import PlannedStep, Trigger
from services.skills.store import ExecutionStore
from services.skills.usage import Usage
from tests.contract.findings import WRONG, amiss, gathered
from tests.contract.older_skills import turn_back

STEPS = (PlannedStep("caption", (), {}),)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    is_postgres = database_url.startswith("postgresql")
    return Settings(data_dir=tmp_path, database_url=database_url if is_postgres else None)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    url = settings.database_url_of("skills")
    await upgrade(url, "skills", "services.skills")
    async with opened(url, "skills") as made:
        yield made


async def accept(database: Database, skill: str, request_id: str = "", asset: str = "") -> None:
    await ExecutionStore(database).accept(
        request_id or new_id(), asset or new_id(), skill, Trigger.UPLOAD, STEPS
    )


async def counted(database: Database) -> dict[str, int]:
    rows = await database.rows(sa.text("SELECT skill_name, runs FROM skill_usage"))
    return {row["skill_name"]: row["runs"] for row in rows}


async def test_before_the_first_run(database: Database) -> None:
    assert await usage.most_active(database) is None


async def test_each_accepted_run_counts_once(database: Database) -> None:
    for skill in ("thumbnail", "enrich", "Größe 🐈"):
        await accept(database, skill)
    assert await usage.most_active(database) == Usage("Größe 🐈", 1)
    await accept(database, "enrich", "r")
    await accept(database, "enrich", "r")
    assert await counted(database) == {"thumbnail": 1, "enrich": 2, "Größe 🐈": 1}
    assert await usage.most_active(database) == Usage("enrich", 2)


async def test_runs_stay_counted_when_their_asset_is_deleted(
    settings: Settings, database: Database
) -> None:
    asset_id = new_id()
    await accept(database, "enrich", asset=asset_id)
    await ExecutionStore(database).delete_of_asset(asset_id)
    assert await usage.most_active(database) == Usage("enrich", 1)
    found = await gathered(doctor.examined(settings, fix=True, gone=None))
    assert not found["run counters"].mended
    assert await counted(database) == {"enrich": 1}


async def test_many_at_once_are_all_counted(settings: Settings, database: Database) -> None:
    async with opened(settings.database_url_of("skills"), "skills") as other:
        await asyncio.gather(
            *(
                accept(each, skill, f"r-{number % 15}" if skill == "enrich" else "")
                for number in range(20)
                for skill in ("enrich", "thumbnail")
                for each in (database, other)
            ),
            *(usage.mend(each) for each in (database, other)),
        )
    assert await counted(database) == {"enrich": 15, "thumbnail": 40}
    assert await usage.lacking(database) == []


async def test_what_was_not_counted_is_told_and_counted(
    settings: Settings, database: Database
) -> None:
    for skill in ("enrich", "enrich", "thumbnail"):
        await accept(database, skill)
    await database.write(
        lambda connection: connection.execute(
            sa.text("DELETE FROM skill_usage WHERE skill_name = 'enrich'")
        )
    )
    found = await gathered(doctor.examined(settings, fix=False, gone=None))
    assert amiss(found)["run counters"] is WRONG
    assert "of 1 skills" in found["run counters"].told
    found = await gathered(doctor.examined(settings, fix=True, gone=None))
    assert found["run counters"].mended
    assert await counted(database) == {"enrich": 2, "thumbnail": 1}
    found = await gathered(doctor.examined(settings, fix=False, gone=None))
    assert "run counters" not in amiss(found)


async def test_the_migration_counts_what_is_there(settings: Settings, database: Database) -> None:
    for skill in ("enrich", "enrich", "thumbnail"):
        await accept(database, skill)
    url = settings.database_url_of("skills")
    target = driver_url(url)
    on_sqlite = target.get_backend_name() == "sqlite"
    engine = sa.create_engine(
        target, connect_args={} if on_sqlite else {"options": search_path("skills")}
    )
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE skill_usage")
        turn_back(connection, "0003")
    engine.dispose()
    await upgrade(url, "skills", "services.skills")
    assert await counted(database) == {"enrich": 2, "thumbnail": 1}
