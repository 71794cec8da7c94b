"""Prices, budgets and days."""

import math
from datetime import date

import pytest

from services.chassis.errors import InvalidArgument
from services.providers.model import ProfileInput, checked
from services.providers.prices import NO_PRICES, Prices
from services.providers.usage import Days

TODAY = date(2026, 11, 27)
PRICED = {"input_price_per_million": 1.0}


def given(**fields: float | None) -> ProfileInput:
    named = ProfileInput(name="x", api_base_url="https://a.example/v1", model_name="m-1")
    values = {name: getattr(named, name) for name in ("name", "api_base_url", "model_name")}
    return ProfileInput(**values, **fields)  # type: ignore[arg-type]


def test_tokens_have_their_price() -> None:
    prices = Prices(0.15, 0.6)
    assert prices.cost(1_000_000, 500_000) == pytest.approx(0.45)
    assert prices.cost(0, 0) == 0
    assert Prices(None, 2.0).cost(1_000_000, 1) == pytest.approx(0.000002)
    assert NO_PRICES.cost(10, 10) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"fallback_order": 1},
        {"fallback_order": 1000},
        {"input_price_per_million": 0.0},
        {"output_price_per_million": 1_000_000.0},
        {"monthly_budget": 0.0},
        PRICED | {"monthly_budget": 1e9},
        {"output_price_per_million": 0.01, "monthly_budget": 0.5},
    ],
)
def test_what_may_be_set(fields: dict[str, float]) -> None:
    saved = checked(given(**fields))
    assert saved.fallback_order == fields.get("fallback_order")
    assert saved.prices.input_per_million == fields.get("input_price_per_million")
    assert saved.prices.output_per_million == fields.get("output_price_per_million")
    assert saved.monthly_budget == fields.get("monthly_budget")


@pytest.mark.parametrize(
    ("fields", "reason", "words"),
    [
        ({"fallback_order": 0}, "FALLBACK_ORDER_INVALID", "fallbackOrder is 0;"),
        ({"fallback_order": 1001}, "FALLBACK_ORDER_INVALID", "fallbackOrder is 1001;"),
        ({"input_price_per_million": -0.1}, "PRICE_INVALID", "inputPricePerMillion is -0.1;"),
        ({"output_price_per_million": 1e7}, "PRICE_INVALID", "0 to 1000000 are accepted"),
        ({"output_price_per_million": math.nan}, "PRICE_INVALID", "outputPricePerMillion is nan"),
        ({"input_price_per_million": math.inf}, "PRICE_INVALID", "is inf"),
        ({"monthly_budget": -1.0}, "MONTHLY_BUDGET_INVALID", "monthlyBudget is -1;"),
        (PRICED | {"monthly_budget": 2e9}, "MONTHLY_BUDGET_INVALID", "0 to 1000000000"),
        (PRICED | {"monthly_budget": math.nan}, "MONTHLY_BUDGET_INVALID", "is nan"),
        ({"monthly_budget": 5.0}, "MONTHLY_BUDGET_INVALID", "give inputPricePerMillion or"),
        (
            {"monthly_budget": 5.0, "input_price_per_million": 0.0},
            "MONTHLY_BUDGET_INVALID",
            "nothing has a price",
        ),
    ],
)
def test_what_may_not(fields: dict[str, float], reason: str, words: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        checked(given(**fields))
    assert refused.value.reason == f"AI_PROVIDER_PROFILE_{reason}"
    assert words in refused.value.message


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("", "", ("2026-10-29", "2026-11-27")),
        ("2026-11-27", "", ("2026-11-27", "2026-11-27")),
        ("", "2026-03-01", ("2026-01-31", "2026-03-01")),
        ("2025-11-27", "2026-11-27", ("2025-11-27", "2026-11-27")),
        ("2027-01-01", "2027-01-02", ("2027-01-01", "2027-01-02")),
        ("", "0001-01-02", ("0001-01-01", "0001-01-02")),
    ],
)
def test_days_that_are_accepted(first: str, last: str, days: tuple[str, str]) -> None:
    found = Days.given(first, last, TODAY)
    assert (found.first.isoformat(), found.last.isoformat()) == days


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-13-01", "", "from '2026-13-01' is no day"),
        ("", "27.11.2026", "to '27.11.2026' is no day"),
        ("20261101", "", "from '20261101' is no day"),
        ("2026-W48-5", "", "from '2026-W48-5' is no day"),
        ("2026-11-28", "", "from 2026-11-28 is after to 2026-11-27"),
        ("2025-11-26", "2026-11-27", "are 367 days; at most 366 are accepted"),
        ("x" * 9000, "", "x" * 40 + "' is no day"),
    ],
)
def test_days_that_are_not(first: str, last: str, words: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        Days.given(first, last, TODAY)
    assert refused.value.reason == "AI_USAGE_PERIOD_INVALID"
    assert words in refused.value.message
    assert len(refused.value.message) < 120
