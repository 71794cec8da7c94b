"""What calls cost, and budgets that stop them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
import sqlalchemy as sa
from nekohub.providers.v1 import providers_pb2 as pb

from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.errors import FailedPrecondition, InvalidArgument, NotFound
from services.chassis.migrations import upgrade
from services.chassis.supervision import supervised
from services.providers import usage
from services.providers.base_url import BaseUrl
from services.providers.estimates import PICTURE_TOKENS
from services.providers.model import Profile, ProfileFields
from services.providers.prices import Prices
from services.providers.replies import MOST_EVENTS
from services.providers.spending import Spending, Use
from services.providers.tables import ai_usage
from services.providers.usage import Days
from tests.contract.faults import hearing
from tests.contract.providers_hub import ProvidersHub, failure, running
from tests.fakes import ANSWERS, FakeOpenAI, Scripted, completion, fake_openai

IN_FLIGHT = 4
PRICES = {"input_price_per_million": 1000.0, "output_price_per_million": 2000.0}
A_CALL = 100 * 0.001 + 10 * 0.002
"""What a call costs: the fake tells 100 and 10 tokens."""
TODAY = f"{now():%Y-%m-%d}"


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


def settings(database_url: str) -> dict[str, Any]:
    made: dict[str, Any] = {"provider_concurrency": IN_FLIGHT, "local_provider": False}
    if database_url.startswith("postgresql"):
        made["database_url"] = database_url
    return made


@pytest.fixture
async def hub(tmp_path: Path, database_url: str) -> AsyncIterator[ProvidersHub]:
    async with running(tmp_path, **settings(database_url)) as made:
        yield made


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await upgrade(database_url, "providers", "services.providers")
    async with opened(database_url, "providers") as made:
        yield made


async def used(hub: ProvidersHub, **days: str) -> pb.GetUsageResponse:
    response: pb.GetUsageResponse = await hub("GetUsage", pb.GetUsageRequest(**days))
    return response


def counts(each: pb.Usage) -> tuple[int, int, int, float]:
    return each.request_count, each.input_tokens, each.output_tokens, round(each.cost, 9)


async def test_each_call_has_its_price_and_is_counted(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    first = await hub.create(name="first", api_base_url=ai.base_url, **PRICES)
    unusable = Scripted(body=completion("no object"))

    plain = await hub.describe(skill_name="enrich")
    ai.script(Scripted(503), unusable)
    repeated = await hub.describe(skill_name="enrich")
    ai.script(unusable, unusable)
    failed = await failure(hub.describe(skill_name="caption"))
    await hub.test(first.id)
    second = await hub.create(name="second", api_base_url=ai.base_url, is_active=True)
    free = await hub.describe()
    found = await used(hub)

    assert (repeated.request_count, failed.metadata["requests"]) == (3, "2")
    costs = (plain.cost, repeated.cost, float(failed.metadata["cost"]), free.cost)
    assert costs == pytest.approx((A_CALL, 2 * A_CALL, 2 * A_CALL, 0.0))
    all_of_first = (6, 500, 50, round(5 * A_CALL, 9))
    assert counts(found.total) == (7, 600, 60, round(5 * A_CALL, 9))
    assert [(each.day, counts(each)) for each in found.by_day] == [(TODAY, counts(found.total))]
    assert [(each.profile_id, each.profile_name, counts(each)) for each in found.by_profile] == [
        (first.id, "first", all_of_first),
        (second.id, "second", (1, 100, 10, 0)),
    ]
    assert [(each.skill_name, counts(each)) for each in found.by_skill] == [
        ("enrich", (4, 300, 30, round(3 * A_CALL, 9))),
        ("caption", (2, 200, 20, round(2 * A_CALL, 9))),
        ("", (1, 100, 10, 0)),
    ]
    assert [(each.day, each.profile_name, each.skill_name) for each in found.items] == [
        (TODAY, "first", "caption"),
        (TODAY, "first", "enrich"),
        (TODAY, "second", ""),
    ]
    assert [round(each.month_cost, 9) for each in await hub.list()] == [all_of_first[3], 0]


@pytest.mark.parametrize(
    ("told", "sent", "received"),
    [
        ({"prompt_tokens": 2**53 - 1, "completion_tokens": 10**25}, 0, 0),
        ({"prompt_tokens": 7.0, "completion_tokens": True}, 7, 0),
        ({"prompt_tokens": 7, "total_tokens": 10}, 7, 3),
        ({"input_tokens": 7, "output_tokens": 2.5}, 7, 3),
        ({"prompt_tokens": -1, "completion_tokens": "3"}, 0, 0),
    ],
)
async def test_tokens_are_counted_as_far_as_they_can_be_believed(
    hub: ProvidersHub, ai: FakeOpenAI, told: dict[str, Any], sent: int, received: int
) -> None:
    await hub.create(api_base_url=ai.base_url)
    ai.script(Scripted(body=completion(ANSWERS["caption"]) | {"usage": told}))

    answer = await hub.describe()

    assert (answer.input_tokens, answer.output_tokens) == (sent, received)


@pytest.mark.parametrize(
    ("told", "is_sent_told", "is_received_told"),
    [
        (None, False, False),
        ({"prompt_tokens": "x", "completion_tokens": 0}, False, False),
        ({"prompt_tokens": 7}, True, False),
        ({"completion_tokens": 3}, False, True),
        ({"total_tokens": 10, "completion_tokens": 3}, True, True),
    ],
)
async def test_a_budget_estimates_what_is_not_told(
    hub: ProvidersHub,
    ai: FakeOpenAI,
    caplog: pytest.LogCaptureFixture,
    told: dict[str, Any] | None,
    is_sent_told: bool,
    is_received_told: bool,
) -> None:
    made = await hub.create(api_base_url=ai.base_url, monthly_budget=1000.0, **PRICES)
    reply = Scripted(body=completion(ANSWERS["caption"]) | {"usage": told})
    ai.script(reply, reply)

    answers = [await hub.describe(prompt="x" * 4000) for _ in range(2)]
    await hub.update(made.id, monthly_budget=2 * answers[0].cost)
    stopped = await failure(hub.describe())

    [answer] = {(each.input_tokens, each.output_tokens) for each in answers}
    text = orjson.dumps(ANSWERS["caption"])
    sent = range(PICTURE_TOKENS + 1000, PICTURE_TOKENS + 1200)
    assert answer[0] == 7 if is_sent_told else answer[0] in sent
    assert (
        answer[1] == 3
        if is_received_told
        else answer[1] in range(len(text) // 4, len(text) // 4 + 3)
    )
    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    warned = [each for each in caplog.messages if "does not tell how many tokens" in each]
    assert len(warned) == (0 if is_sent_told and is_received_told else 1)
    assert all("profile 'OpenAI'" in each for each in warned)


def event(body: dict[str, Any]) -> str:
    """An event that tells so."""
    return f"data: {orjson.dumps(body).decode()}\n\n"


USAGE = {"usage": {"prompt_tokens": 5000, "completion_tokens": 700}}
NO_ANSWERS = {
    "no choices": Scripted(body={"choices": []} | USAGE),
    "an error of the choice": Scripted(body=completion("", finish_reason="error") | USAGE),
    "a success that is an error": Scripted(body={"error": {"message": "no", "code": 502}} | USAGE),
    "one that stays": Scripted(body={"error": {"message": "no", "code": 400}} | USAGE),
    "an error": Scripted(400, {"error": {"message": "no"}} | USAGE),
    "an error that passes": Scripted(503, {"error": {"message": "no"}} | USAGE),
    "declined": Scripted(body=completion("", refusal="no") | USAGE),
    "a stream that breaks off": Scripted(body=event({"choices": []} | USAGE)),
    "a stream without end": Scripted(body=event({"choices": []}) * MOST_EVENTS + event(USAGE)),
}


async def test_what_is_no_answer_counts_as_far_as_it_is_told(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    made = await hub.create(api_base_url=ai.base_url, monthly_budget=1000.0, **PRICES)
    cases = NO_ANSWERS | {"untold": Scripted(400, {"error": "no"}), "none": Scripted(body={})}
    found: dict[str, tuple[int, int]] = {}
    calls: dict[str, int] = {}
    for name, reply in cases.items():
        already = len(ai.requests)
        ai.script(*[reply] * 9)
        failed = await failure(hub.describe())
        calls[name] = len(ai.requests) - already
        used_up = failed.metadata["input_tokens"], failed.metadata["output_tokens"]
        found[name] = (int(used_up[0]), int(used_up[1]))
        ai.script_nothing()
    [spent] = await hub.list()
    total = (await used(hub)).total
    await hub.update(made.id, monthly_budget=round(spent.month_cost) - 1.0)
    stopped = await failure(hub.describe())

    assert found == {
        name: (5000 * count, 700 * count) if name in NO_ANSWERS else (0, 0)
        for name, count in calls.items()
    }
    assert calls["an error of the choice"] == calls["an error that passes"] == 2
    counted = sum(calls[name] for name in NO_ANSWERS)
    assert counts(total) == (sum(calls.values()), 5000 * counted, 700 * counted, 6.4 * counted)
    assert round(spent.month_cost, 9) == 6.4 * counted
    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"


async def test_an_error_that_tells_its_tokens_is_not_repeated_beyond_the_budget(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url, monthly_budget=6.4, **PRICES)
    ai.script(NO_ANSWERS["an error of the choice"])

    stopped = await failure(hub.describe())

    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert len(ai.requests) == 1


async def test_what_a_question_used_is_counted_though_its_caller_hung_up(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url)
    ai.gate = asyncio.Event()
    call = asyncio.create_task(hub.describe())
    await ai.arrived(1)
    call.cancel()
    await asyncio.wait([call])
    async with asyncio.timeout(10):
        while (await used(hub)).total.request_count != 1:
            await asyncio.sleep(0.01)


async def test_the_name_of_today_counts_and_that_of_a_deleted_profile_stays(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    made = await hub.create(name="old", api_base_url=ai.base_url)
    await hub.describe()
    await hub.update(made.id, name="new")
    renamed = await used(hub)
    await hub.delete(made.id)
    deleted = await used(hub)

    assert [each.profile_name for each in renamed.by_profile] == ["new"]
    assert [each.profile_name for each in deleted.by_profile] == ["old"]
    assert [each.profile_name for each in deleted.items] == ["old"]


async def test_wrong_days_are_refused(hub: ProvidersHub) -> None:
    refused = await failure(used(hub, from_day="yesterday"))
    assert isinstance(refused, InvalidArgument)
    assert refused.message.startswith("from 'yesterday' is no day")
    assert (await used(hub, from_day="2026-01-01", to_day="2026-01-31")).from_day == "2026-01-01"


async def test_a_spent_budget_stops_calls_until_it_is_raised(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    budget = 2.5 * A_CALL
    made = await hub.create(api_base_url=ai.base_url, monthly_budget=budget, **PRICES)
    for _ in range(3):
        await hub.describe()

    stopped = await failure(hub.describe())
    raised = await hub.update(made.id, monthly_budget=3.5 * A_CALL)
    await hub.describe()
    again = await failure(hub.describe())
    await hub.update(made.id, monthly_budget=None)
    await hub.describe()

    assert isinstance(stopped, FailedPrecondition)
    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert stopped.message.startswith(
        "ai_provider_budget_exhausted: the budget of profile 'OpenAI' for this month is spent: "
        "0.36 of 0.3; raise or remove its monthlyBudget, or wait until "
    )
    assert stopped.metadata["requests"] == "0"
    assert round(raised.month_cost, 9) == round(3 * A_CALL, 9)
    assert again.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert len(ai.requests) == 5


async def test_a_budget_ends_a_question_between_its_calls(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url, monthly_budget=A_CALL, **PRICES)
    ai.script(Scripted(503), Scripted(body=completion("no object")))

    stopped = await failure(hub.describe())

    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert (stopped.metadata["requests"], stopped.metadata["input_tokens"]) == ("2", "100")
    assert len(ai.requests) == 2


async def test_a_budget_of_nothing_stops_every_call(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    made = await hub.create(api_base_url=ai.base_url, monthly_budget=0.0)
    for url in (ai.base_url, "local://"):
        await hub.update(made.id, api_base_url=url, api_key="another-key")
        stopped = await failure(hub.describe())
        assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
        assert "monthlyBudget of profile 'OpenAI' is 0" in stopped.message
    assert ai.requests == []


async def test_a_price_that_a_budget_needs_stays(hub: ProvidersHub) -> None:
    made = await hub.create(input_price_per_million=1.0, monthly_budget=5.0)

    refused = await failure(hub.update(made.id, input_price_per_million=None))
    cleared = await hub.update(made.id, input_price_per_million=None, monthly_budget=None)

    assert refused.reason == "AI_PROVIDER_PROFILE_MONTHLY_BUDGET_INVALID"
    assert not cleared.HasField("input_price_per_million")
    assert not cleared.HasField("monthly_budget")


async def test_a_spent_budget_is_no_reason_to_ask_the_next(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(name="poor", api_base_url=ai.base_url, monthly_budget=0.0)
    await hub.create(name="next", api_base_url=ai.base_url, fallback_order=1)
    assert (await failure(hub.describe())).reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert ai.requests == []


async def test_a_poor_fallback_tells_why_it_was_asked(hub: ProvidersHub, ai: FakeOpenAI) -> None:
    await hub.create(name="away", api_base_url="http://127.0.0.1:1/v1")
    await hub.create(name="poor", api_base_url=ai.base_url, fallback_order=1, monthly_budget=0.0)

    stopped = await failure(hub.describe())

    assert stopped.reason == "AI_PROVIDER_BUDGET_EXHAUSTED"
    assert stopped.message.startswith("ai_provider_budget_exhausted: profile 'away': ")
    assert "profile 'poor': monthlyBudget of profile 'poor' is 0" in stopped.message
    # Nothing was sent over connections that were refused.
    assert stopped.metadata["requests"] == "0"
    assert (await used(hub)).total.request_count == 0


async def test_many_at_once_overrun_by_no_more_than_is_in_flight(
    hub: ProvidersHub, ai: FakeOpenAI
) -> None:
    await hub.create(api_base_url=ai.base_url, monthly_budget=3 * A_CALL, **PRICES)
    ai.gate = asyncio.Event()
    asking = [asyncio.create_task(hub.describe()) for _ in range(32)]
    await ai.arrived(IN_FLIGHT)
    ai.gate.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)

    answered = [each for each in answers if isinstance(each, pb.DescribeResponse)]
    stopped = [each for each in answers if isinstance(each, FailedPrecondition)]
    assert len(answered) + len(stopped) == 32
    assert {each.reason for each in stopped} == {"AI_PROVIDER_BUDGET_EXHAUSTED"}
    assert 3 <= len(answered) == len(ai.requests) < 3 + IN_FLIGHT


async def test_replicas_have_one_budget(tmp_path: Path, postgres_url: str, ai: FakeOpenAI) -> None:
    async with AsyncExitStack() as stack:
        hubs = []
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            one = running(tmp_path / name, **settings(postgres_url))
            hubs.append(await stack.enter_async_context(one))
        await hubs[0].create(api_base_url=ai.base_url, monthly_budget=6 * A_CALL, **PRICES)
        asking = (hubs[number % 2].describe(skill_name=str(number % 3)) for number in range(40))
        answers = await asyncio.gather(*asking, return_exceptions=True)
        found = await used(hubs[1])
        [late] = {(await failure(each.describe())).reason for each in hubs}

    answered = [each for each in answers if isinstance(each, pb.DescribeResponse)]
    assert 6 <= len(answered) == len(ai.requests) < 6 + IN_FLIGHT
    assert found.total.request_count == len(ai.requests)
    assert late == "AI_PROVIDER_BUDGET_EXHAUSTED"


async def nobody(profile_id: str) -> Profile:
    raise NotFound("AI_PROVIDER_PROFILE_NOT_FOUND", profile_id)


def profile(name: str, budget: float | None = None) -> Profile:
    fields = ProfileFields(
        name, BaseUrl.parse("https://a.example/v1"), "m-1", None, None, Prices(1.0, 1.0), budget
    )
    return Profile(name, fields, "sealed", "sk-***", True, now(), now())


async def test_what_comes_together_is_counted_together(database: Database) -> None:
    spending = Spending(database, nobody)
    a, b = profile("a"), profile("b")
    use = Use(1, 100, 10, cached=2, cost=0.5)
    await asyncio.gather(
        *(spending.count(each, skill, use) for each in (a, b) for skill in "xyz" for _ in range(9))
    )
    await spending.save()

    found = await usage.report(database, Days.given("", "", now().date()))

    assert [(each.profile_id, each.requests, each.cost) for each in found.by_profile] == [
        ("a", 27, 13.5),
        ("b", 27, 13.5),
    ]
    assert (found.total.input_tokens, found.total.cached) == (5400, 108)
    assert await spending.spent("a") == 13.5
    assert await spending.this_month() == {"a": 13.5, "b": 13.5}


@asynccontextmanager
async def unwritable(database: Database, url: str) -> AsyncIterator[None]:
    """Makes the database one that takes no usage."""
    if database.dialect == "sqlite":
        rename = "ALTER TABLE {} RENAME TO {}"
        names = ("ai_usage", "away")
        await database.write(lambda at: at.execute(sa.text(rename.format(*names))))
        yield
        await database.write(lambda at: at.execute(sa.text(rename.format(*names[::-1]))))
        return
    async with await psycopg.AsyncConnection.connect(url) as other:
        await other.execute(f"ALTER DATABASE \"{other.info.dbname}\" SET lock_timeout = '50ms'")
        await other.commit()
        await other.execute("LOCK TABLE providers.ai_usage IN EXCLUSIVE MODE")
        yield


async def test_what_needs_no_haste_is_written_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.providers.spending.WRITE_SECONDS", 0.0)
    spending = Spending(database, nobody)
    await spending.count(profile("a"), "x", Use(1, cost=0.5))
    assert await spending.this_month() == {}

    async with supervised("writing", spending.run), asyncio.timeout(10):
        while not await spending.this_month():
            await asyncio.sleep(0.01)
        await spending.count(profile("b"), "x", Use(1, cost=0.25))
        while len(await spending.this_month()) < 2:
            await asyncio.sleep(0.01)
    assert await spending.this_month() == {"a": 0.5, "b": 0.25}


async def test_what_cannot_be_written_is_written_later(
    database: Database, database_url: str
) -> None:
    spending = Spending(database, nobody)
    a = profile("a", budget=9.0)

    async with unwritable(database, database_url):
        await spending.count(a, "x", Use(1, cost=0.5))
    unwritten = await spending.this_month()
    known = await spending.spent("a")
    await spending.count(a, "x", Use(1, cost=0.5))

    assert unwritten == {}
    assert known == 0.5
    assert await spending.this_month() == {"a": 1.0}


def used_on(day: str, profile_id: str, skill_name: str, cost: float) -> dict[str, Any]:
    return {
        "day": day,
        "profile_id": profile_id,
        "skill_name": skill_name,
        "profile_name": "x",
        "requests": 1,
        "input_tokens": 1,
        "output_tokens": 1,
        "cached": 1,
        "cost": cost,
    }


async def test_the_month_begins_on_its_first_day(database: Database) -> None:
    spending = Spending(database, nobody)
    first = now().date().replace(day=1)
    rows = [
        used_on(day.isoformat(), "a", "", cost=2.0) for day in (first - timedelta(days=1), first)
    ]
    await database.write(lambda connection: connection.execute(ai_usage.insert(), rows))

    assert await spending.spent("a") == 2.0
    assert await spending.spent("b") == 0.0
    assert await spending.this_month() == {"a": 2.0}


async def test_sums_are_right_when_items_are_left_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        used_on(f"2026-{month:02}-01", f"p-{number % 7}", f"s-{number}", cost=0.25)
        for month in range(1, 13)
        for number in range(600)
    ]
    await database.write(lambda connection: connection.execute(ai_usage.insert(), rows))

    found = await usage.report(database, Days.given("2026-01-01", "2026-12-31", now().date()))

    assert (len(found.items), len(found.by_skill), found.is_capped) == (3000, 500, True)
    assert (found.total.requests, found.total.cost) == (7200, 1800.0)
    assert [each.day for each in found.by_day][::11] == ["2026-12-01", "2026-01-01"]
    assert sum(each.requests for each in found.by_profile) == 7200
    assert found.items[0].day == "2026-12-01"


@pytest.mark.parametrize("end", ["lower", "delete"])
async def test_those_that_wait_hear_of_an_end(
    tmp_path: Path, ai: FakeOpenAI, database_url: str, end: str
) -> None:
    is_alone = database_url.startswith("sqlite")
    settings: dict[str, Any] = {"local_provider": False, "provider_concurrency": 1}
    if not is_alone:
        settings["database_url"] = database_url
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(running(tmp_path / "a", **settings))
        other = (
            hub
            if is_alone
            else await stack.enter_async_context(running(tmp_path / "b", **settings))
        )
        made = await hub.create(api_base_url=ai.base_url, input_price_per_million=1.0)
        ai.gate = asyncio.Event()
        heard: list[str] = []
        with hearing(heard.append):
            asked = [
                asyncio.create_task(hub.describe(prompt=f"{number}", picture_sha256="0" * 64))
                for number in range(3)
            ]
            await ai.arrived(1)
            # Who looks for a kept answer knows already whom to ask.
            async with asyncio.timeout(20):
                while sum("FROM forgotten_picture" in each for each in heard) < 3:
                    await asyncio.sleep(0.01)
        if end == "lower":
            await other.update(made.id, monthly_budget=0.00001)
        else:
            await other.delete(made.id)
        ai.gate.set()
        ended = await asyncio.gather(*asked, return_exceptions=True)

    others = [each for each in ended if isinstance(each, Exception)]
    assert (len(others), len(ai.requests)) == (2, 1)
    [told] = {str(each) for each in others}
    assert ("budget" if end == "lower" else "was deleted meanwhile") in told
