"""Signing in, going on, signing out."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from nekohub.accounts.v1 import accounts_pb2 as pb

from services.accounts.passwords import Cost
from services.accounts.permissions import PERMISSIONS
from services.accounts.sessions import Lifetimes, SessionStore
from services.accounts.tables import account
from services.chassis.clock import datetime_of
from services.chassis.database import opened
from services.chassis.ids import is_id
from services.settings import Settings
from tests.contract.accounts_hub import (
    ADMIN_PASSWORD,
    API_KEY,
    JWT_SECRET,
    PASSWORD,
    START,
    AccountsHub,
    Clock,
    reason,
    running,
    settings_for,
)

UNAUTHENTICATED = "Unauthenticated"
WRONG = (UNAUTHENTICATED, "AUTH_INVALID_CREDENTIALS")
INVALID = (UNAUTHENTICATED, "AUTH_REFRESH_TOKEN_INVALID")
REUSED = (UNAUTHENTICATED, "AUTH_REFRESH_TOKEN_REUSED")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return settings_for(tmp_path, database_url)


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[AccountsHub]:
    async with running(settings) as made:
        yield made


async def kept_hash(settings: Settings) -> str:
    """The hash of the superAdmin's password in the database."""
    async with opened(settings.database_url_of("accounts"), "accounts") as database:
        (row,) = await database.rows(sa.select(account.c.password_hash))
        return str(row["password_hash"])


async def test_an_api_key_is_a_super_admin_without_a_name(hub: AccountsHub) -> None:
    principal = (await hub("VerifyApiKey", api_key=API_KEY)).principal

    assert principal.id.startswith("api-key:")
    assert list(principal.permissions) == list(PERMISSIONS)
    assert (principal.role, principal.username) == (pb.ROLE_SUPER_ADMIN, "")
    assert await reason(hub("VerifyApiKey", api_key="another")) == (
        UNAUTHENTICATED,
        "API_KEY_INVALID",
    )


async def test_who_knows_the_password_gets_a_session(hub: AccountsHub) -> None:
    user = await hub.create("Zoë", permissions=["users.read"])
    assert not user.HasField("last_login_time")
    hub.clock.passes(seconds=90.5)

    session = await hub.login(" zoE\u0308 ")

    signed_in = START + timedelta(seconds=90)
    assert datetime_of(session.access_expire_time) == signed_in + timedelta(minutes=15)
    assert datetime_of(session.refresh_expire_time) == signed_in + timedelta(days=30)
    assert session.user == await hub.get(user)
    assert datetime_of(session.user.last_login_time) == START + timedelta(seconds=90.5)
    assert session.user.update_time == user.update_time
    claims = hub.claims(session)
    assert (claims.user_id, claims.username, claims.role) == (user.id, "Zoë", "user")
    assert claims.permissions == ("assets.read", "users.read")
    assert claims.version == 1
    assert is_id(claims.session_id)
    assert (claims.issue_time, claims.expire_time) == (
        signed_in,
        datetime_of(session.access_expire_time),
    )
    assert len(session.refresh_token) == 43


async def test_the_super_admin_and_an_admin_have_every_permission(hub: AccountsHub) -> None:
    await hub.create("second", role="admin")

    for name, password, role in (
        ("admin", ADMIN_PASSWORD, "superAdmin"),
        ("second", PASSWORD, "admin"),
    ):
        claims = hub.claims(await hub.login(name, password))
        assert (claims.role, claims.permissions) == (role, PERMISSIONS)


async def test_who_does_not_gets_none(hub: AccountsHub) -> None:
    user = await hub.create("zoë", password="pass wörd 😀 " * 3)
    await hub.switch(user, is_active=False)
    told = set()
    for name, password in (
        ("zoë", "pass wörd 😀"), ("zoë", ""), ("zoë", "x" * 100_000), ("nobody", PASSWORD),
        ("", PASSWORD), ("zoë\0", PASSWORD), ("z" * 100_000, PASSWORD), ("zoe", PASSWORD),
    ):  # fmt: skip
        told.add(await reason(hub.login(name, password)))
    assert told == {WRONG}

    # That it was disabled hears only who has the right password, however it is composed.
    right = "pass wo\u0308rd 😀 " * 3
    assert await reason(hub.login("zoë", right)) == (UNAUTHENTICATED, "AUTH_USER_INACTIVE")
    await hub.switch(user, is_active=True)
    assert (await hub.login("zoë", right)).user.id == user.id


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(hub: AccountsHub) -> None:
    await hub.create("zoë")
    first, other = await hub.login("zoë"), await hub.login("zoë")
    hub.clock.passes(minutes=14)
    second = await hub.refresh(first.refresh_token)

    assert second.refresh_token != first.refresh_token
    assert hub.claims(second).session_id == hub.claims(first).session_id
    assert datetime_of(second.access_expire_time) == hub.clock.moment + timedelta(minutes=15)
    assert datetime_of(second.refresh_expire_time) == hub.clock.moment + timedelta(days=30)
    assert await hub.ended_sessions() == set()

    assert await reason(hub.refresh(first.refresh_token)) == REUSED

    for token in (first.refresh_token, second.refresh_token):
        assert await reason(hub.refresh(token)) == INVALID
    assert await hub.ended_sessions() == {hub.claims(second).session_id}
    assert (await hub.refresh(other.refresh_token)).user.username == "zoë"


