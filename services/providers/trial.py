"""Trying settings out: can the model be asked, and does it see?"""

import asyncio
from dataclasses import dataclass

from services.providers.connections import Connections
from services.providers.failures import ProviderFailure
from services.providers.model import Endpoint
from services.providers.question import ImageFacts, Question
from services.providers.retry import RetryPolicy
from services.providers.word_picture import SIZE, random_word, word_jpeg

RETRIES = RetryPolicy(attempts=2, longest_wait=5.0, total=60.0)
"""A person is waiting."""
LONGEST_SECONDS = 150.0
PROMPT = (
    "This picture shows one printed word. Write a one-sentence caption that quotes the word "
    "exactly. If you cannot see a picture, say so."
)
SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string", "minLength": 1}},
    "required": ["caption"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial."""

    model_name: str
    base_url: str
    caption: str | None = None
    error_message: str | None = None
    can_see_images: bool = False


async def tried(endpoint: Endpoint, connections: Connections) -> Outcome:
    """Sends a picture of a random word and looks for the word in the answer."""
    word = random_word()
    question = Question(
        jpeg=await asyncio.to_thread(word_jpeg, word),
        prompt=PROMPT,
        schema_name="caption",
        schema=SCHEMA,
        facts=ImageFacts(width=SIZE[0], height=SIZE[1], format="JPEG"),
        timeout_seconds=LONGEST_SECONDS,
    )
    try:
        async with connections.of_trial(endpoint, RETRIES) as adapter:
            answer = await adapter.describe(question)
    except ProviderFailure as failure:
        return Outcome(endpoint.model_name, endpoint.base_url.text, error_message=str(failure))
    caption = answer.output["caption"]
    return Outcome(
        model_name=answer.model_name,
        base_url=answer.base_url,
        caption=caption,
        can_see_images=word in caption.lower(),
    )
