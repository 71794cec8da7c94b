"""What an endpoint is sent once it has taught us what it understands."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from services.providers.base_url import BaseUrl
from services.providers.failures import ProviderRefused
from services.providers.memory import Memory
from services.providers.schema import STRING_CHARACTERS
from services.skills.steps import alt_text, caption, structured_metadata
from tests.contract.providers_asking import CAPTION, KEY, QUESTION, SCHEMA, adapter
from tests.fakes import FakeOpenAI, Scripted, completion, fake_openai


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


async def test_the_ladder_is_climbed_down_once_per_model(ai: FakeOpenAI) -> None:
    memory = Memory(BaseUrl.parse(ai.base_url), "m-1")
    ai.script(
        Scripted(400, {"error": {"message": "unknown response_format type json_schema"}}),
        Scripted(422, {"detail": [{"loc": ["body", "response_format"], "msg": "extra field"}]}),
    )
    async with adapter(ai.base_url, memory=memory) as made:
        assert (await made.describe(QUESTION)).output == CAPTION
    async with adapter(ai.base_url, memory=memory) as another:
        assert (await another.describe(QUESTION)).output == CAPTION

    formats = [asked.body.get("response_format", {}).get("type") for asked in ai.requests]
    assert formats == ["json_schema", "json_object", None, None]
    assert '"caption"' in ai.requests[2].text
    keys = [asked.headers["idempotency-key"] for asked in ai.requests]
    assert len({*keys}) == 3
    # The same body, of whoever came down to it and of whoever began with it.
    assert keys[2] == keys[3]


@pytest.mark.parametrize("run", ["run-1", "x" * 64, "x" * 64 + "~12345678"])
async def test_a_key_fits_whatever_is_made_of_it(ai: FakeOpenAI, run: str) -> None:
    async with adapter(ai.base_url) as made:
        for key in (run, run + ".", run):
            await made.describe(replace(QUESTION, idempotency_key=key))

    first, other, again = (asked.headers["idempotency-key"] for asked in ai.requests)
    assert first == again != other
    assert first.startswith(f"{run[:36]}.")
    assert max(len(first), len(other)) <= 64


async def test_the_token_limit_is_called_what_the_model_calls_it(ai: FakeOpenAI) -> None:
    message = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    ai.script(Scripted(400, {"error": {"message": message, "param": "max_tokens"}}))
    async with adapter(ai.base_url) as made:
        await made.describe(QUESTION)
        await made.describe(QUESTION)

    fields = [asked.body.keys() & {"max_tokens", "max_completion_tokens"} for asked in ai.requests]
    assert fields == [{"max_tokens"}, {"max_completion_tokens"}, {"max_completion_tokens"}]


async def test_a_dialect_that_did_not_help_is_not_remembered(ai: FakeOpenAI) -> None:
    memory = Memory(BaseUrl.parse(ai.base_url), "m-1")
    ai.script(
        Scripted(400, {"error": "response_format is odd"}), Scripted(401, {"error": "bad key"})
    )
    async with adapter(ai.base_url, memory=memory) as made:
        with pytest.raises(ProviderRefused, match="rejected the API key"):
            await made.describe(QUESTION)
        await made.describe(QUESTION)

    assert ai.requests[2].body["response_format"]["type"] == "json_schema"


async def test_an_answer_of_another_shape_is_asked_for_again_once(ai: FakeOpenAI) -> None:
    ai.script(Scripted(body=completion({"text": "a cat"})))
    async with adapter(ai.base_url) as made:
        answer = await made.describe(QUESTION)

    assert answer.output == CAPTION
    assert (answer.requests, answer.input_tokens, answer.output_tokens) == (2, 200, 20)
    correction = ai.requests[1].body["messages"][-2:]
    assert correction[0] == {"role": "assistant", "content": '{"text": "a cat"}'}
    assert "caption is missing" in correction[1]["content"]


async def test_a_blank_answer_is_asked_for_again_once(ai: FakeOpenAI) -> None:
    schema = SCHEMA | {"properties": {"caption": {"type": "string", "minLength": 1}}}
    question = replace(QUESTION, schema=schema)
    blank = [Scripted(body=completion({"caption": text})) for text in ("", " \n ", None)]
    ai.script(blank[0])
    async with adapter(ai.base_url) as made:
        assert (await made.describe(question)).output == CAPTION
        ai.script(*blank[1:])
        with pytest.raises(ProviderRefused, match="asked twice: caption must not be blank"):
            await made.describe(question)

    assert "caption must not be blank" in ai.requests[1].body["messages"][-1]["content"]


async def test_what_strict_endpoints_refuse_is_not_in_the_schema_they_get(ai: FakeOpenAI) -> None:
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    schema = {
        "type": "object",
        "properties": {
            "minLength": text | {"minLength": 1},
            "tags": texts | {"items": text | {"minLength": 2}},
        },
        "required": ["minLength", "tags"],
        "additionalProperties": False,
    }
    ai.script(Scripted(body=completion({"minLength": "x", "tags": ["cat"]})))
    async with adapter(ai.base_url) as made:
        await made.describe(replace(QUESTION, schema=schema))

    sent = ai.requests[0].body["response_format"]["json_schema"]["schema"]
    assert sent == schema | {"properties": {"minLength": text, "tags": texts}}


async def test_a_model_that_never_answers_in_shape_is_given_up(ai: FakeOpenAI) -> None:
    ai.script(*[Scripted(body=completion(f"A cat. {KEY}"))] * 2)
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderRefused, match=r"asked twice: .* no JSON object") as refused:
            await made.describe(QUESTION)

    assert refused.value.excerpt == "A cat. ***"


@pytest.mark.parametrize("written", [KEY, "\0".join(KEY), f"**{KEY[:9]}**{KEY[9:]}"])
async def test_a_key_that_an_answer_is_cut_in_is_hidden(ai: FakeOpenAI, written: str) -> None:
    whole = "x" * (STRING_CHARACTERS - 15) + written
    ai.script(Scripted(body=completion({"caption": whole})))
    async with adapter(ai.base_url) as made:
        answer = await made.describe(QUESTION)

    assert answer.output["caption"].lstrip("x") == "***"


async def test_a_cut_answer_gets_twice_the_tokens_once(ai: FakeOpenAI) -> None:
    cut = Scripted(body=completion('{"caption": "A', finish_reason="length"))
    ai.script(cut)
    async with adapter(ai.base_url) as made:
        assert (await made.describe(QUESTION)).output == CAPTION
        ai.script(cut, cut)
        with pytest.raises(ProviderRefused, match="cut off at 4096 tokens"):
            await made.describe(QUESTION)

    assert [asked.body["max_tokens"] for asked in ai.requests] == [2048, 4096, 2048, 4096]


async def test_an_empty_answer_is_asked_for_as_a_stream_once(ai: FakeOpenAI) -> None:
    empty = Scripted(body=completion(None, reasoning_content="hm"))
    event = {"choices": [{"delta": {"content": json.dumps(CAPTION)}, "finish_reason": "stop"}]}
    ai.script(empty, Scripted(body=f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n"))
    async with adapter(ai.base_url) as made:
        assert (await made.describe(QUESTION)).output == CAPTION
        ai.script(empty, empty)
        with pytest.raises(ProviderRefused, match="returned no content"):
            await made.describe(QUESTION)

    assert [asked.body.get("stream") for asked in ai.requests] == [None, True, None, True]


async def test_a_base_url_without_version_finds_it(ai: FakeOpenAI) -> None:
    root = ai.base_url.removesuffix("/v1")
    async with adapter(root) as made:
        first = await made.describe(QUESTION)
        await made.describe(QUESTION)

    assert first.base_url == ai.base_url
    paths = [asked.path for asked in ai.requests]
    assert paths == ["/chat/completions", "/v1/chat/completions", "/v1/chat/completions"]


@pytest.mark.parametrize("schema", [caption.SCHEMA, alt_text.SCHEMA, structured_metadata.SCHEMA])
async def test_the_steps_schemas_are_of_the_simple_kind(
    ai: FakeOpenAI, schema: dict[str, Any]
) -> None:
    """As the strictest endpoints want them: no unknown words, no unions, everything required."""
    async with adapter(ai.base_url) as made:
        ai.script(*[Scripted(401, {"error": "No."})])
        with pytest.raises(ProviderRefused):
            await made.describe(replace(QUESTION, schema=schema))

    sent = ai.requests[0].body["response_format"]["json_schema"]["schema"]
    assert sent.keys() == {"type", "properties", "required", "additionalProperties"}
    assert sent["additionalProperties"] is False
    assert set(sent["required"]) == sent["properties"].keys()
    for inner in sent["properties"].values():
        assert inner.keys() <= {"type", "items", "description"}
        assert isinstance(inner["type"], str)