async def test_a_refresh_says_what_the_user_is_now(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    session = await hub.login("zoë")
    await hub.permit(user, "assets.create")
    await hub.update(user, username="Zoé")

    session = await hub.refresh(session.refresh_token)

    assert session.user == await hub.get(user)
    claims = hub.claims(session)
    assert (claims.username, claims.permissions) == ("Zoé", ("assets.read", "assets.create"))
    assert claims.version == 2


async def test_of_many_at_once_one_goes_on(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub, running(settings, clock) as second:
        session = await hub.login("admin", ADMIN_PASSWORD)

        outcomes = await asyncio.gather(
            *(each.refresh(session.refresh_token) for each in (hub, second) * 6),
            return_exceptions=True,
        )

        gone_on = [each for each in outcomes if isinstance(each, pb.Session)]
        reasons = [getattr(each, "reason", "") for each in outcomes]
        assert len(gone_on) == 1
        assert reasons.count("AUTH_REFRESH_TOKEN_REUSED") == 1
        assert reasons.count("AUTH_REFRESH_TOKEN_INVALID") == 10
        assert await reason(hub.refresh(gone_on[0].refresh_token)) == INVALID


async def test_what_is_no_refresh_token_is_refused(hub: AccountsHub) -> None:
    for token in ("", "unknown", "ü", "x" * 10_000):
        assert await reason(hub.refresh(token)) == INVALID
        await hub.logout(token)
        await hub.logout(token, everywhere=True)


async def test_a_refresh_token_expires(hub: AccountsHub) -> None:
    session = await hub.login("admin", ADMIN_PASSWORD)
    hub.clock.passes(days=30, seconds=-1)
    second = await hub.refresh(session.refresh_token)
    hub.clock.passes(seconds=1)

    # One that was spent is as one that never was, once it would have expired.
    assert await reason(hub.refresh(session.refresh_token)) == INVALID
    hub.clock.passes(days=30, seconds=-1)
    assert await reason(hub.refresh(second.refresh_token)) == INVALID


async def test_signing_out_ends_the_session_by_any_of_its_tokens(hub: AccountsHub) -> None:
    for spent in (False, True):
        first = await hub.login("admin", ADMIN_PASSWORD)
        second = await hub.refresh(first.refresh_token)
        for _ in range(2):
            await hub.logout((first if spent else second).refresh_token)

        assert await reason(hub.refresh(second.refresh_token)) == INVALID
        assert await reason(hub.refresh(first.refresh_token)) == INVALID
        assert hub.claims(first).session_id in await hub.ended_sessions()
    assert len(await hub.ended_sessions()) == 2


async def test_signing_out_everywhere_ends_all_sessions_of_one_user(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub, running(settings, clock) as second:
        await hub.create("zoë")
        others = await hub.login("admin", ADMIN_PASSWORD)
        ended: set[str] = set()
        for token_is in ("the last one", "spent", "of a session that has ended"):
            first, other = await hub.login("zoë"), await second.login("zoë")
            newer = await hub.refresh(first.refresh_token)
            if token_is == "of a session that has ended":
                await hub.logout(newer.refresh_token)
            token = first.refresh_token if token_is == "spent" else newer.refresh_token
            for replica in (second, hub):
                await replica.logout(token, everywhere=True)

            ended |= {hub.claims(session).session_id for session in (newer, other)}
            for replica in (hub, second):
                for session in (first, newer, other):
                    assert await reason(replica.refresh(session.refresh_token)) == INVALID
                assert await replica.ended_sessions() == ended
                # As after any sign-out: it is no change of the user.
                assert await replica.revocations() == {}
        assert len(ended) == 6
        assert (await second.refresh(others.refresh_token)).user.username == "admin"
        again = await hub.login("zoë")
        assert (await second.refresh(again.refresh_token)).user.username == "zoë"


async def test_who_signs_in_or_goes_on_meanwhile_is_signed_out_or_not(settings: Settings) -> None:
    clock = Clock()
    async with running(settings, clock) as hub, running(settings, clock) as second:
        await hub.create("zoë")
        before = [await hub.login("zoë") for _ in range(4)]

        outcomes = await asyncio.gather(
            *(hub.refresh(session.refresh_token) for session in before[:2]),
            *(second.logout(session.refresh_token, everywhere=True) for session in before[2:]),
            *(each.login("zoë") for each in (hub, second)),
            return_exceptions=True,
        )

        ended = await hub.ended_sessions()
        assert ended >= {hub.claims(session).session_id for session in before}
        failed = [each for each in outcomes if isinstance(each, BaseException)]
        assert {getattr(each, "reason", each) for each in failed} <= {INVALID[1]}
        for session in (each for each in outcomes if isinstance(each, pb.Session)):
            if hub.claims(session).session_id in ended:
                assert await reason(hub.refresh(session.refresh_token)) == INVALID
            else:
                assert (await hub.refresh(session.refresh_token)).user.username == "zoë"


async def test_disabling_and_another_password_end_every_session(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    one, two = await hub.login("zoë"), await hub.login("zoë")
    await hub.switch(user, is_active=False)
    for session in (one, two):
        assert await reason(hub.refresh(session.refresh_token)) == INVALID

    await hub.switch(user, is_active=True)
    assert await reason(hub.refresh(one.refresh_token)) == INVALID
    session = await hub.login("zoë")
    await hub.reset(user, "another-planted-password")
    assert await reason(hub.refresh(session.refresh_token)) == INVALID
    assert await reason(hub.login("zoë")) == WRONG
    assert (await hub.login("zoë", "another-planted-password")).user.id == user.id


async def test_a_password_that_is_reset_while_it_is_looked_at_opens_nothing(
    settings: Settings,
) -> None:
    async with (
        running(settings) as hub,
        opened(settings.database_url_of("accounts"), "accounts") as database,
    ):
        user = await hub.create("zoë")
        store = SessionStore(database, Lifetimes(timedelta(minutes=1), timedelta(days=1)))
        verified = await store.credentials("zoë")
        assert verified is not None
        assert await store.open(verified, "", None) is not None
        await hub.reset(user, "another-password")

        assert await store.open(verified, "", None) is None


async def test_a_password_is_hashed_anew_when_its_cost_is_another(settings: Settings) -> None:
    clock, dearer = Clock(), Cost(rounds=2, memory_kib=16)
    async with running(settings, clock) as hub:
        session = await hub.login("admin", ADMIN_PASSWORD)
    hashes = [await kept_hash(settings)]
    for cost in (dearer, dearer):
        async with running(settings, clock, cost) as hub:
            assert await reason(hub.login("admin", PASSWORD)) == WRONG
            assert await kept_hash(settings) == hashes[-1]
            assert (await hub.login("admin", ADMIN_PASSWORD)).user.username == "admin"
            hashes.append(await kept_hash(settings))
            # It is the same password, so nobody is signed out.
            session = await hub.refresh(session.refresh_token)
    first, second, third = hashes
    assert first.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert second.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert third == second


async def test_secrets_of_access_tokens_rotate(settings: Settings, tmp_path: Path) -> None:
    new = "new-secret-of-the-tests-0123456789abcdef"
    async with running(settings) as hub:
        old_session = await hub.login("admin", ADMIN_PASSWORD)
    url = settings.database_url or ""
    both = settings_for(tmp_path, url, jwt_secrets=(new, JWT_SECRET))
    async with running(both) as hub:
        assert hub.claims(old_session, new, JWT_SECRET) == hub.claims(old_session)
        session = await hub.refresh(old_session.refresh_token)
        assert hub.claims(session, new) == hub.claims(session, JWT_SECRET, new)
    async with running(settings_for(tmp_path, url, jwt_secrets=(new,))) as hub:
        assert hub.claims(await hub.refresh(session.refresh_token), new).username == "admin"


async def test_lifetimes_are_settings(tmp_path: Path, database_url: str) -> None:
    given = {"access_token_minutes": 1, "refresh_token_days": 2}
    async with running(settings_for(tmp_path, database_url, **given)) as hub:
        session = await hub.login("admin", ADMIN_PASSWORD)
        assert datetime_of(session.access_expire_time) == START + timedelta(minutes=1)
        assert datetime_of(session.refresh_expire_time) == START + timedelta(days=2)


async def test_a_user_who_signs_in_while_it_is_disabled_gets_nothing_that_works(
    hub: AccountsHub,
) -> None:
    users = [await hub.create() for _ in range(6)]

    async def disabled(user: pb.User) -> None:
        await hub.switch(user, is_active=False)

    outcomes = await asyncio.gather(
        *(hub.login(user.username) for user in users),
        *(disabled(user) for user in users),
        return_exceptions=True,
    )

    minimum = {each: found.minimum_version for each, found in (await hub.revocations()).items()}
    for session in (each for each in outcomes if isinstance(each, pb.Session)):
        claims = hub.claims(session)
        assert claims.version < minimum[claims.user_id]
        assert await reason(hub.refresh(session.refresh_token)) == INVALID
