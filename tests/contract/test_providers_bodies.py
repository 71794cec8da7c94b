"""How the body of an answer may look, on the wire and as JSON."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.providers.bodies import REPLY_BYTES
from services.providers.failures import ProviderUnreachable
from tests.contract.providers_asking import CAPTION, asked, declined
from tests.fakes import FakeOpenAI, Scripted, completion, fake_openai

WHOLE = json.dumps(completion(CAPTION)).encode()
TEXT = json.dumps(CAPTION)
DEEP = json.loads('{"inside": ' * 300 + "1" + "}" * 300)
OK = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
def ai(server: FakeOpenAI) -> FakeOpenAI:
    server.requests.clear()
    return server


def chunk(content: str | None, finish: str | None = None, index: int = 0) -> bytes:
    choice = {"index": index, "delta": {"content": content}, "finish_reason": finish}
    return b"data: " + json.dumps({"model": "m", "choices": [choice]}).encode()


def events(*lines: bytes, end: bytes = b"\n\n") -> bytes:
    return b"".join(line + end for line in lines)


HALVES = (chunk(TEXT[:9]), chunk(TEXT[9:]), chunk("", "stop"))
USAGE = b'data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}'
DONE = b"data: [DONE]"
ARGUMENTS = [
    {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": part}}]}}]}
    for part in (TEXT[:9], TEXT[9:])
]

BODIES: dict[str, bytes | str | dict[str, Any]] = {
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE,
    "blank lines around it": b"\r\n\r\n" + WHOLE + b"\n",
    "NaN": WHOLE[:-1] + b', "score": NaN, "worst": -Infinity}',
    "numbers without bounds": WHOLE[:-1] + b', "a": 1e400, "b": -1E999, "c": ' + b"9" * 5000 + b"}",
    "Latin-1": WHOLE[:-1] + b', "note": "caf\xe9"}',
    "half a character": WHOLE[:-1] + b', "note": "\\ud83d"}',
    "several choices": {"choices": [{"message": {"content": text}} for text in (TEXT, "no")]},
    "an error that is none": completion(CAPTION) | {"error": {"message": None, "code": None}},
    "a stream that nobody asked for": events(*HALVES, DONE),
    "lines that end in CRLF": events(*HALVES, USAGE, DONE, end=b"\r\n\r\n"),
    "no blank lines": events(*HALVES, DONE, end=b"\n"),
    "no [DONE]": events(*HALVES),
    "no finish_reason": events(*HALVES[:2], DONE),
    "comments, ids and names": events(b": PROCESSING", b"id: 1\nevent: x\n" + HALVES[0])
    + events(b"retry: 9", b"data:", *HALVES[1:], DONE),
    "two answers in one stream": events(*HALVES[:1], chunk("no", index=1), *HALVES[1:], DONE),
    "events without delta": events(
        b'data: {"choices": [], "prompt_filter_results": []}',
        *HALVES[:2],
        b'data: {"choices": [{"delta": null, "finish_reason": "stop"}]}',
        b'data: {"type": "ping"}',
    ),
    "calls in a stream": events(*(b"data: " + json.dumps(each).encode() for each in ARGUMENTS))
    + events(chunk(None, "tool_calls"), DONE),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_is_read(ai: FakeOpenAI, body: bytes | str | dict[str, Any]) -> None:
    answer = await asked(ai, Scripted(body=body))

    assert answer.output == CAPTION
    assert answer.requests == 1


async def test_what_a_stream_tells_at_its_end_counts(ai: FakeOpenAI) -> None:
    answer = await asked(ai, Scripted(body=events(*HALVES, USAGE, DONE)))

    assert (answer.model_name, answer.input_tokens, answer.output_tokens) == ("m", 5, 2)


@pytest.mark.parametrize(
    "reply",
    [
        Scripted(200, gzip.compress(WHOLE), {"Content-Encoding": "gzip"}),
        Scripted(200, zlib.compress(WHOLE), {"Content-Encoding": "deflate"}),
        Scripted(200, WHOLE, {"Content-Type": "text/html"}),
        Scripted(
            wire=OK
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%c\r\n" % (1, byte) for byte in WHOLE)
            + b"0\r\n\r\n"
        ),
        Scripted(wire=OK + b"Connection: close\r\n\r\n" + WHOLE),
    ],
    ids=["gzip", "deflate", "as a page", "a byte at a time", "no length"],
)
async def test_a_transfer_is_understood(ai: FakeOpenAI, reply: Scripted) -> None:
    answer = await asked(ai, reply)

    assert answer.output == CAPTION
    assert answer.requests == 1


@pytest.mark.parametrize(
    "reply",
    [
        Scripted(wire=OK + b"Content-Length: 9999\r\n\r\n" + WHOLE),
        Scripted(wire=OK + b"Transfer-Encoding: chunked\r\n\r\nfff\r\n" + WHOLE),
        Scripted(wire=b"HTTP/1.1 200 OK\r\nContent-Le"),
        Scripted(wire=b"HT"),
        Scripted(resets=True),
        Scripted(body=events(*HALVES[:2])),
        Scripted(body=events(*HALVES) + b'data: {"choi'),
    ],
    ids=[
        "less than its length",
        "half a chunk",
        "half a head",
        "half a word",
        "reset",
        "half a stream",
        "half an event",
    ],
)
async def test_what_was_broken_off_is_asked_for_again(ai: FakeOpenAI, reply: Scripted) -> None:
    assert (await asked(ai, reply)).output == CAPTION
    with pytest.raises(ProviderUnreachable, match=r"broke .* off \(3 attempts\); check that"):
        await asked(ai, reply, reply, reply)

    assert len(ai.requests) == 5


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Scripted(200, b""), "no chat completion (HTTP 200): it is empty; check apiBaseUrl"),
        (Scripted(200, "<html>inside</html>"), "a page came in place of JSON (HTTP 200); a proxy"),
        (Scripted(200, "inside"), "it is not JSON; check apiBaseUrl"),
        (Scripted(200, "[1]"), "it is JSON, but not an object; check apiBaseUrl"),
        (Scripted(200, {"inside": "inside"}), "it has no `choices`; check apiBaseUrl"),
        (Scripted(200, {"code": 1, "msg": "No."}), "no `choices`, but says: No.; check apiBaseUrl"),
        (Scripted(200, {"choices": [{}]}), "has no `message`; check apiBaseUrl"),
        (Scripted(200, b"[" * 200_000), "it is not JSON; check apiBaseUrl"),
        (Scripted(200, events(b"data: {", DONE)), "an event of the stream is not JSON"),
        (Scripted(200, b"data:[NaN]\n" * 9999), "stream of more than 2500 events"),
        (Scripted(200, b" " * (REPLY_BYTES + 1)), "more than 256 KiB; check apiBaseUrl"),
        (
            Scripted(200, gzip.compress(b" " * 99_000_000), {"Content-Encoding": "gzip"}),
            "more than 256 KiB; check apiBaseUrl",
        ),
        (Scripted(200, b"?", {"Content-Encoding": "gzip"}), "(with broken gzip); switch that off"),
        (
            Scripted(200, WHOLE, {"Content-Encoding": "br"}),
            "(with br); switch that off at the server",
        ),
        (Scripted(404, b'{"detail": "' + b"x" * REPLY_BYTES), "(HTTP 404); check the model name"),
        (
            Scripted(401, gzip.compress(b'{"error": "No."}'), {"Content-Encoding": "gzip"}),
            "401): No.",
        ),
        (Scripted(401, b"?", {"Content-Encoding": "br"}), "rejected the API key (HTTP 401); check"),
        (
            Scripted(302, b"?", {"Content-Encoding": "br", "Location": "/v2"}),
            "redirects to /v2 (HTTP 302)",
        ),
        (Scripted(200, b"", {"Content-Encoding": "gzip"}), "(HTTP 200): it is empty"),
    ],
)
async def test_what_is_no_answer_says_what_to_check(
    ai: FakeOpenAI, reply: Scripted, words: str
) -> None:
    message = await declined(ai, reply)

    assert words in message
    assert "profile 'x'" in message
    assert "inside" not in message
    assert len(message) <= 500
    assert len(ai.requests) == 1


@pytest.mark.parametrize(
    "wire",
    [
        OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}}}",
        OK + b"no header\r\n\r\n",
        b"HTTP/1.1 OK\r\n\r\n",
    ],
)
async def test_a_head_that_cannot_be_read_is_asked_for_again(ai: FakeOpenAI, wire: bytes) -> None:
    reply = Scripted(wire=wire)
    assert (await asked(ai, reply)).output == CAPTION
    with pytest.raises(ProviderUnreachable) as failed:
        await asked(ai, reply, reply, reply)

    assert "answered with no HTTP that can be read (3 attempts); check address and port in " in str(
        failed.value
    )
    assert len(ai.requests) == 5


@pytest.mark.parametrize(
    "wire",
    [
        b"nothing of HTTP\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\r\n",
        b"\0",
        b"http/1.1 200\r\n\r\n",
    ],
)
async def test_what_does_not_speak_http_is_asked_once(ai: FakeOpenAI, wire: bytes) -> None:
    message = await declined(ai, Scripted(wire=wire))

    assert message == (
        f"what answers at {ai.base_url} does not speak HTTP; check address and port in apiBaseUrl "
        "of profile 'x'"
    )
    assert len(ai.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Scripted(wire=b"\x15\x03\x01\x00\x02\x02\x46"),
        Scripted(400, "Client sent an HTTP request to an HTTPS server.\n"),
        Scripted(
            400,
            "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head>"
            "<body><center><h1>400 Bad Request</h1></center></body></html>",
        ),
        Scripted(
            400,
            "<html><body>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        ),
    ],
    ids=["alert", "Go", "nginx", "Apache"],
)
async def test_who_wants_tls_is_told_of(ai: FakeOpenAI, reply: Scripted) -> None:
    message = await declined(ai, reply)

    assert message == (
        f"{ai.base_url} speaks TLS; check whether apiBaseUrl of profile 'x' must begin with https://"
    )
    assert len(ai.requests) == 1


async def test_what_is_nested_too_deep_is_no_answer(ai: FakeOpenAI) -> None:
    answer = await asked(ai, Scripted(body={"choices": [{"message": {"content": DEEP}}]}))

    assert (answer.output, answer.requests) == (CAPTION, 2)


@pytest.mark.parametrize(
    "reply",
    [
        Scripted(503, b"", {"Content-Encoding": "gzip"}),
        Scripted(429, b"?", {"Content-Encoding": "br", "Retry-After": "0"}),
        Scripted(502, b"?", {"Content-Encoding": "gzip"}),
    ],
)
async def test_trouble_is_outlasted_whatever_its_packing(ai: FakeOpenAI, reply: Scripted) -> None:
    answer = await asked(ai, reply)

    assert (answer.output, answer.requests) == (CAPTION, 2)


async def test_what_cannot_be_seen_is_not_repeated(ai: FakeOpenAI) -> None:
    message = await declined(ai, Scripted(400, {"error": "a\0b\x1b[31m\u202e\n\ud83d c"}))

    assert "(HTTP 400): a b [31m ? c; check" in message
