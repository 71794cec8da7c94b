"""The doctor on AI provider profiles."""

from pathlib import Path
from typing import Any

import pytest

from services.chassis.finding import Finding
from services.chassis.migrations import upgrade
from services.providers import doctor
from services.settings import Settings, SettingsInvalid
from tests.contract.findings import NOTE, WRONG, amiss, gathered
from tests.contract.providers_hub import KEY, running

FIRST = "secret-of-the-tests-0123456789abcdef"
SECOND = "another-of-the-tests-0123456789abcde"


@pytest.fixture
def placed(database_url: str, tmp_path: Path) -> dict[str, Any]:
    """Settings that say where the database is."""
    is_postgres = database_url.startswith("postgresql")
    return {"data_dir": tmp_path, "database_url": database_url if is_postgres else None}


async def fill(placed: dict[str, Any], *urls: str, **settings: Any) -> None:
    """Adds profiles with the planted key."""
    given = {name: value for name, value in placed.items() if name != "data_dir"}
    async with running(placed["data_dir"], **given, **settings) as providers:
        for url in urls:
            await providers.create(name=url, api_base_url=url)


async def check(
    placed: dict[str, Any], *secrets: str, fix: bool = False, **given: Any
) -> dict[str, Finding]:
    """What is found with these secrets; the planted key is never told."""
    settings = Settings(**placed, secret_keys=secrets, **given)
    found = await gathered(doctor.examined(settings, fix=fix))
    assert KEY not in "\n".join(map(str, found.values()))
    assert not any(secret in str(each) for secret in secrets for each in found.values())
    return found


async def test_profiles_that_can_be_asked_are_well(placed: dict[str, Any]) -> None:
    await fill(placed, "https://api.example/v1", "http://127.0.0.1:11434/v1")
    found = await check(placed, FIRST, provider_allow_hosts=("loopback",))
    assert amiss(found) == {}
    assert "2 saved API keys" in found["keys"].told


async def test_keys_of_a_former_secret_are_encrypted_anew(placed: dict[str, Any]) -> None:
    await fill(placed, "https://api.example/v1", secret_keys=(FIRST,))
    found = await check(placed, SECOND, FIRST)
    assert amiss(found) == {"keys": NOTE}
    mended = await check(placed, SECOND, FIRST, fix=True)
    assert amiss(mended) == {}
    assert mended["keys"].mended
    assert amiss(await check(placed, SECOND)) == {}
    assert amiss(await check(placed, FIRST)) == {"keys": WRONG}


async def test_keys_of_an_unknown_secret_are_told(placed: dict[str, Any]) -> None:
    await fill(placed, "https://api.example/v1", secret_keys=(FIRST,))
    for fix in (False, True):
        found = await check(placed, SECOND, fix=fix)
        assert amiss(found) == {"keys": WRONG}
        assert "encrypted with another NEKOHUB_SECRET_KEY" in found["keys"].told
    assert amiss(await check(placed, FIRST)) == {}


async def test_no_secret_is_told(placed: dict[str, Any]) -> None:
    await fill(placed, secret_keys=(FIRST,))
    assert amiss(await check(placed)) == {"keys": NOTE}
    await fill(placed, "https://api.example/v1", secret_keys=(FIRST,))
    assert amiss(await check(placed)) == {"keys": WRONG}


async def test_an_address_that_is_not_allowed_is_told(placed: dict[str, Any]) -> None:
    await fill(placed, "http://127.0.0.1:11434/v1")
    found = await check(placed, FIRST)
    assert amiss(found) == {"profiles": WRONG}
    assert "NEKOHUB_PROVIDER_ALLOW_HOSTS" in found["profiles"].told


async def test_that_of_an_inactive_profile_is_a_note(placed: dict[str, Any]) -> None:
    await fill(placed, "https://api.example/v1", "http://127.0.0.1:11434/v1")
    assert amiss(await check(placed, FIRST)) == {"profiles": NOTE}


async def test_a_list_of_hosts_that_is_none_is_refused(placed: dict[str, Any]) -> None:
    url = Settings(**placed).database_url_of("providers")
    await upgrade(url, "providers", "services.providers")
    with pytest.raises(SettingsInvalid, match="NEKOHUB_PROVIDER_ALLOW_HOSTS"):
        await check(placed, FIRST, provider_allow_hosts=("10.0.0.0/33",))
