"""Requests to create a profile that have their effect once, however often they are sent."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from nekohub.providers.v1 import providers_pb2 as pb

from services.chassis.errors import AlreadyExists, InvalidArgument, NotFound
from tests.contract.providers_hub import ProvidersHub, failure, profile, running


@pytest.fixture
async def hub(tmp_path: Path, database_url: str) -> AsyncIterator[ProvidersHub]:
    settings: dict[str, Any] = {}
    if database_url.startswith("postgresql"):
        settings["database_url"] = database_url
    async with running(tmp_path, local_provider=False, **settings) as made:
        yield made


async def create(
    hub: ProvidersHub, request_id: str = "request-1", **given: Any
) -> pb.CreateProfileResponse:
    request = pb.CreateProfileRequest(profile=profile(**given), request_id=request_id)
    response: pb.CreateProfileResponse = await hub("CreateProfile", request)
    return response


async def test_a_repeat_gives_the_profile_as_it_is_now(hub: ProvidersHub) -> None:
    first = await create(hub)
    changed = await hub.update(first.profile.id, name="Other", model_name="m-2")

    repeat = await create(hub)

    assert (first.replayed, repeat.replayed) == (False, True)
    assert repeat.profile == changed
    assert await hub.list() == [changed]


async def test_of_equal_requests_at_once_one_has_its_effect(hub: ProvidersHub) -> None:
    made = await asyncio.gather(*(create(hub) for _ in range(5)))

    assert len({each.profile.id for each in made}) == 1
    assert sorted(each.replayed for each in made) == [False, True, True, True, True]
    assert len(await hub.list()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"api_key": "sk-another-0123456789"},
        {"name": "Other"},
        {"is_active": False},
        {"fallback_order": 1},
        {"input_price_per_million": 0.0},
        {"monthly_budget": 0.0},
    ],
)
async def test_other_content_is_refused(hub: ProvidersHub, other: dict[str, Any]) -> None:
    made = await create(hub)

    refused = await failure(create(hub, **other))

    assert isinstance(refused, AlreadyExists)
    assert refused.reason == "IDEMPOTENCY_KEY_REUSED"
    assert await hub.list() == [made.profile]


async def test_a_deleted_profile_is_not_made_again(hub: ProvidersHub) -> None:
    await hub.delete((await create(hub)).profile.id)

    gone = await failure(create(hub))

    assert isinstance(gone, NotFound)
    assert gone.reason == "AI_PROVIDER_PROFILE_NOT_FOUND"
    assert await hub.list() == []


async def test_a_refused_request_leaves_its_id_free(hub: ProvidersHub) -> None:
    taken = await hub.create()
    assert (await failure(create(hub))).reason == "AI_PROVIDER_PROFILE_NAME_CONFLICT"
    await hub.update(taken.id, name="Other")

    assert not (await create(hub)).replayed


async def test_without_an_id_each_request_has_its_effect(hub: ProvidersHub) -> None:
    assert not (await create(hub, "")).replayed
    assert not (await create(hub, "", name="Other")).replayed


@pytest.mark.parametrize("request_id", ["x" * 65, "a\0b"])
async def test_an_id_that_is_none_is_refused(hub: ProvidersHub, request_id: str) -> None:
    refused = await failure(create(hub, request_id))

    assert isinstance(refused, InvalidArgument)
    assert refused.reason == "REQUEST_INVALID"


async def test_a_request_of_a_rotation_is_known_when_the_former_secret_is_gone(
    tmp_path: Path,
) -> None:
    former, present = "former-secret-0123456789abcdef-0123", "present-secret-0123456789abcdef-012"
    async with running(tmp_path, secret_keys=(present, former)) as hub:
        made = await create(hub)

    async with running(tmp_path, secret_keys=(present,)) as hub:
        repeat = await create(hub)

    assert repeat.replayed
    assert repeat.profile == made.profile
