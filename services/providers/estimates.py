"""Tokens that a call may have taken, for budgets, where the endpoint does not tell them."""

from dataclasses import dataclass

BYTES_A_TOKEN = 4
"""Of UTF-8: OpenAI's rule of thumb is four characters of English; other scripts have more bytes."""
PICTURE_TOKENS = 1600
"""Of a preview: what Anthropic's models take for the largest, of 1568 pixels; OpenAI's and Gemini's
usually take less. Rather too many, or the budget would not hold.
"""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What a call sent and what it got."""

    body: bytes
    """With one picture."""
    picture_bytes: int
    """Of the body."""
    text: str


def estimated(call: Exchanged) -> tuple[int, int]:
    """Tokens sent and received."""
    words = len(call.body) - call.picture_bytes
    return PICTURE_TOKENS + _tokens(words), _tokens(len(call.text.encode()))


def _tokens(count: int) -> int:
    return -(-count // BYTES_A_TOKEN)
