"""Who tries passwords is slowed down."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.accounts.attempts import FAILURES, keys_of
from services.accounts.tables import sign_in
from services.chassis.database import opened
from services.chassis.errors import InvalidArgument, ResourceExhausted
from services.chassis.names import fold
from services.settings import Settings
from tests.contract.accounts_hub import (
    PASSWORD,
    AccountsHub,
    Clock,
    failure,
    reason,
    running,
    settings_for,
)

WRONG = ("Unauthenticated", "AUTH_INVALID_CREDENTIALS")
LIMITED = ("ResourceExhausted", "AUTH_RATE_LIMITED")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url)


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[AccountsHub]:
    async with running(settings) as made:
        yield made


async def wrong(hub: AccountsHub, name: str, address: str = "") -> tuple[str, str]:
    """What an attempt with a wrong password is answered."""
    return await reason(hub.login(name, "planted-guess", address))


async def test_a_name_that_failed_too_often_has_to_wait(hub: AccountsHub) -> None:
    await hub.create("Zoë")
    await hub.create("another")
    for number in range(FAILURES):
        assert await wrong(hub, ("zoë", "ZOË", "Zoe\u0308")[number % 3]) == WRONG
        hub.clock.passes(seconds=2)

    for password in (PASSWORD, "planted-guess"):
        limited = await failure(hub.login("zoë", password, "192.0.2.7"))
        assert isinstance(limited, ResourceExhausted)
        assert limited.reason == "AUTH_RATE_LIMITED"
        # The first failure was 20 seconds ago.
        assert limited.metadata == {"retry_after": "40"}
        assert "in 40 s" in limited.message
    assert (await hub.login("another")).user.username == "another"

    hub.clock.passes(seconds=39)
    assert (await failure(hub.login("zoë"))).metadata == {"retry_after": "1"}
    hub.clock.passes(seconds=1)
    # Who succeeds has not failed, but what failed before still has.
    assert (await hub.login("zoë")).user.username == "Zoë"
    assert await wrong(hub, "zoë") == WRONG
    assert await wrong(hub, "zoë") == LIMITED


async def test_an_address_that_failed_too_often_has_to_wait(hub: AccountsHub) -> None:
    await hub.create("zoë")
    for first, same, other in (
        ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2:ffff::1%eth0", "2001:db8:1:3:3::4"),
    ):
        for number in range(FAILURES):
            assert await wrong(hub, f"nobody-{number}-{first}", first) == WRONG
        for address in (first, same):
            assert await reason(hub.login("zoë", PASSWORD, address)) == LIMITED
        for address in (other, ""):
            assert (await hub.login("zoë", PASSWORD, address)).user.username == "zoë"


async def test_what_is_no_name_is_slowed_down_as_one(hub: AccountsHub) -> None:
    for number in range(FAILURES):
        assert await wrong(hub, ("\0", "x" * 1000, "", "\u202e")[number % 4]) == WRONG
    assert await wrong(hub, "y" * 100_000) == LIMITED
    assert await wrong(hub, "nobody") == WRONG


async def test_many_at_once_are_no_way_around(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub, running(settings, clock) as second:
        tried = [wrong(each, "nobody", "192.0.2.1") for each in (hub, second) * 15]
        answers = Counter(await asyncio.gather(*tried))

        assert answers == {WRONG: FAILURES, LIMITED: 30 - FAILURES}


async def test_many_at_once_who_know_it_hinder_no_one(hub: AccountsHub) -> None:
    await hub.create("zoë")
    sessions = await asyncio.gather(
        *(hub.login("zoë", PASSWORD, "192.0.2.1") for _ in range(3 * FAILURES))
    )
    assert len({each.refresh_token for each in sessions}) == 3 * FAILURES


async def test_it_is_remembered_over_a_restart_and_forgotten_in_time(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub:
        await hub.create("zoë")
        for _ in range(FAILURES):
            assert await wrong(hub, "zoë", "192.0.2.1") == WRONG
    async with running(settings, clock) as hub:
        assert await wrong(hub, "zoë") == LIMITED
        assert await count(settings) == 2 * FAILURES
    clock.passes(minutes=1)
    async with running(settings, clock) as hub, asyncio.timeout(20):
        # What is done at a start and then hourly.
        while await count(settings):
            await asyncio.sleep(0.02)
        assert (await hub.login("zoë")).user.username == "zoë"
        assert await count(settings) == 0


async def count(settings: Settings) -> int:
    """How many attempts are kept; none of them names anybody."""
    async with opened(settings.database_url_of("accounts"), "accounts") as database:
        rows = await database.rows(sa.select(sign_in))
    assert not any("zo" in row["key"] or "192" in row["key"][:3] for row in rows)
    assert all(len(row["key"]) == 64 for row in rows)
    return len(rows)


@pytest.mark.parametrize("address", ["localhost", "1.2.3", "192.0.2.1:80", "[::1]", "x" * 10_000])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        keys_of(fold("zoë"), address)

    assert refused.value.reason == "REQUEST_INVALID"
    assert len(refused.value.message) < 200


async def test_such_an_address_is_told(hub: AccountsHub) -> None:
    refused = await reason(hub.login("zoë", PASSWORD, "localhost"))
    assert refused == ("InvalidArgument", "REQUEST_INVALID")
