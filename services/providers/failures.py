"""Why an AI provider gave no usable answer, in words for the person who set the profile up."""

from dataclasses import dataclass

MESSAGE_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Usage:
    """What one question took."""

    requests: int = 0
    """HTTP calls made, retries included."""
    input_tokens: int = 0
    output_tokens: int = 0
    """Both as far as the endpoint told them, or estimated for a budget."""
    model_name: str = ""
    """As the endpoint names it; "" if it named none."""
    cost: float = 0.0

    def __add__(self, later: "Usage") -> "Usage":
        """What both took, with the later one's model."""
        return Usage(
            self.requests + later.requests,
            self.input_tokens + later.input_tokens,
            self.output_tokens + later.output_tokens,
            later.model_name,
            self.cost + later.cost,
        )


class ProviderFailure(Exception):
    """An answer did not come or cannot be used. The message holds no key and is bounded."""

    def __init__(self, message: str, *, excerpt: str = "") -> None:
        """Takes the message and the start of an unusable answer."""
        super().__init__(bounded(message))
        self.excerpt = excerpt
        self.usage = Usage()


class ProviderRefused(ProviderFailure):
    """The provider answered with an error, or not with what was asked for; a retry won't help."""


class NoVision(ProviderRefused):
    """The model takes no pictures; another one may."""


class ProfileChanged(ProviderFailure):
    """The profile has another address, key or model by now: it is to be asked as it is."""


class BudgetExhausted(ProviderFailure):
    """What the profile may spend in this month is spent."""


class ProviderUnreachable(ProviderFailure):
    """No answer came although the call was repeated."""


def with_advice(what: str, advice: str) -> str:
    """What was wrong and what to change in one message; of the former as much as fits."""
    return f"{bounded(what, MESSAGE_CHARACTERS - len(advice) - 2)}; {advice}"


def bounded(text: str, limit: int = MESSAGE_CHARACTERS) -> str:
    """The text in one line of at most `limit` characters, all of which can be seen."""
    seen = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(seen.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
