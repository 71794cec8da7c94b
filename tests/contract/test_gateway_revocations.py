"""What access tokens may no longer say, and a gateway that cannot ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import grpc
import httpx
import pytest
from nekohub.accounts.v1 import accounts_pb2 as pb
from nekohub.skills.v1.skills_pb2 import TRIGGER_SOURCE_MANUAL, Execution

from gateway import auth, events, revocations
from services.chassis import tokens
from services.chassis.clock import now
from services.chassis.errors import Unavailable
from tests.contract.gateway_accounts import DISABLED, ENDED, Accounts, token
from tests.contract.gateway_counterparts import API_KEY, READER_KEY
from tests.contract.gateway_hub import AUTH, Hub, client_of, error_of, running_hub

URL = "/api/v1/assets"
AWAY = Unavailable("SERVICE_UNAVAILABLE", "the database does not answer")


@pytest.fixture(scope="module")
async def hub() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture(scope="module")
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub, None) as client:
        yield client


async def answer(client: httpx.AsyncClient, credential: str) -> tuple[int, str]:
    """Status and code of a request for the assets."""
    response = await client.get(URL, headers={"authorization": f"Bearer {credential}"})
    return response.status_code, "" if response.is_success else error_of(response)["code"]


async def told(hub: Hub, *changed: pb.Revocation, sessions: tuple[str, ...] = ()) -> None:
    """Has the gateway ask, and hear this."""
    hub.accounts.revocations = pb.ListRevocationsResponse(revocations=changed, session_ids=sessions)
    await hub.revocations.refresh()


READ, NOTHING = ("assets.read",), ("users.read",)


@pytest.mark.parametrize(
    ("version", "minimum", "allowed", "of_token", "carries", "expected"),
    [
        (3, 0, NOTHING, 3, READ, (200, "")),
        (3, 0, NOTHING, 4, READ, (200, "")),
        (4, 0, NOTHING, 3, READ, (403, "auth_forbidden")),
        (4, 0, READ, 3, NOTHING, (200, "")),
        (4, 4, READ, 3, READ, (401, "auth_token_invalid")),
        (4, 4, NOTHING, 4, READ, (200, "")),
        (9, 4, NOTHING, 4, READ, (403, "auth_forbidden")),
        (9, 5, READ, 4, READ, (401, "auth_token_invalid")),
    ],
)
async def test_an_older_token_says_what_is_so_now(
    hub: Hub,
    client: httpx.AsyncClient,
    version: int,
    minimum: int,
    allowed: tuple[str, ...],
    of_token: int,
    carries: tuple[str, ...],
    expected: tuple[int, str],
) -> None:
    await told(
        hub,
        pb.Revocation(
            user_id="user-1", version=version, minimum_version=minimum, permissions=allowed
        ),
    )
    assert await answer(client, token(version=of_token, permissions=carries)) == expected
    other = token(user_id="user-2", version=0, permissions=READ)
    assert await answer(client, other) == (200, "")


async def test_the_role_is_that_of_now(hub: Hub, client: httpx.AsyncClient) -> None:
    change = pb.Revocation(
        user_id="user-1", version=4, permissions=["users.update"], role=pb.ROLE_ADMIN
    )
    await told(hub, change)
    headers = {"authorization": f"Bearer {token(role='user')}"}
    await client.patch("/api/v1/users/user-1", json={}, headers=headers)
    assert hub.accounts.requests[-1].actor == pb.Principal(
        id="user-1", username="mia", permissions=["users.update"], role=pb.ROLE_ADMIN
    )


async def test_an_ended_session_ends_its_tokens_only(hub: Hub, client: httpx.AsyncClient) -> None:
    await told(hub, sessions=("session-2",))
    assert await answer(client, token(session_id="session-2")) == (401, "auth_token_invalid")
    assert await answer(client, token(session_id="session-3")) == (200, "")
    await told(hub)
    assert await answer(client, token(session_id="session-2")) == (200, "")


async def test_what_was_known_stays_while_accounts_is_away() -> None:
    async with running_hub() as hub, client_of(hub, None) as client:
        await hub.stop("accounts")
        assert await answer(client, token()) == (200, "")
        assert await answer(client, token(user_id=DISABLED)) == (401, "auth_token_invalid")
        assert await answer(client, token(session_id=ENDED)) == (401, "auth_token_invalid")
        assert await answer(client, "any-api-key") == (503, "service_unavailable")


async def test_an_old_list_does_not_count_while_accounts_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_hub() as hub, client_of(hub, None) as client:

        async def asked() -> None:
            with suppress(grpc.aio.AioRpcError):
                await hub.revocations.refresh()

        hub.accounts.is_broken_off = True
        await asked()
        assert await answer(client, token()) == (200, "")
        monkeypatch.setattr(revocations, "MOST_AGE_SECONDS", 0.0)
        assert await answer(client, token()) == (503, "service_unavailable")
        assert (await client.get(URL, headers=AUTH)).status_code == 200
        hub.accounts.is_without_list = AWAY
        await asked()
        assert await answer(client, token()) == (503, "service_unavailable")
        hub.accounts.is_broken_off, hub.accounts.is_without_list = False, None
        await asked()
        assert await answer(client, token()) == (200, "")
        hub.accounts.is_without_list = AWAY
        await asked()
        assert await answer(client, token()) == (200, "")


async def test_open_events_end_with_what_opened_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 0.02)
    monkeypatch.setattr(events, "CHECK_SECONDS", 0.02)
    monkeypatch.setattr(auth, "CACHE_SECONDS", 0.0)
    async with running_hub() as hub, client_of(hub, None) as client:
        hub.skills.executions["run"] = Execution(id="run", trigger_source=TRIGGER_SOURCE_MANUAL)

        @asynccontextmanager
        async def watched(credential: str) -> AsyncIterator[AsyncIterator[str]]:
            headers = {"authorization": f"Bearer {credential}"}
            path = "/api/v1/executions/run/events"
            async with client.stream("GET", path, headers=headers) as response:
                assert response.status_code == 200
                yield response.aiter_lines()

        async def goes_on(lines: AsyncIterator[str]) -> None:
            async with asyncio.timeout(10):
                for _ in range(3):
                    while await anext(lines) != ": still here":
                        pass

        async def has_ended(lines: AsyncIterator[str]) -> None:
            async with asyncio.timeout(10):
                assert {line async for line in lines} <= {": still here", ""}

        async with (
            watched(token(session_id="leaving")) as leaving,
            watched(token(user_id="user-2")) as disabled,
            watched(token(user_id="user-3")) as demoted,
            watched(token(user_id="user-4", expire_time=now() + timedelta(days=1))) as other,
            watched(READER_KEY) as key,
            watched(API_KEY) as lasting_key,
            watched(token(user_id="user-5")) as expiring,
        ):
            for lines in (leaving, disabled, demoted, other, key, lasting_key, expiring):
                await goes_on(lines)
            del hub.accounts.keys[READER_KEY]
            await told(
                hub,
                pb.Revocation(user_id="user-2", version=9, minimum_version=9),
                pb.Revocation(user_id="user-3", version=9, permissions=NOTHING),
                pb.Revocation(user_id="user-4", version=9, permissions=READ),
                sessions=("leaving",),
            )
            for lines in (leaving, disabled, demoted, key):
                await has_ended(lines)
            await goes_on(expiring)
            # As if an hour had passed.
            monkeypatch.setattr(tokens, "CLOCK_SKEW", timedelta(hours=-1))
            await has_ended(expiring)
            await hub.stop("accounts")
            for lines in (other, lasting_key):
                await goes_on(lines)
            hub.skills.finish.set()
            assert "event: done" in [line async for line in other]


async def test_before_the_first_list_no_token_is_trusted(caplog: pytest.LogCaptureFixture) -> None:
    accounts = Accounts()
    accounts.is_without_list = AWAY
    caplog.set_level(logging.WARNING, "gateway.revocations")
    async with running_hub(accounts=accounts) as hub, client_of(hub, None) as client:
        headers = {"authorization": f"Bearer {token()}"}
        response = await client.get(URL, headers=headers)
        assert (response.status_code, error_of(response)["code"]) == (503, "service_unavailable")
        assert int(response.headers["retry-after"]) > 0
        assert await answer(client, "eyJ.not.one") == (401, "auth_token_invalid")
        assert (await client.get(URL, headers=AUTH)).status_code == 200
        accounts.is_without_list = None
        async with asyncio.timeout(10):
            while await answer(client, token()) != (200, ""):
                await asyncio.sleep(0.05)
    [line] = [record.message for record in caplog.records]
    assert "UNAVAILABLE" in line


async def test_it_is_asked_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocations, "REFRESH_SECONDS", 0.05)
    monkeypatch.setattr(revocations, "RETRY_SECONDS", 0.05)
    async with running_hub() as hub, client_of(hub, None) as client:
        for session, failure in (("a", None), ("b", AWAY), ("c", RuntimeError("a fault"))):
            hub.accounts.is_without_list = failure
            assert await answer(client, token(session_id=session)) == (200, "")
            hub.accounts.revocations = pb.ListRevocationsResponse(session_ids=[session])
            hub.accounts.is_without_list = None
            async with asyncio.timeout(10):
                while await answer(client, token(session_id=session)) == (200, ""):
                    await asyncio.sleep(0.01)
