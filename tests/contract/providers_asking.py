"""Asking an endpoint without the service around it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from services.chassis.pixels.pool import PixelPool
from services.providers.adapters.openai import OpenAIAdapter
from services.providers.addresses import AddressPolicy
from services.providers.base_url import BaseUrl
from services.providers.client import EndpointClient
from services.providers.failures import ProviderRefused
from services.providers.limits import Limits
from services.providers.memory import Memory
from services.providers.model import Endpoint
from services.providers.question import Answer, Question
from services.providers.retry import RetryPolicy
from services.providers.spending import Meter
from tests.fakes import ANSWERS, FakeOpenAI, Scripted

KEY = "sk-planted-0123456789"
CAPTION = ANSWERS["caption"]
SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string"}},
    "required": ["caption"],
    "additionalProperties": False,
}
QUESTION = Question(
    jpeg=b"\xff\xd8 a picture",
    prompt="Describe it.",
    schema_name="caption",
    schema=SCHEMA,
    idempotency_key="run-1",
)
AT_ONCE = RetryPolicy(attempts=3, first_delay=0.0, longest_wait=1.0)


@asynccontextmanager
async def adapter(
    base_url: str,
    *,
    key: str = KEY,
    memory: Memory | None = None,
    retries: RetryPolicy = AT_ONCE,
    limits: Limits | None = None,
    allow: Sequence[str] = ("loopback",),
    meter: Meter | None = None,
    name: str = "x",
) -> AsyncIterator[OpenAIAdapter]:
    """An adapter for the model m-1 of a profile."""
    endpoint = Endpoint(
        label=f"profile {name!r}",
        base_url=BaseUrl.parse(base_url),
        api_key=SecretStr(key),
        model_name="m-1",
        system_prompt="Be brief.",
    )
    client = EndpointClient(
        endpoint,
        policy=AddressPolicy.parse(allow),
        limits=limits or Limits(8),
        retries=retries,
        meter=meter or Meter(),
    )
    memory = memory or Memory(endpoint.base_url, endpoint.model_name)
    async with PixelPool(size=1) as pool:
        made = OpenAIAdapter(endpoint, client, memory, pool)
        try:
            yield made
        finally:
            await made.aclose()


async def asked(ai: FakeOpenAI, *replies: Scripted, question: Question = QUESTION) -> Answer:
    """The answer that is got from a server that first replies so."""
    ai.script(*replies)
    async with adapter(ai.base_url) as made:
        return await made.describe(question)


async def declined(ai: FakeOpenAI, *replies: Scripted, question: Question = QUESTION) -> str:
    """What is said of a server that replies so."""
    with pytest.raises(ProviderRefused) as refused:
        await asked(ai, *replies, question=question)
    assert refused.value.usage.requests == len(ai.requests)
    return str(refused.value)
