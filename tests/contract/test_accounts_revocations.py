"""What access tokens may no longer say, and what is kept of sessions that are over."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from nekohub.accounts.v1 import accounts_pb2 as pb

from services.accounts import convert, sessions
from services.accounts.model import Role, User
from services.accounts.permissions import PERMISSIONS
from services.accounts.sessions import Revoked
from services.accounts.tables import refresh_token, session
from services.chassis.clock import now
from services.chassis.database import opened
from services.chassis.ids import new_id
from services.settings import Settings
from tests.contract.accounts_hub import (
    ADMIN_PASSWORD,
    AccountsHub,
    Clock,
    acting,
    reason,
    running,
    settings_for,
)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url)


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[AccountsHub]:
    async with running(settings) as made:
        yield made


async def test_what_has_not_changed_is_not_listed(hub: AccountsHub) -> None:
    user = await hub.create("zoë", permissions=["assets.create"])
    await hub.permit(user, "users.read")  # nobody has a token that says otherwise
    await hub.login("zoë")
    await hub.update(user, username="Zora")
    await hub.permit(user, "users.read", "assets.read")
    await hub.switch(user, is_active=True)

    assert await hub.revocations() == {}
    assert await hub.ended_sessions() == set()


async def test_tokens_stay_usable_with_other_permissions(hub: AccountsHub) -> None:
    user = await hub.create("zoë", permissions=["assets.create"])
    claims = hub.claims(await hub.login("zoë"))
    await hub.permit(user, "users.read")

    (listed,) = (await hub.revocations()).values()
    assert listed.user_id == user.id
    assert listed.minimum_version <= claims.version < listed.version
    assert (list(listed.permissions), listed.role) == (["assets.read", "users.read"], pb.ROLE_USER)
    newer = hub.claims(await hub.login("zoë"))
    assert newer.version == listed.version

    await hub.update(user, role="admin")
    (listed,) = (await hub.revocations()).values()
    assert listed.minimum_version <= claims.version < newer.version < listed.version
    assert (list(listed.permissions), listed.role) == (list(PERMISSIONS), pb.ROLE_ADMIN)


async def test_tokens_are_void_once_disabled_or_with_another_password(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    first = hub.claims(await hub.login("zoë"))
    await hub.switch(user, is_active=False)

    (listed,) = (await hub.revocations()).values()
    assert first.version < listed.minimum_version == listed.version
    await hub.switch(user, is_active=True)
    assert list((await hub.revocations()).values()) == [listed]

    second = hub.claims(await hub.login("zoë"))
    assert second.version == listed.version
    await hub.reset(user, "another-password")
    (listed,) = (await hub.revocations()).values()
    assert second.version < listed.minimum_version
    await hub.permit(user, "assets.create")
    (listed,) = (await hub.revocations()).values()
    assert second.version < listed.minimum_version < listed.version
    # The version voids their tokens, so they are not listed one by one.
    assert await hub.ended_sessions() == set()


async def test_a_signed_out_session_is_void_by_the_version_once_that_rose(
    hub: AccountsHub,
) -> None:
    user = await hub.create("zoë")
    session = await hub.login("zoë")
    claims = hub.claims(session)
    await hub.logout(session.refresh_token)
    assert await hub.ended_sessions() == {claims.session_id}
    await hub.switch(user, is_active=False)

    assert await hub.ended_sessions() == set()
    assert claims.version < (await hub.revocations())[user.id].minimum_version
    assert await reason(hub.refresh(session.refresh_token)) == (
        "Unauthenticated",
        "AUTH_REFRESH_TOKEN_INVALID",
    )


async def test_it_comes_in_parts(hub: AccountsHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PART", 2)
    ended, users = set(), set()
    for number in range(5):
        user = await hub.create(f"zoë-{number}")
        one, _ = await hub.login(user.username), await hub.login(user.username)
        await hub.logout(one.refresh_token)
        await hub.permit(user, "assets.create")
        ended.add(hub.claims(one).session_id)
        users.add(user.id)
        if number % 2:
            hub.clock.passes(seconds=1)

    parts = await hub.parts()
    assert all(len(part.revocations) + len(part.session_ids) <= 2 for part in parts)
    assert sorted(each for part in parts for each in part.session_ids) == sorted(ended)
    assert sorted(each.user_id for part in parts for each in part.revocations) == sorted(users)


def test_no_part_is_larger_than_a_message() -> None:
    moment = now()
    granted = frozenset(PERMISSIONS)
    largest = 2**63 - 1
    user = User(new_id(), "zoë", Role.USER, True, granted, largest, largest, moment, moment)
    part = Revoked([user] * sessions.PART, [new_id()] * sessions.PART)
    assert convert.revocations_message(part).ByteSize() < 2**20


async def test_ones_own_new_password_voids_what_others_may_have(hub: AccountsHub) -> None:
    session = await hub.login("admin", ADMIN_PASSWORD)
    await hub.reset(session.user, "another-password", acting(session.user))

    assert hub.claims(session).version < (
        (await hub.revocations())[session.user.id].minimum_version
    )
    assert await reason(hub.refresh(session.refresh_token)) == (
        "Unauthenticated",
        "AUTH_REFRESH_TOKEN_INVALID",
    )


async def test_it_is_listed_until_no_token_says_otherwise(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    one = await hub.login("zoë")
    hub.clock.passes(minutes=10)
    two = await hub.login("zoë")
    await hub.logout(one.refresh_token)
    await hub.permit(user, "assets.create")
    ended = {hub.claims(one).session_id}
    hub.clock.passes(minutes=5, seconds=59)

    # A minute longer than the tokens work: clocks may differ.
    assert await hub.ended_sessions() == ended
    hub.clock.passes(seconds=1)
    assert await hub.ended_sessions() == set()
    hub.clock.passes(minutes=9, seconds=59)
    assert user.id in await hub.revocations()
    hub.clock.passes(seconds=1)
    assert await hub.revocations() == {}
    assert (await hub.refresh(two.refresh_token)).user.id == user.id


async def test_longer_lives_of_before_count(tmp_path: Path, database_url: str) -> None:
    clock = Clock()
    longer = settings_for(tmp_path, database_url, access_token_minutes=60)
    async with running(longer, clock) as hub:
        user = await hub.create("zoë")
        session = await hub.login("zoë")
    async with running(settings_for(tmp_path, database_url), clock) as hub:
        await hub.login("zoë")
        await hub.switch(user, is_active=False)
        clock.passes(minutes=59)
        assert hub.claims(session).version < (await hub.revocations())[user.id].minimum_version


async def test_a_longer_life_of_a_session_s_earlier_token_counts(
    tmp_path: Path, database_url: str
) -> None:
    clock = Clock()
    longer = settings_for(tmp_path, database_url, access_token_minutes=1440, refresh_token_days=30)
    async with running(longer, clock) as hub:
        first = await hub.login("admin", ADMIN_PASSWORD)
        session_id = hub.claims(first).session_id
    shorter = settings_for(tmp_path, database_url, access_token_minutes=1, refresh_token_days=1)
    async with running(shorter, clock) as hub:
        await hub.login("admin", ADMIN_PASSWORD)
        await hub.logout((await hub.refresh(first.refresh_token)).refresh_token)
        clock.passes(hours=23, minutes=59)
        assert hub.claims(first).session_id == session_id
    clock.passes(minutes=1)
    await removed(shorter, clock, (1, 1))
    async with running(shorter, clock) as hub:
        assert await hub.ended_sessions() == {session_id}


async def kept(settings: Settings) -> tuple[int, int]:
    """How many sessions and refresh tokens there are."""
    async with opened(settings.database_url_of("accounts"), "accounts") as database:
        counts = [
            (await database.rows(sa.select(sa.func.count().label("count")).select_from(table)))[0]
            for table in (session, refresh_token)
        ]
    return counts[0]["count"], counts[1]["count"]


async def test_what_is_over_is_removed(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub:
        ended = await hub.login("admin", ADMIN_PASSWORD)
        await hub.logout((await hub.refresh(ended.refresh_token)).refresh_token)
        going_on = await hub.login("admin", ADMIN_PASSWORD)
        await hub.login("admin", ADMIN_PASSWORD)
        assert await kept(settings) == (3, 4)
    clock.passes(minutes=14)
    # Its access token works still, and the gateway is to hear of that.
    await removed(settings, clock, (3, 4))
    clock.passes(minutes=2)
    await removed(settings, clock, (2, 2))
    async with running(settings, clock) as hub:
        going_on = await hub.refresh(going_on.refresh_token)
        assert await kept(settings) == (2, 3)
    clock.passes(days=30, minutes=-1)
    await removed(settings, clock, (1, 1))
    async with running(settings, clock) as hub:
        assert (await hub.refresh(going_on.refresh_token)).user.username == "admin"


async def removed(settings: Settings, clock: Clock, left: tuple[int, int]) -> None:
    """Starts, at which what is over is removed, and waits for so much to be left."""
    async with running(settings, clock), asyncio.timeout(20):
        while await kept(settings) != left:
            await asyncio.sleep(0.02)
