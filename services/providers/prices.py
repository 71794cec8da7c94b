"""What tokens cost, and what may be spent on them."""

import math
from dataclasses import dataclass

from services.chassis.errors import InvalidArgument

HIGHEST_PRICE = 1_000_000.0
HIGHEST_BUDGET = 1_000_000_000.0
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in whatever currency; None if it was not told."""

    input_per_million: float | None = None
    output_per_million: float | None = None

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        """What these tokens cost; those without a price cost nothing."""
        sent = input_tokens * (self.input_per_million or 0.0)
        received = output_tokens * (self.output_per_million or 0.0)
        return (sent + received) / _MILLION

    @property
    def are_nothing(self) -> bool:
        """Whether everything costs nothing."""
        return not self.input_per_million and not self.output_per_million


NO_PRICES = Prices()


def checked_prices(input_per_million: float | None, output_per_million: float | None) -> Prices:
    """The prices. Raises InvalidArgument (AI_PROVIDER_PROFILE_PRICE_INVALID)."""
    return Prices(
        _price("inputPricePerMillion", input_per_million),
        _price("outputPricePerMillion", output_per_million),
    )


def checked_budget(value: float | None, prices: Prices) -> float | None:
    """The budget of a month; 0 lets nothing be spent, nor asked.

    Raises InvalidArgument (AI_PROVIDER_PROFILE_MONTHLY_BUDGET_INVALID).
    """
    reason = "AI_PROVIDER_PROFILE_MONTHLY_BUDGET_INVALID"
    if value is None:
        return None
    if not _is_within(value, HIGHEST_BUDGET):
        raise InvalidArgument(
            reason,
            f"monthlyBudget is {shown(value)}; 0 to {shown(HIGHEST_BUDGET)} are accepted, or null "
            "for no limit",
        )
    if value > 0 and prices.are_nothing:
        raise InvalidArgument(
            reason,
            f"monthlyBudget is {shown(value)}, but nothing has a price that could be counted "
            "against it: give inputPricePerMillion or outputPricePerMillion too",
        )
    return value


def shown(amount: float) -> str:
    """An amount as messages have it, without what floating point adds."""
    return f"{amount:.12g}"


def _price(field: str, value: float | None) -> float | None:
    if value is not None and not _is_within(value, HIGHEST_PRICE):
        raise InvalidArgument(
            "AI_PROVIDER_PROFILE_PRICE_INVALID",
            f"{field} is {shown(value)}; 0 to {shown(HIGHEST_PRICE)} are accepted, or null if it "
            "is not known",
        )
    return value


def _is_within(value: float, highest: float) -> bool:
    return math.isfinite(value) and 0 <= value <= highest
