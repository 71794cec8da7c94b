"""What is asked about a picture, and what an answer is."""

from dataclasses import dataclass, field
from typing import Any, Protocol

TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What is known of the original picture; 0, "" and False where it is not."""

    width: int = 0
    height: int = 0
    format: str = ""
    has_transparency: bool = False
    frame_count: int = 1
    camera: str = ""
    taken_at: str = ""
    """"YYYY-MM-DDTHH:MM:SS"."""


@dataclass(frozen=True, slots=True)
class Question:
    """A picture and what to say about it."""

    jpeg: bytes = field(repr=False)
    prompt: str
    schema_name: str
    schema: dict[str, Any]
    facts: ImageFacts = ImageFacts()
    idempotency_key: str = ""
    timeout_seconds: float = TIMEOUT_SECONDS
    """How long an endpoint may take over it, without the wait for a free slot."""
    skill_name: str = ""
    """The skill or workflow that asks; "" if unknown."""
    picture_sha256: str = ""
    """Of the original's bytes; "" for an answer that is not to be kept."""
    ask_anew: bool = False
    """Whether a kept answer will not do."""
    is_last_hope: bool = True
    """Whether nobody else is asked after this profile, so that it is worth more patience."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An object that satisfies the question's schema, and what it took to get it."""

    output: dict[str, Any]
    model_name: str
    base_url: str
    """The one that worked."""
    input_tokens: int = 0
    output_tokens: int = 0
    requests: int = 0
    """HTTP calls made, retries included."""
    latency_ms: int = 0
    """From the first call to the answer."""
    cached: bool = False
    """Whether it was kept from an earlier, equal question."""
    cost: float = 0.0
    """Of the tokens, at the profile's prices."""


class Adapter(Protocol):
    """A way of getting answers: an endpoint or the built-in engine."""

    async def describe(self, question: Question) -> Answer:
        """Answers a question. Raises ProviderRefused or ProviderUnreachable."""
        ...

    async def aclose(self) -> None:
        """Lets go of connections."""
        ...
