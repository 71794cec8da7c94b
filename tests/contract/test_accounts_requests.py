"""Requests about users that have their effect once, however often they are sent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from nekohub.accounts.v1 import accounts_pb2 as pb

from tests.contract.accounts_hub import (
    JWT_SECRET,
    KEY_ACTOR,
    PASSWORD,
    AccountsHub,
    acting,
    reason,
    running,
    settings_for,
)

REUSED = ("AlreadyExists", "IDEMPOTENCY_KEY_REUSED")


@pytest.fixture
async def hub(tmp_path: Path, database_url: str) -> AsyncIterator[AccountsHub]:
    async with running(settings_for(tmp_path, database_url)) as made:
        yield made


def creation(**given: Any) -> dict[str, Any]:
    """A request to create a user, complete but for what is given."""
    usual = {
        "actor": KEY_ACTOR, "username": "zoë", "password": PASSWORD, "role": pb.ROLE_USER,
        "is_active": True, "request_id": "request-1",
    }  # fmt: skip
    return usual | given


async def test_of_equal_creations_at_once_one_has_its_effect(hub: AccountsHub) -> None:
    made = await asyncio.gather(*(hub("CreateUser", **creation()) for _ in range(5)))

    assert len({each.user.id for each in made}) == 1
    assert sorted(each.replayed for each in made) == [False, True, True, True, True]
    renamed = await hub.update(made[0].user, username="Zora")
    assert (await hub("CreateUser", **creation())).user == renamed
    assert (await hub.page()).total == 2


async def test_other_content_is_refused(hub: AccountsHub) -> None:
    await hub("CreateUser", **creation())
    others: list[dict[str, Any]] = [
        {"password": "another-planted"},
        {"username": "zora"},
        {"is_active": False},
        {"role": pb.ROLE_ADMIN},
        {"permissions": ["assets.create"]},
    ]
    for other in others:
        assert await reason(hub("CreateUser", **creation(**other))) == REUSED
    assert (await hub.page()).total == 2


async def test_a_refused_request_leaves_its_id_free(hub: AccountsHub) -> None:
    taken = await hub.create("zoë")
    assert (await reason(hub("CreateUser", **creation())))[1] == "USER_USERNAME_CONFLICT"
    await hub.update(taken, username="another")

    assert not (await hub("CreateUser", **creation())).replayed


async def test_who_may_not_gets_no_replay_either(hub: AccountsHub) -> None:
    admin = acting(await hub.create(role="admin"))
    await hub("CreateUser", **creation(role=pb.ROLE_ADMIN))

    asked = hub("CreateUser", **creation(role=pb.ROLE_ADMIN, actor=admin))
    assert (await reason(asked))[1] == "USER_MANAGE_FORBIDDEN"


async def test_a_password_is_reset_once(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    asked = {
        "actor": KEY_ACTOR, "user_id": user.id, "new_password": "another-planted",
        "request_id": "request-1",
    }  # fmt: skip
    assert not (await hub("ResetPassword", **asked)).replayed
    session = await hub.login("zoë", "another-planted")
    assert (await hub("ResetPassword", **asked)).replayed
    # The session that came after it goes on.
    assert (await hub.refresh(session.refresh_token)).user.id == user.id

    assert await reason(hub("ResetPassword", **(asked | {"new_password": "planted-3rd"}))) == REUSED


async def test_a_user_is_disabled_once(hub: AccountsHub) -> None:
    user = await hub.create("zoë")
    asked = {"actor": KEY_ACTOR, "user_id": user.id, "request_id": "request-1"}
    first = await hub("SetUserStatus", **asked)
    assert (first.replayed, first.user.is_active) == (False, False)
    enabled = await hub.switch(user, is_active=True)

    repeat = await hub("SetUserStatus", **asked)

    assert (repeat.replayed, repeat.user) == (True, enabled)
    assert await reason(hub("SetUserStatus", **(asked | {"is_active": True}))) == REUSED
    other = {"actor": KEY_ACTOR, "user_id": user.id, "new_password": "planted-3rd"}
    assert await reason(hub("ResetPassword", **other, request_id="request-1")) == REUSED


async def test_a_request_is_known_after_its_secret_has_been_replaced(
    tmp_path: Path, database_url: str
) -> None:
    async with running(settings_for(tmp_path, database_url)) as hub:
        await hub("CreateUser", **creation())
    new = "new-secret-of-the-tests-0123456789abcdef"
    later = creation(username="zora", request_id="request-2")
    both = settings_for(tmp_path, database_url, jwt_secrets=(new, JWT_SECRET))
    async with running(both) as hub:
        assert (await hub("CreateUser", **creation())).replayed
        assert not (await hub("CreateUser", **later)).replayed
        assert await reason(hub("CreateUser", **creation(username="zora"))) == REUSED
    async with running(settings_for(tmp_path, database_url, jwt_secrets=(new,))) as hub:
        assert (await hub("CreateUser", **later)).replayed
        assert await reason(hub("CreateUser", **creation())) == REUSED
