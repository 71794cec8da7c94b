"""Requests that have their effect once: the claim, and that it is forgotten in time."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import AlreadyExists
from services.chassis.requests import (
    KEPT,
    Claim,
    claimed,
    forget_forever,
    forget_old,
    known,
    request_table,
)
from services.chassis.supervision import supervised
from tests.contract.chassis_notes import add, metadata, numbers, with_notes

request = request_table(metadata)
CLAIM = Claim("a", "of this content")
OTHER = Claim("a", "of other content")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with with_notes(database_url) as made:
        yield made


async def make(database: Database, claim: Claim, number: int) -> str | None:
    """Adds a note once."""

    def work(connection: sa.Connection) -> str | None:
        earlier = claimed(connection, request, claim, str(number))
        if earlier is None:
            add(connection, number)
        return earlier

    return await database.write(work)


async def age(database: Database, by: timedelta) -> None:
    """Makes all requests older."""
    made = now() - by
    await database.write(lambda connection: connection.execute(
        sa.update(request).values(created_at=made)
    ))  # fmt: skip


async def ids(database: Database) -> list[str]:
    """The requests that are known."""
    rows = await database.rows(sa.select(request.c.id).order_by(request.c.id))
    return [row["id"] for row in rows]


async def test_an_equal_request_gets_what_the_first_made(database: Database) -> None:
    assert await make(database, CLAIM, 1) is None
    assert await make(database, CLAIM, 2) == "1"
    assert await make(database, Claim("b", CLAIM.fingerprint), 3) is None
    assert await numbers(database) == [1, 3]


async def test_other_content_is_refused(database: Database) -> None:
    await make(database, CLAIM, 1)
    with pytest.raises(AlreadyExists, match="choose a new key") as refused:
        await make(database, OTHER, 2)
    assert refused.value.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await numbers(database) == [1]


async def test_of_many_at_once_one_has_its_effect(database: Database) -> None:
    found = await asyncio.gather(*(make(database, CLAIM, number) for number in range(20)))

    (number,) = await numbers(database)
    assert found.count(None) == 1
    assert set(found) == {None, str(number)}


async def test_a_request_without_its_effect_is_not_kept(database: Database) -> None:
    def work(connection: sa.Connection) -> None:
        claimed(connection, request, CLAIM, "1")
        raise LookupError("the effect failed")

    with pytest.raises(LookupError, match="the effect failed"):
        await database.write(work)
    assert await make(database, OTHER, 2) is None
    assert await numbers(database) == [2]


async def test_a_request_counts_for_its_time_only(database: Database) -> None:
    await make(database, CLAIM, 1)
    await age(database, KEPT - timedelta(minutes=1))
    assert await make(database, CLAIM, 2) == "1"
    await age(database, KEPT + timedelta(minutes=1))
    assert await make(database, OTHER, 3) is None
    assert await make(database, OTHER, 4) == "3"


async def test_what_a_request_has_made_can_be_looked_up(database: Database) -> None:
    assert await known(database, request, CLAIM) is None
    await make(database, CLAIM, 1)
    assert await known(database, request, CLAIM) == "1"
    with pytest.raises(AlreadyExists, match="choose a new key"):
        await known(database, request, OTHER)
    await age(database, KEPT + timedelta(minutes=1))
    assert await known(database, request, CLAIM) is None
    assert await known(database, request, OTHER) is None
    assert await ids(database) == ["a"]


async def test_only_old_requests_are_forgotten(database: Database) -> None:
    await make(database, CLAIM, 1)
    await make(database, Claim("b", ""), 2)
    await age(database, KEPT + timedelta(minutes=1))
    await make(database, Claim("c", ""), 3)

    assert await database.write(lambda connection: forget_old(connection, request)) == 2
    assert await ids(database) == ["c"]


async def test_they_are_forgotten_in_the_background(database: Database) -> None:
    await make(database, CLAIM, 1)
    await age(database, KEPT + timedelta(minutes=1))

    async with supervised("forgetting", lambda: forget_forever(database, request)):
        async with asyncio.timeout(20):
            while await ids(database):
                await asyncio.sleep(0.01)
