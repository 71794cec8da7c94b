"""The superAdmin that an empty database gets, once ever."""

import asyncio
import logging
import stat
from pathlib import Path

import pytest
from nekohub.accounts.v1 import accounts_pb2 as pb

from services import keys
from services.accounts import doctor
from services.settings import SettingsInvalid
from tests.contract.accounts_hub import (
    ADMIN_PASSWORD,
    JWT_SECRET,
    PASSWORD,
    acting,
    reason,
    running,
    settings_for,
)
from tests.contract.findings import NOTE, WELL, amiss, gathered

WRONG = ("Unauthenticated", "AUTH_INVALID_CREDENTIALS")


async def test_it_is_made_once_with_the_password_it_is_given(
    tmp_path: Path, database_url: str
) -> None:
    first = settings_for(tmp_path, database_url, admin_username="  Röot ")
    async with running(first) as hub:
        admin = (await hub.login("rÖOT", ADMIN_PASSWORD)).user
        assert (admin.username, admin.role) == ("Röot", pb.ROLE_SUPER_ADMIN)
    other = settings_for(tmp_path, database_url, admin_password="another-password")
    async with running(other, folder=tmp_path) as hub:
        assert await reason(hub.login("admin", "another-password")) == WRONG
        assert await reason(hub.login("röot", "another-password")) == WRONG
        assert (await hub.login("röot", ADMIN_PASSWORD)).user.id == admin.id
        assert (await hub.page()).total == 1
    assert not (tmp_path / keys.ADMIN_PASSWORD).exists()


async def test_a_generated_password_is_in_a_file_while_it_is_right(
    tmp_path: Path, database_url: str
) -> None:
    settings = settings_for(tmp_path, database_url, admin_password="")
    file = tmp_path / keys.ADMIN_PASSWORD
    async with running(settings, folder=tmp_path) as hub:
        password = file.read_text().strip()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert len(password) == 43
    async with running(settings, folder=tmp_path) as hub:
        admin = (await hub.login("admin", password)).user
        user = await hub.create("zoë")
        await hub.reset(user, "another-password")
        assert file.read_text().strip() == password

        await hub.reset(admin, "another-password", acting(admin))
        assert not file.exists()
    async with running(settings, folder=tmp_path) as hub:
        assert (await hub.login("admin", "another-password")).user.id == admin.id
        assert not file.exists()


async def test_a_start_that_was_cut_short_keeps_the_generated_password(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, "", admin_password="")
    password = keys.kept(tmp_path, keys.ADMIN_PASSWORD)
    async with running(settings, folder=tmp_path) as hub:
        assert (await hub.login("admin", password)).user.username == "admin"


async def test_a_given_password_takes_the_place_of_one_that_was_left(tmp_path: Path) -> None:
    keys.kept(tmp_path, keys.ADMIN_PASSWORD)
    async with running(settings_for(tmp_path, ""), folder=tmp_path) as hub:
        assert (await hub.admin()).username == "admin"
    assert not (tmp_path / keys.ADMIN_PASSWORD).exists()


async def test_of_two_replicas_that_start_at_once_one_makes_it(
    tmp_path: Path, postgres_url: str
) -> None:
    settings = settings_for(tmp_path, postgres_url)
    entered = [running(settings) for _ in range(4)]
    hubs = await asyncio.gather(*(each.__aenter__() for each in entered))
    try:
        ids = {(await hub.admin()).id for hub in hubs}
        assert len(ids) == 1
        assert (await hubs[0].page()).total == 1
    finally:
        for each in entered:
            await each.__aexit__(None, None, None)


async def test_without_a_password_there_is_none_until_it_is_given(
    tmp_path: Path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    without = settings_for(tmp_path, database_url, admin_password="")
    with caplog.at_level(logging.WARNING, "services"):
        async with running(without) as hub:
            assert (await hub.page()).total == 0
            taken = await hub.create("Admin")
    assert "there is no superAdmin; NEKOHUB_ADMIN_PASSWORD makes one" in caplog.text

    given = settings_for(tmp_path, database_url)
    with pytest.raises(SettingsInvalid) as refused:
        async with running(given):
            pass
    assert str(refused.value) == (
        "NEKOHUB_ADMIN_USERNAME='admin' is not accepted: another user has this name"
    )
    other = settings_for(tmp_path, database_url, admin_username="root")
    async with running(other) as hub:
        assert (await hub.login("root", ADMIN_PASSWORD)).user.role == pb.ROLE_SUPER_ADMIN
        assert (await hub.login("admin", PASSWORD)).user.id == taken.id


async def test_a_password_that_cannot_be_ends_the_start(tmp_path: Path) -> None:
    given = settings_for(tmp_path, "", admin_password="a\u0308" * 4)
    with pytest.raises(SettingsInvalid, match=r"^NEKOHUB_ADMIN_PASSWORD=\*\*\* is not accepted: "):
        async with running(given):
            pass
    file = tmp_path / keys.ADMIN_PASSWORD
    for content in (b"planted", b"\xff" * 8, None):
        if content is None:
            file.unlink()
            file.mkdir()
        else:
            file.write_bytes(content)
        with pytest.raises(SettingsInvalid, match=r"^NEKOHUB_DATA_DIR=.*/admin-password cannot be"):
            async with running(settings_for(tmp_path, "", admin_password=""), folder=tmp_path):
                pass


@pytest.mark.parametrize("name", ["a\tb", " ", "x" * 65])
async def test_a_name_that_cannot_be_ends_the_start(tmp_path: Path, name: str) -> None:
    settings = settings_for(tmp_path, "", admin_username=name)
    with pytest.raises(SettingsInvalid, match=r"^NEKOHUB_ADMIN_USERNAME='.*' is not accepted: "):
        async with running(settings):
            pass
    with pytest.raises(SettingsInvalid):
        doctor.require_settings(settings)


async def test_the_doctor_looks_for_it_and_for_what_signs(
    tmp_path: Path, database_url: str
) -> None:
    without = settings_for(tmp_path, database_url, admin_password="", jwt_secrets=(JWT_SECRET,))
    async with running(without):
        found = await gathered(doctor.examined(without))
    assert amiss(found) == {"users": NOTE}
    assert "NEKOHUB_ADMIN_PASSWORD" in found["users"].told

    two = settings_for(tmp_path, database_url, jwt_secrets=(JWT_SECRET, JWT_SECRET[::-1]))
    doctor.require_settings(two)
    async with running(two):
        found = await gathered(doctor.examined(two))
    assert amiss(found) == {}
    assert found["access tokens"].verdict is WELL
    assert "the first of 2 secrets signs them" in found["access tokens"].told

    none = settings_for(tmp_path, database_url, jwt_secrets=())
    found = await gathered(doctor.examined(none))
    assert amiss(found) == {"access tokens": NOTE}
