"""What servers do and what the hub does: the table of docs/providers.md, row by row.

Each case is what a server replies in turn; after that it answers as it should. What is sent is in
test_providers_dialects.py, retries are in test_providers_retries.py, what single services say is in
test_providers_services.py, and how bodies may look in test_providers_bodies.py.
"""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.providers_asking import CAPTION, KEY, asked, declined
from tests.fakes import FakeOpenAI, Scripted, completion, fake_openai

TEXT = json.dumps(CAPTION)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
def ai(server: FakeOpenAI) -> FakeOpenAI:
    server.requests.clear()
    return server


def error(status: int, message: str, **more: Any) -> Scripted:
    return Scripted(status, {"error": {"message": message, **more}})


def said(content: Any, **more: Any) -> Scripted:
    return Scripted(body=completion(content, **more))


OLD_LIMIT = error(400, "Unsupported parameter: 'max_tokens' is not supported with this model.")
NEW_LIMIT = error(400, "unknown field max_completion_tokens")
NO_SCHEMA = error(400, "response_format.type must be one of text, json_object, not json_schema")
NO_FORMAT = error(422, "Unknown parameter: 'response_format'.")
IGNORED = said({"text": "a cat"})
PROSE = said("A cat.")
EMPTY = said(None, reasoning_content="hm")
CUT = said('{"caption": "A', finish_reason="length")
ITSELF = Scripted(body={"choices": [{"message": {"content": CAPTION}, "finish_reason": "stop"}]})
STREAM = Scripted(
    body=f"data: {json.dumps({'choices': [{'delta': {'content': TEXT}, 'finish_reason': 'stop'}]})}"
    "\n\ndata: [DONE]\n\n"
)

ANSWERED: list[tuple[str, list[Scripted]]] = [
    ("token field: the newer one", [OLD_LIMIT]),
    ("token field: none at all", [OLD_LIMIT, NEW_LIMIT]),
    ("token field: 2048 are too many", [error(400, "max_tokens is too large: 2048.")] * 2),
    ("schema: json_object", [NO_SCHEMA]),
    ("schema: in the prompt", [NO_SCHEMA, NO_FORMAT]),
    ("schema: a server that fails over it", [error(500, "failed to parse grammar")]),
    ("schema: fields and limit are unknown", [OLD_LIMIT, NO_SCHEMA, NO_FORMAT]),
    ("schema: ignored", [IGNORED]),
    ("written: in a fence", [said(f"```json\n{TEXT}\n```")]),
    ("written: with prose around it", [said(f"Here it is:\n{TEXT}\nAnything else?")]),
    ("written: after thoughts", [said(f'<think>{{"caption": "a dog"}}?</think>\n{TEXT}')]),
    ("written: thoughts, fence and prose", [said(f"<think>hm</think>Sure:\n```\n{TEXT}\n```\n:)")]),
    ("written: encoded twice", [said(json.dumps(TEXT))]),
    ("written: with more fields", [said({**CAPTION, "confidence": 0.9})]),
    ("content: null", [EMPTY, STREAM]),
    ("content: empty", [said(""), STREAM]),
    ("content: null, and no stream for who asks for one", [EMPTY]),
    ("content: a list of parts", [said([{"type": "text", "text": part} for part in TEXT])]),
    ("content: thoughts are a part", [said([{"type": "thinking", "text": "{}"}, {"text": TEXT}])]),
    ("content: the object itself", [ITSELF]),
    (
        "content: called with in place of it",
        [
            said(
                None,
                tool_calls=[
                    {"type": "function", "function": {"name": "caption", "arguments": TEXT}}
                ],
            )
        ],
    ),
    ("length: too short once", [CUT]),
    ("200 with an error: a passing one", [error(200, "Rate limit exceeded", code=429)]),
    (
        "200 with an error: of the choice",
        [
            Scripted(
                body={
                    "choices": [
                        {
                            "finish_reason": "error",
                            "error": {"code": 502, "message": "no"},
                            "message": {},
                        }
                    ]
                }
            )
        ],
    ),
    ("usage: missing", [Scripted(body=completion(CAPTION) | {"usage": None})]),
    ("usage: partial", [Scripted(body=completion(CAPTION) | {"usage": {"prompt_tokens": 3}})]),
    ("usage: nonsense", [Scripted(body=completion(CAPTION) | {"usage": {"prompt_tokens": "x"}})]),
    ("unknown fields", [Scripted(body=completion(CAPTION, annotations=[{}]) | {"x_groq": {}})]),
]

