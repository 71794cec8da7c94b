"""Trying settings out: can the model be asked, how, and does it see?"""

import asyncio
from dataclasses import dataclass, replace

from services.chassis.clock import now
from services.providers.capabilities import Capabilities
from services.providers.connections import Connections
from services.providers.failures import ProviderFailure
from services.providers.memory import Memory
from services.providers.model import Endpoint
from services.providers.question import ImageFacts, Question
from services.providers.retry import RetryPolicy
from services.providers.word_picture import SIZE, is_shown_in, random_word, word_jpeg

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
    capabilities: Capabilities | None = None
    """What was found out; None when the endpoint neither answered as asked nor refused pictures, or
    is none."""


async def tried(endpoint: Endpoint, connections: Connections) -> Outcome:
    """Sends a picture of a random word and looks for the word in the answer.

    Whatever is known of the model is left aside, so that all is found out anew.
    """
    word = random_word(f"{endpoint.system_prompt} {endpoint.model_name}")
    question = Question(
        jpeg=await asyncio.to_thread(word_jpeg, word),
        prompt=PROMPT,
        schema_name="caption",
        schema=SCHEMA,
        facts=ImageFacts(width=SIZE[0], height=SIZE[1], format="JPEG"),
        timeout_seconds=LONGEST_SECONDS,
    )
    memory = Memory(endpoint.base_url, endpoint.model_name)
    try:
        async with connections.of_trial(endpoint, RETRIES, memory) as adapter:
            answer = await adapter.describe(question)
    except ProviderFailure as failure:
        is_blind = memory.known is not None and memory.known.can_see_images is False
        return Outcome(
            endpoint.model_name,
            endpoint.base_url.text,
            error_message=str(failure),
            capabilities=memory.known if is_blind else None,
        )
    caption = answer.output["caption"]
    sees = is_shown_in(caption, word)
    known = memory.known
    return Outcome(
        model_name=answer.model_name,
        base_url=answer.base_url,
        caption=caption,
        can_see_images=sees,
        capabilities=known and replace(known, can_see_images=sees, learn_time=now()),
    )
