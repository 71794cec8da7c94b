"""AI provider profiles through the gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from nekohub.providers.v1 import providers_pb2 as pb

from services.chassis.errors import AlreadyExists, InvalidArgument, NotFound
from tests.contract.gateway_hub import Hub, client_of, error_of, running_hub

URL = "/api/v1/system/ai/providers"
WHEN_TEXT = "2026-04-08T10:05:00.123Z"
PROFILE = {
    "id": "profile-1",
    "name": "mine",
    "apiBaseUrl": "https://api.example.com/v1",
    "apiKey": "sk-***",
    "modelName": "gpt",
    "defaultSystemPrompt": None,
    "isActive": True,
    "fallbackOrder": None,
    "inputPricePerMillion": None,
    "outputPricePerMillion": None,
    "monthlyBudget": None,
    "spentThisMonth": 0.0,
    "createdAtUtc": WHEN_TEXT,
    "updatedAtUtc": WHEN_TEXT,
    "capabilities": None,
}


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Hub]:
    async with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(shared: Hub) -> Hub:
    shared.providers.requests.clear()
    shared.providers.failure = None
    shared.providers.replayed = False
    shared.providers.active = shared.providers.profile
    return shared


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(hub) as client:
        yield client


async def test_the_list_is_a_plain_array(client: httpx.AsyncClient) -> None:
    assert (await client.get(URL)).json() == {"data": [PROFILE]}


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        (
            {"answer_format": "json_schema", "token_field": "max_tokens"},
            {
                "answerFormat": "json_schema",
                "tokenField": "max_tokens",
                "canSeeImages": None,
                "maxImageSide": None,
            },
        ),
        (
            {"answer_format": "prompt", "can_see_images": False, "image_side": 768},
            {
                "answerFormat": "prompt",
                "tokenField": None,
                "canSeeImages": False,
                "maxImageSide": 768,
            },
        ),
    ],
)
async def test_what_was_learnt_is_shown(
    hub: Hub, client: httpx.AsyncClient, known: dict[str, Any], shown: dict[str, Any]
) -> None:
    learnt = pb.Capabilities(
        api_base_url="https://a.example/v1", learn_time=hub.providers.profile.create_time, **known
    )
    hub.providers.active = pb.Profile(capabilities=learnt)
    hub.providers.active.MergeFrom(hub.providers.profile)

    read = (await client.get(f"{URL}/active")).json()["data"]

    where_and_when = {"apiBaseUrl": "https://a.example/v1", "learntAtUtc": WHEN_TEXT}
    assert read == PROFILE | {"capabilities": shown | where_and_when}


async def test_the_active_profile_or_null(hub: Hub, client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{URL}/active")).json() == {"data": PROFILE}
    hub.providers.active = None
    assert (await client.get(f"{URL}/active")).json() == {"data": None}


async def test_create(hub: Hub, client: httpx.AsyncClient) -> None:
    body = {
        "name": "mine",
        "apiBaseUrl": "https://api.example.com",
        "apiKey": "sk-1",
        "modelName": "gpt",
        "isActive": False,
    }
    response = await client.post(URL, json=body)
    assert response.status_code == 201
    assert response.json() == {"data": PROFILE}
    assert hub.providers.requests == [
        pb.CreateProfileRequest(
            profile=pb.ProfileInput(
                name="mine",
                api_base_url="https://api.example.com",
                api_key="sk-1",
                model_name="gpt",
                is_active=False,
            )
        )
    ]


async def test_a_create_with_an_idempotency_key(hub: Hub, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "once"}
    first = await client.post(URL, json={"name": "mine"}, headers=headers)
    hub.providers.replayed = True
    repeat = await client.post(URL, json={"name": "mine"}, headers=headers)
    other = await client.post(URL, json={"name": "mine"}, headers={"Idempotency-Key": "other"})
    assert "idempotent-replayed" not in first.headers
    assert repeat.headers["idempotent-replayed"] == "true"
    assert (repeat.status_code, repeat.json()) == (201, first.json())
    assert other.status_code == 201
    ids = [request.request_id for request in hub.providers.requests]
    assert [len(each) for each in ids] == [64, 64, 64]
    assert ids[0] == ids[1] != ids[2]


async def test_what_is_missing_is_the_services_to_say(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.providers.failure = InvalidArgument("AI_PROVIDER_PROFILE_NAME_REQUIRED", "name is missing")
    response = await client.post(URL, json={})
    assert response.status_code == 400
    assert error_of(response)["code"] == "ai_provider_profile_name_required"
    assert hub.providers.requests == [pb.CreateProfileRequest(profile=pb.ProfileInput())]


async def test_a_taken_name_is_409(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.providers.failure = AlreadyExists("AI_PROVIDER_PROFILE_NAME_CONFLICT", "taken")
    response = await client.post(URL, json={"name": "mine"})
    assert response.status_code == 409
    assert error_of(response)["code"] == "ai_provider_profile_name_conflict"


@pytest.mark.parametrize(
    "body",
    [
        {"apiKey": 12345678},
        {"isActive": "true"},
        {"apiKey": "sk-1", "secretKey": "sk-2"},
        {"fallbackOrder": True},
        {"fallbackOrder": 1.5},
        {"monthlyBudget": True},
        {"monthlyBudget": "12"},
        {"inputPricePerMillion": []},
    ],
)
async def test_a_refused_body_is_not_repeated(
    hub: Hub, client: httpx.AsyncClient, body: dict[str, object]
) -> None:
    response = await client.post(URL, json=body)
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert "12345678" not in response.text
    assert "sk-" not in response.text
    assert hub.providers.requests == []


async def test_patch_names_what_is_set(hub: Hub, client: httpx.AsyncClient) -> None:
    body = {"defaultSystemPrompt": None, "modelName": "gpt-2"}
    response = await client.patch(f"{URL}/profile-1", json=body)
    assert response.json() == {"data": PROFILE}
    [update] = hub.providers.requests
    assert update.profile_id == "profile-1"
    assert update.profile == pb.ProfileInput(model_name="gpt-2")
    assert list(update.update_mask.paths) == ["default_system_prompt", "model_name"]


async def test_money_and_order_are_set_and_cleared(hub: Hub, client: httpx.AsyncClient) -> None:
    await client.post(
        URL,
        json={
            "fallbackOrder": 7,
            "inputPricePerMillion": 0.15,
            "outputPricePerMillion": 1,
            "monthlyBudget": 0,
        },
    )
    await client.patch(f"{URL}/profile-1", json={"fallbackOrder": 2**31 - 1, "monthlyBudget": None})
    created, changed = hub.providers.requests
    assert created.profile == pb.ProfileInput(
        fallback_order=7,
        input_price_per_million=0.15,
        output_price_per_million=1.0,
        monthly_budget=0.0,
    )
    assert changed.profile == pb.ProfileInput(fallback_order=2**31 - 1)
    assert list(changed.update_mask.paths) == ["fallback_order", "monthly_budget"]


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        (2**31, "2147483648"),
        (-(2**31) - 1, "-2147483649"),
        (2**62, "4611686018427387904"),
        (1e308, "10000000000000000109…"),
        (-1e308, "-1000000000000000010…"),
    ],
)
async def test_an_order_that_no_message_holds_is_named(
    hub: Hub, client: httpx.AsyncClient, order: float, shown: str
) -> None:
    response = await client.patch(f"{URL}/profile-1", json={"fallbackOrder": order})
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "ai_provider_profile_fallback_order_invalid"
    assert error["message"] == f"fallbackOrder is {shown}; 1 to 1000 are accepted"
    assert hub.providers.requests == []


async def test_money_and_order_are_shown(hub: Hub, client: httpx.AsyncClient) -> None:
    hub.providers.active = pb.Profile()
    hub.providers.active.CopyFrom(hub.providers.profile)
    hub.providers.active.MergeFrom(
        pb.Profile(
            fallback_order=7,
            input_price_per_million=0.15,
            output_price_per_million=0.0,
            monthly_budget=5.0,
            month_cost=0.1 + 0.2,
        )
    )
    assert (await client.get(f"{URL}/active")).json()["data"] == PROFILE | {
        "fallbackOrder": 7,
        "inputPricePerMillion": 0.15,
        "outputPricePerMillion": 0.0,
        "monthlyBudget": 5.0,
        "spentThisMonth": 0.3,
    }


async def test_what_was_used(hub: Hub, client: httpx.AsyncClient) -> None:
    used = pb.Usage(request_count=3, input_tokens=200, output_tokens=20, cached_count=1)
    item = pb.Usage(day="2026-11-27", profile_id="p", profile_name="mine", skill_name="enrich")
    item.MergeFrom(used)
    used.cost = 0.1 + 0.2
    hub.providers.usage = pb.GetUsageResponse(
        from_day="2026-11-01",
        to_day="2026-11-27",
        items=[item],
        is_capped=True,
        total=used,
        by_day=[item],
        by_profile=[item],
        by_skill=[item],
    )
    response = await client.get(
        "/api/v1/system/ai/usage", params={"from": " 2026-11-01", "to": "2026-11-27"}
    )
    shown = {"requests": 3, "inputTokens": 200, "outputTokens": 20, "cachedAnswers": 1, "cost": 0.0}
    day, profile = {"day": "2026-11-27"}, {"profileId": "p", "profile": "mine"}
    skill = {"skill": "enrich"}
    assert response.json()["data"] == {
        "from": "2026-11-01",
        "to": "2026-11-27",
        "totals": shown | {"cost": 0.3},
        "byDay": [day | shown],
        "byProfile": [profile | shown],
        "bySkill": [skill | shown],
        "items": [day | profile | skill | shown],
        "itemsAreCapped": True,
    }
    await client.get("/api/v1/system/ai/usage")
    assert hub.providers.requests == [
        pb.GetUsageRequest(from_day="2026-11-01", to_day="2026-11-27"),
        pb.GetUsageRequest(),
    ]


async def test_patch_is_active_cannot_be_null(client: httpx.AsyncClient) -> None:
    response = await client.patch(f"{URL}/profile-1", json={"isActive": None})
    assert (response.status_code, error_of(response)["code"]) == (400, "request_invalid")
    assert "'isActive'" in error_of(response)["message"]


async def test_delete(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.delete(f"{URL}/profile-1")
    assert response.json() == {
        "data": {
            "id": "profile-1",
            "wasActive": True,
            "status": "deleted",
            "deletedAtUtc": WHEN_TEXT,
        }
    }
    hub.providers.failure = NotFound("AI_PROVIDER_PROFILE_NOT_FOUND", "no such profile")
    response = await client.delete(f"{URL}/nope")
    assert response.status_code == 404
    assert error_of(response)["code"] == "ai_provider_profile_not_found"


async def test_a_try(hub: Hub, client: httpx.AsyncClient) -> None:
    response = await client.post(f"{URL}/test", json={"profileId": "p", "modelName": "other"})
    assert response.status_code == 200
    assert response.json() == {
        "data": {
            "succeeded": True,
            "caption": "a word",
            "resolvedModelName": "gpt",
            "resolvedApiBaseUrl": "https://api.example.com/v1",
            "errorMessage": None,
            "canSeeImages": True,
            "capabilities": None,
        }
    }
    assert hub.providers.requests == [
        pb.TestProfileRequest(profile_id="p", profile=pb.ProfileInput(model_name="other"))
    ]