MODEL = "'m-1'"
PROFILE = "profile 'x'"
ADDRESS = "check apiBaseUrl"
REFUSED: list[tuple[str, list[Scripted], list[str]]] = [
    (
        "token field: refused whatever it is called",
        [OLD_LIMIT, NEW_LIMIT, OLD_LIMIT],
        ["refused the request (HTTP 400)", f"model name {MODEL}", PROFILE],
    ),
    (
        "schema: refused wherever it stands",
        [NO_SCHEMA, NO_FORMAT, NO_FORMAT],
        ["refused the request (HTTP 422): Unknown parameter", MODEL, PROFILE],
    ),
    ("schema: ignored twice", [IGNORED] * 2, ["caption is missing", "more able model", PROFILE]),
    ("written: no object, twice", [PROSE] * 2, ["no JSON object", "more able model", PROFILE]),
    (
        "content: null, and its stream refused",
        [EMPTY, Scripted(400, {"error": "Streaming is not supported for this deployment"})],
        ["no content", "another model", PROFILE],
    ),
    ("content: null, streamed too", [EMPTY] * 2, ["no content", "another model", PROFILE]),
    (
        "written: an object with half a character in it",
        [said(TEXT[:-2] + '\\ud83d"}')] * 2,
        ["JSON object cannot be read: no low surrogate", "more able model", PROFILE],
    ),
    (
        "written: an object with what is no value",
        [said('Here it is: {"caption": NaN}.')] * 2,
        ["JSON object cannot be read: NaN is no JSON value", "more able model", PROFILE],
    ),
    (
        "length: too short twice",
        [CUT] * 2,
        [
            "cut off at 4096 tokens",
            "longer answers",
            f"model than {MODEL}",
            PROFILE,
            "thinking off",
        ],
    ),
    (
        "length: too short though no limit is sent",
        [OLD_LIMIT, NEW_LIMIT, CUT, CUT],
        ["cut off although no limit was sent", "longer answers", MODEL, PROFILE],
    ),
    ("declined: refusal", [said(None, refusal="I won't.")], ["declined: I won't.", MODEL, PROFILE]),
    ("declined: a part", [said([{"refusal": "I won't."}])], ["declined: I won't.", MODEL]),
    (
        "declined: by a filter, what was written is not taken",
        [said('{"caption": "half', finish_reason="content_filter")],
        ["declined: a content filter did", MODEL, PROFILE],
    ),
    ("declined: by code", [error(400, "No.", code="content_filter")], ["declined: No.", PROFILE]),
    (
        "200 with an error",
        [error(200, "out of memory")],
        ["answered with an error (HTTP 200): out"],
    ),
    ("200 with an error: a key", [error(200, "No.", code=401)], ["rejected the API key", PROFILE]),
    ("200 with an error: a string", [Scripted(200, {"error": "no room"})], ["no room", MODEL]),
    ("error: object", [error(400, "Odd.")], ["refused the request (HTTP 400): Odd.", PROFILE]),
    ("error: string", [Scripted(400, {"error": "Odd."})], ["(HTTP 400): Odd.", PROFILE]),
    ("error: list", [Scripted(400, {"error": ["Odd.", {"msg": "So."}]})], ["Odd.; So.", PROFILE]),
    (
        "error: list around it",
        [Scripted(400, [{"error": {"message": "Odd."}}])],
        ["(HTTP 400): Odd."],
    ),
    (
        "error: HTML",
        [Scripted(400, "<html>inside</html>")],
        ["a page came in place of JSON (HTTP 400); ", "not the endpoint", ADDRESS, PROFILE],
    ),
    (
        "error: HTML whose title echoes the key",
        [Scripted(403, f"<title>No, {KEY.replace('-', '&#45;')}!\n</title><b>inside</b>")],
        ["(HTTP 403): No, ***!; a proxy, ", ADDRESS, PROFILE],
    ),
    (
        "200 with a page",
        [Scripted(200, f"<!DOCTYPE html><TITLE>{KEY}</TITLE>inside")],
        ["a page came in place of JSON (HTTP 200): ***; a proxy, ", ADDRESS, PROFILE],
    ),
    ("error: nothing", [Scripted(400)], ["(HTTP 400); check", PROFILE]),
    ("error: endless", [error(400, "Odd. " * 9999)], ["Odd.", "…; check the model name", PROFILE]),
    ("error: echoes the key", [error(400, f"What is {KEY}?")], ["What is ***?", PROFILE]),
    (
        "pictures: llama.cpp",
        [error(500, "image input is not supported - hint: you may need to provide the mmproj")],
        ["does not accept images", "mmproj", f"vision model in place of {MODEL}", PROFILE],
    ),
    (
        "pictures: OpenRouter",
        [error(404, "No endpoints found that support image input", code=404)],
        ["does not accept images", f"vision model in place of {MODEL}"],
    ),
    (
        "final: 401",
        [error(401, "No.")],
        ["rejected the API key (HTTP 401)", "check the key", PROFILE],
    ),
    ("final: 402", [error(402, "No.")], ["wants to be paid", "check the billing", PROFILE]),
    ("final: 403", [error(403, "No.")], ["refused access", f"may use the model {MODEL}"]),
    ("final: 404", [error(404, "No.")], ["no such model or address", f"model name {MODEL}", "/v1"]),
    ("final: 405", [Scripted(405)], ["no questions at this address", ADDRESS]),
    ("final: 418", [Scripted(418)], ["refused the request (HTTP 418)", PROFILE]),
    (
        "redirect",
        [Scripted(307, headers={"Location": f"http://127.0.0.1:1/v1?key={KEY}"})],
        ["redirects to http://127.0.0.1:1/v1 (HTTP 307)", "not followed", "apiBaseUrl", PROFILE],
    ),
    (
        "odd: 304",
        [Scripted(304)],
        ["answered HTTP 304, which is no answer to a question", ADDRESS, "cache", PROFILE],
    ),
    ("odd: 300", [Scripted(300, headers={"Location": "/v2"})], ["HTTP 300", ADDRESS, PROFILE]),
    ("odd: 204", [Scripted(204)], ["it is empty", ADDRESS, PROFILE]),
    ("odd: 777", [Scripted(777)], ["answered HTTP 777", ADDRESS, PROFILE]),
    ("redirect to nowhere", [Scripted(302)], ["redirects to elsewhere (HTTP 302)", PROFILE]),
]


@pytest.mark.parametrize(
    "replies", [replies for _, replies in ANSWERED], ids=[name for name, _ in ANSWERED]
)
async def test_an_answer_is_got(ai: FakeOpenAI, replies: list[Scripted]) -> None:
    answer = await asked(ai, *replies)

    assert answer.output == CAPTION
    assert answer.requests == len(ai.requests)
    assert len(replies) <= len(ai.requests) <= len(replies) + 1


@pytest.mark.parametrize(
    ("replies", "words"),
    [(replies, words) for _, replies, words in REFUSED],
    ids=[name for name, _, _ in REFUSED],
)
async def test_a_failure_says_what_to_change(
    ai: FakeOpenAI, replies: list[Scripted], words: list[str]
) -> None:
    message = await declined(ai, *replies)

    assert [word for word in words if word not in message] == [], message
    assert len(message) <= 500
    assert "planted" not in message
    assert "inside" not in message
    assert len(ai.requests) == len(replies)
