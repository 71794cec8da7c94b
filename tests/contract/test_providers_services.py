"""What single services and servers say, in their own words, and what a person is told to change.

Their replies are in provider_replies.jsonl, one a line: `means` is one of the names below, `told`
is what of the reply a person gets to read.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.providers.failures import NoVision, ProviderRefused, ProviderUnreachable
from tests.contract.providers_asking import CAPTION, QUESTION, adapter, asked, declined
from tests.fakes import FakeOpenAI, Scripted, fake_openai
from tests.unit.pictures import encoded, gradient

SMALL = replace(QUESTION, jpeg=encoded(gradient(64, 64), "JPEG"))
"""With a picture that cannot be sent smaller."""
MEANS = {
    "key": ["rejected the API key", "check the key of profile 'x'"],
    "model": ["check the model name 'm-1'", "profile 'x'"],
    "access": ["refused access", "check that the key of profile 'x' may use the model 'm-1'"],
    "blind": ["does not accept images", "choose a vision model in place of 'm-1' for profile 'x'"],
    "filter": ["the provider declined: ", "another model than 'm-1' for profile 'x'"],
    "spent": ["the account has nothing left", "check its plan and billing", "profile 'x'"],
    "long": [
        "even a picture of at most 512 pixels",
        "give profile 'x' a larger context",
        "other than 'm-1'",
    ],
    "system": ["takes no system prompt", "clear defaultSystemPrompt of profile 'x'"],
    "settings": ["settings of the account", "change the settings", "account of profile 'x'"],
    "region": ["the country that this hub calls from", "another provider for profile 'x'"],
    "network": ["this hub's address", "allow the address in the firewall", "key of profile 'x'"],
    "off": ["is not switched on", "enable the API in the project of the key of profile 'x'"],
    "member": ["no organization", "member of one, or give profile 'x' a key of another owner"],
    "deployment": ["no such deployment", "name 'm-1' of profile 'x'", "at http://127.0.0.1:"],
    "absent": [
        "has no such model at hand",
        "pull or load 'm-1' at http://127.0.0.1:",
        "profile 'x'",
    ],
    "page": [
        "a page came in place of JSON",
        "not the endpoint",
        "let this hub through",
        "check apiBaseUrl http://127.0.0.1:",
        "profile 'x'",
    ],
    "upload": ["too large", "a proxy answered with a page", "larger requests for profile 'x'"],
}
"""What is final, and what is then said."""
PASSES = {
    "waiting": ["(3 attempts)", "NEKOHUB_PROVIDER_CONCURRENCY", "the account of profile 'x'"],
    "loading": ["(3 attempts)", "'m-1' of profile 'x' is being loaded", "in a few minutes"],
    "busy": ["(3 attempts)", "has too much to do", "'m-1' for profile 'x'", "fallbackOrder"],
    "fails": ["(3 attempts)", "profile 'x' fails: look into its log", "another model than 'm-1'"],
    "down": ["(3 attempts)", "check that http://127.0.0.1:", "profile 'x' is running"],
    "gate": ["(3 attempts)", "with a page in place of JSON", "not the endpoint", "is running"],
    "slow": ["(3 attempts)", "the quota of the day is used up: try again later", "profile 'x'"],
}
"""What is tried again, and what is said when it lasts."""
LATER = {
    "day": ["asks to wait ", "the day is used up: try again after ", "in a day", "fallbackOrder"],
    "tomorrow": ["the quota of the day is used up: try again tomorrow", "in a day"],
    "later": ["and asks to wait 34 s", "try again after ", "fallbackOrder"],
}
"""What is tried again at another time, and what is said of it."""
REPLIES = [
    json.loads(line)
    for line in Path(__file__).with_name("provider_replies.jsonl").read_text().splitlines()
]


def meaning(*names: str) -> pytest.MarkDecorator:
    chosen = [each for each in REPLIES if each["means"] in names]
    ids = [f"{each['of']} {each['means']}" for each in chosen]
    return pytest.mark.parametrize("reply", chosen, ids=ids)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
def ai(server: FakeOpenAI) -> FakeOpenAI:
    server.requests.clear()
    return server


def missing(words: list[str], reply: dict[str, Any], message: str) -> list[str]:
    return [word for word in [*words, reply.get("told", "")] if word not in message]


def test_each_reply_has_a_meaning() -> None:
    assert {each["means"] for each in REPLIES} == {*MEANS, *PASSES, *LATER, "dialect", "room"}


@meaning(*MEANS)
async def test_what_is_final_says_what_to_change(ai: FakeOpenAI, reply: dict[str, Any]) -> None:
    trouble = Scripted(reply["status"], reply["body"])
    message = await declined(ai, trouble, question=SMALL)

    assert missing(MEANS[reply["means"]], reply, message) == [], message
    assert "inside" not in message
    assert len(message) <= 500
    assert len(ai.requests) == 1


@meaning("settings", "absent")
async def test_who_knows_the_model_is_not_looked_for_elsewhere(
    ai: FakeOpenAI, reply: dict[str, Any]
) -> None:
    ai.script(Scripted(reply["status"], reply["body"]))
    async with adapter(ai.base_url.removesuffix("/v1")) as made:
        with pytest.raises(ProviderRefused, match="'m-1'"):
            await made.describe(QUESTION)

    assert [each.path for each in ai.requests] == ["/chat/completions"]


@meaning(*PASSES)
async def test_what_passes_is_outlasted(ai: FakeOpenAI, reply: dict[str, Any]) -> None:
    trouble = Scripted(reply["status"], reply["body"])

    assert (await asked(ai, trouble)).output == CAPTION
    with pytest.raises(ProviderUnreachable) as failed:
        await asked(ai, *[trouble] * 3)

    message = str(failed.value)
    assert ("is running" in message) == (reply["means"] in ("down", "gate"))
    assert "inside" not in message
    assert len(message) <= 500
    assert missing(PASSES[reply["means"]], reply, message) == [], message
    assert len(ai.requests) == 5


@pytest.mark.parametrize("status", [408, 429, 500, 502, 529])
async def test_what_lasts_keeps_its_advice_whatever_a_profile_is_called(
    ai: FakeOpenAI, status: int
) -> None:
    ai.script(*[Scripted(status, {"error": "Odd. " * 99})] * 3)
    async with adapter(ai.base_url, name="x" * 100) as made:
        with pytest.raises(ProviderUnreachable, match=f"Odd.*; .*profile '{'x' * 100}'.*[a-z']$"):
            await made.describe(QUESTION)


@meaning(*LATER)
async def test_what_passes_another_day_is_not_asked_again(
    ai: FakeOpenAI, reply: dict[str, Any]
) -> None:
    ai.script(Scripted(reply["status"], reply["body"]))
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderUnreachable) as failed:
            await made.describe(QUESTION)

    message = str(failed.value)
    words = ["HTTP 429", "(1 attempt)", "profile 'x'", *LATER[reply["means"]]]
    assert missing(words, reply, message) == [], message
    assert len(message) <= 500
    assert len(ai.requests) == 1


@meaning("dialect", "room")
async def test_what_is_not_understood_is_left_out(ai: FakeOpenAI, reply: dict[str, Any]) -> None:
    assert (await asked(ai, Scripted(reply["status"], reply["body"]))).output == CAPTION

    former, later = (each.body for each in ai.requests)
    assert later.keys() - {"max_completion_tokens"} <= former.keys()
    assert later != former


@meaning("room")
async def test_a_complaint_of_the_answers_length_ends_without_a_limit(
    ai: FakeOpenAI, reply: dict[str, Any]
) -> None:
    trouble = Scripted(reply["status"], reply["body"])

    assert (await asked(ai, trouble, trouble)).output == CAPTION

    last = ai.requests[-1].body
    assert not {"max_tokens", "max_completion_tokens"} & last.keys()
    assert ai.requests[-1].images == ai.requests[0].images


async def test_a_lack_of_vision_is_told_apart(ai: FakeOpenAI) -> None:
    ai.script(Scripted(500, {"error": {"message": "image input is not supported"}}))
    async with adapter(ai.base_url) as made:
        with pytest.raises(NoVision):
            await made.describe(QUESTION)
