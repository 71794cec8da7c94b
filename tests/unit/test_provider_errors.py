"""Reading errors, judging them, and keeping keys out of what is said about them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from services.providers.base_url import BaseUrl
from services.providers.dialect import AnswerFormat, Dialect, TokenField
from services.providers.endpoint_errors import read_error
from services.providers.failures import NoVision, ProviderRefused, bounded
from services.providers.model import Endpoint
from services.providers.pages import title_of
from services.providers.redaction import Redactor
from services.providers.verdicts import too_large, verdict
from services.providers.waits import wait_in

KEY = "planted-Key/0123456789+abc"
ENDPOINT = Endpoint(
    label="profile 'x'",
    base_url=BaseUrl.parse("https://api.example/v1"),
    api_key=SecretStr(KEY),
    model_name="m-1",
    system_prompt=None,
)
REDACTOR = Redactor(ENDPOINT.api_key)
LONG = " Odd." * 99
REPLIES = [
    f"{words}{LONG}"
    for words in (
        *("Odd.", "your data policy", "location is not supported", "firewall rules"),
        *("service_disabled", "must be a member of an organization", "deploymentnotfound"),
        *("no models loaded", "missing scopes", "invalid api key", "system role not supported"),
        *("insufficient credits", "images are not supported", "was flagged", "<title>Odd."),
    )
]
"""Words of all kinds that are told."""


def judged(status: int, body: Any) -> str:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return str(verdict(status, read_error(raw), ENDPOINT, REDACTOR))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"error": {"message": "no such model", "type": "x"}}, "no such model"),
        ({"error": "no such model"}, "no such model"),
        ([{"error": {"message": "no such model"}}], "no such model"),
        ({"error": ["no such model"]}, "no such model"),
        ({"message": "no such model"}, "no such model"),
        ({"detail": "no such model"}, "no such model"),
        (
            {"detail": [{"loc": ["body", "model"], "msg": "no such model"}]},
            "body.model; no such model",
        ),
        ({"error": "Bad Request", "message": "no such model"}, "Bad Request; no such model"),
        ("no such model", "no such model"),
        ({}, ""),
        ({"error": None}, ""),
    ],
)
def test_an_error_is_read_whatever_its_shape(body: Any, told: str) -> None:
    assert read_error(json.dumps(body).encode()).text == told


@pytest.mark.parametrize("body", [b"", b"<html><b>inside</b></html>", b"inside", b"\xff\xfe"])
def test_a_body_that_is_no_json_is_not_repeated(body: bytes) -> None:
    assert read_error(body).text == ""
    assert "inside" not in judged(400, body)


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"<html><title>502 Bad Gateway</title>", "502 Bad Gateway"),
        (
            b"\xef\xbb\xbf\r\n <!DOCTYPE html><TITLE lang='en'>\n A &amp; B &lt;/a&gt;</TITLE>",
            "A & B </a>",
        ),
        (b"<title>one<b>two</title>", "one"),
        (b"<titles>no</titles>", ""),
        (b"<title>" + b"x" * 9999, "x" * 2000),
        (b"<" + b" " * 40_000 + b"<title>too late</title>", ""),
        (b"<title" * 9999, ""),
        (b"<\xff\xfe>", ""),
        (b"error code: 1020\n", "error code: 1020"),
        (b"error code: 1020 <b>inside</b>", None),
        (b"404 page not found", None),
        (b"", None),
    ],
)
def test_of_a_page_only_the_title_is_read(body: bytes, title: str | None) -> None:
    assert title_of(body) == title
    assert read_error(body).is_page == (title is not None)
    assert read_error(body).text == (title or "")


def limit_headers(reset: Any, **more: Any) -> dict[str, Any]:
    headers = {"X-RateLimit-Reset": reset, **more}
    return {"error": {"code": 429, "metadata": {"headers": headers}}}


@pytest.mark.parametrize(
    ("document", "seconds"),
    [
        ([{"error": {"details": [{"reason": "x"}, {"retryDelay": "34.5s"}]}}], 34.5),
        ({"error": {"details": [{"retryDelay": "0s"}]}}, None),
        ({"error": {"details": [{"retryDelay": "34"}, {"retryDelay": {"s": 1}}]}}, None),
        ({"error": {"details": [{"retryDelay": "-1s"}, {"retryDelay": "soons"}]}}, None),
        (limit_headers("1775642430000"), 30.0),
        (limit_headers(1775642430000), 30.0),
        (limit_headers("1775642430000", **{"X-RateLimit-Remaining": "7"}), None),
        (limit_headers("1775642370000"), None),
        (limit_headers("1775642430"), None),
        (limit_headers("9999999999999"), 1e9),
        (limit_headers("\u0661" * 13), None),
        (limit_headers("177564243000\u00b2"), None),
        (limit_headers("1775642430000", **{"Retry-After": "5"}), 30.0),
        ({"error": {"metadata": {"headers": {"Retry-After": 5}}}}, 5.0),
        ({"error": {"message": "retryDelay: 5s"}}, None),
        ([[[[[[[[[{"retryDelay": "5s"}]]]]]]]]], None),
        ("5s", None),
        (None, None),
    ],
)
def test_a_wait_in_the_body_is_read(document: Any, seconds: float | None) -> None:
    assert wait_in(document, datetime(2026, 4, 8, 10, 0, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("message", "is_of_day", "is_day_spent"),
    [
        ("Rate limit exceeded: free-models-per-day", True, True),
        ("GenerateRequestsPerDayPerProjectPerModel-FreeTier", True, True),
        ("requests_per_day", True, True),
        ("on requests per day (RPD)", True, False),
        ("Daily limit reached", True, False),
        ("free-models-per-min", False, False),
        ("GenerateRequestsPerMinutePerProjectPerModel", False, False),
        ("Limit 60 per minute. Upgrade: requests_per_day=1000", True, False),
        ("The wallpaper-day deployment is rate limited", True, False),
    ],
)
def test_a_quota_of_the_day_is_told_apart(
    message: str, is_of_day: bool, is_day_spent: bool
) -> None:
    error = read_error(json.dumps({"error": {"message": message}}).encode())

    assert (error.is_of_day, error.is_day_spent) == (is_of_day, is_day_spent)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"error": "bad"}, ["rejected the API key (HTTP 401): bad", "key of profile 'x'"]),
        (403, {"error": "bad"}, ["refused access (HTTP 403): bad", "'m-1'"]),
        (404, b"", ["no such model or address (HTTP 404);", "https://api.example/v1"]),
        (400, {"error": "bad"}, ["refused the request (HTTP 400): bad"]),
        (
            500,
            {"error": {"message": "image input is not supported - hint: mmproj"}},
            ["this model does not accept images (HTTP 500)", "vision model"],
        ),
        (
            404,
            {"error": {"message": "No endpoints found that support image input"}},
            ["does not accept images"],
        ),
        (
            400,
            {"error": {"message": "bad", "code": "content_filter"}},
            ["the provider declined: bad"],
        ),
        (
            429,
            {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}},
            ["has nothing left", "billing"],
        ),
    ],
)
def test_a_verdict_says_what_is_wrong_and_what_to_change(
    status: int, body: Any, words: list[str]
) -> None:
    message = judged(status, body)

    assert all(word in message for word in words), message


def test_a_lack_of_vision_is_a_class_of_its_own() -> None:
    blind = read_error(b'{"error": {"message": "image input is not supported"}}')
    other = read_error(b'{"error": {"message": "images are too large"}}')

    assert isinstance(verdict(500, blind, ENDPOINT, REDACTOR), NoVision)
    assert not isinstance(verdict(400, other, ENDPOINT, REDACTOR), NoVision)


def test_a_verdict_keeps_its_advice_however_much_was_told() -> None:
    message = judged(401, {"error": "blah " * 1000})

    assert len(message) <= 500
    assert message.endswith("check the key of profile 'x'")


@pytest.mark.parametrize("words", REPLIES)
@pytest.mark.parametrize("status", [200, 400, 401, 402, 403, 404, 405, 413, 418])
def test_a_verdict_keeps_its_advice_whatever_things_are_called(status: int, words: str) -> None:
    named = replace(
        ENDPOINT,
        label=f"profile {'n' * 100!r}",
        base_url=BaseUrl.parse(f"https://api.example/{'u' * 2000}"),
        model_name="m" * 200,
        system_prompt="Be brief.",
    )
    error = read_error(words.encode() if words[0] == "<" else json.dumps({"error": words}).encode())

    for fault in (
        verdict(status, error, named, REDACTOR),
        too_large(status, error, 512, named, REDACTOR),
    ):
        message = str(fault)
        assert re.search(rf": {re.escape(error.text[:9])}.*; .*{named.label}", message), message
        assert len(message) <= 500
        assert not message.endswith("…")


@pytest.mark.parametrize(
    "echoed",
    [
        KEY,
        KEY[:14],
        KEY[6:],
        KEY.replace("/", "%2F").replace("+", "%2B"),
        f"Bearer {KEY}",
        f"'{KEY}{KEY}'",
    ],
)
def test_an_echoed_key_is_not_repeated(echoed: str) -> None:
    message = judged(401, {"error": f"the key {echoed} is wrong"})

    assert "***" in message
    assert all(KEY[start : start + 8] not in message for start in range(len(KEY) - 7))


def test_a_short_key_is_hidden_as_a_word_only() -> None:
    redactor = Redactor(SecretStr("cat"))

    assert redactor.message("cat: no category") == "***: no category"
    assert redactor.output("A cat.") == "A cat."


@pytest.mark.parametrize(
    "form", ["%{:02X}", "&#{};", "&#x{:x};", "\\u{:04x}", "\\x{:02x}", "{:02x} "]
)
def test_a_key_that_is_written_with_numbers_is_hidden(form: str) -> None:
    numbers = "".join(form.format(ord(letter)) for letter in KEY)

    told = REDACTOR.message(f"the key {numbers}is 100% &amp; wrong")

    assert "***" in told
    assert numbers[:24] not in told
    assert REDACTOR.message("100% &amp; a:b ab:cd wrong") == "100% &amp; a:b ab:cd wrong"


@pytest.mark.parametrize(
    "form",
    [
        *("%{:02X}", "&#{};", "&#x{:x};", "&amp;#{};", "\\u{:04x}", "\\x{:02x}", "\\\\u{:04x}"),
        *("{:02x}:", "{:02X} ", "%{:02X}\\u0000"),
    ],
)
def test_a_key_that_a_model_writes_with_numbers_is_hidden(form: str) -> None:
    numbers = "".join(form.format(ord(letter)) for letter in KEY).strip(" :")

    assert REDACTOR.output(f"It reads {numbers}.") == "It reads ***."
    assert REDACTOR.message(f"It reads {numbers}.") == "It reads ***."
    both = f"It reads {KEY.encode().hex(':')}, {numbers} and {KEY}."
    assert REDACTOR.output(both) == REDACTOR.message(both) == "It reads ***, *** and ***."


@pytest.mark.parametrize(
    "text",
    ["100% &amp; a\\u0020b %41", "At 12:30:45 27 28 29 30 31 of 27:28:29:30", "**Bold** 2**3"],
)
def test_what_is_written_with_numbers_and_is_no_key_stays(text: str) -> None:
    assert REDACTOR.output(text) == REDACTOR.message(text) == text


def test_a_key_whose_marks_of_bold_are_taken_off_later_is_hidden() -> None:
    for bold in ("**planted-**Key**/**0123456789+abc", "".join(f"**{each}**" for each in KEY)):
        assert REDACTOR.output(f"It reads {bold}.") == "It reads ***."


def test_half_a_character_beside_a_key_is_no_text() -> None:
    numbers = "".join(f"\\u{ord(each):04x}" for each in KEY)
    assert REDACTOR.output("\\ud83d " + numbers) == "\ufffd ***"
    assert REDACTOR.output("\\ud83d\\ude00 " + numbers) == "\U0001f600 ***"


def test_each_text_of_an_answer_is_without_the_key() -> None:
    answer = {"caption": KEY, "tags": ["cat", f"a {KEY}"], "camera": {"maker": KEY}, "count": 1}

    assert REDACTOR.answer(answer) == {
        "caption": "***",
        "tags": ["cat", "a ***"],
        "camera": {"maker": "***"},
        "count": 1,
    }
    assert REDACTOR.answer({"tags": [KEY[:9], KEY[9:18]]}) == {"tags": [KEY[:9], KEY[9:18]]}


@pytest.mark.parametrize("key", [KEY, "planted-Key1", "cat"])
def test_a_key_in_other_letters_is_hidden(key: str) -> None:
    redactor = Redactor(SecretStr(key))

    for other in (key.upper(), key.lower(), key.swapcase()):
        assert redactor.message(f"the key {other} İ is wrong") == "the key *** İ is wrong"
        hidden = key if key == "cat" else "***"
        assert redactor.output(f"İ {other}!").casefold() == f"İ {hidden}!".casefold()


def test_a_key_in_an_answer_is_hidden() -> None:
    assert REDACTOR.output(f"It reads {KEY}.") == "It reads ***."


@pytest.mark.parametrize("length", [8, 12, 15, 16, 17, 4096])
def test_a_key_is_found_in_an_answer_wherever_it_stands(length: int) -> None:
    key = "".join(f"{number:04x}" for number in range(0, 65536, 61))[:length]
    redactor = Redactor(SecretStr(key))

    for part in {key, key[:16], key[-16:]}:
        for before in range(9):
            assert redactor.output("-" * before + part + "-") == "-" * before + "***-"
    assert redactor.output("a cat on a mat " * 9) == "a cat on a mat " * 9


def test_a_foreign_token_is_hidden_too() -> None:
    assert REDACTOR.message("used sk-proj-abcdef123456") == "used sk-***"


def test_a_failure_is_one_bounded_line() -> None:
    assert str(ProviderRefused("a\n b")) == "a b"
    assert len(str(ProviderRefused("x" * 1000))) == 500
    assert bounded("abc", 3) == "abc"


def test_a_dialect_steps_down_only_for_what_is_complained_of() -> None:
    start = Dialect(ENDPOINT.base_url)
    schema = read_error(b'{"error": "response_format json_schema is not supported"}')
    tokens = read_error(b'{"error": {"message": "Unsupported parameter: \'max_tokens\'"}}')

    lower = start.after(schema)
    renamed = start.after(tokens)

    assert lower is not None
    assert lower.answer_format is AnswerFormat.JSON_OBJECT
    assert renamed is not None
    assert renamed.token_field is TokenField.MAX_COMPLETION_TOKENS
    lowest = Dialect(ENDPOINT.base_url, AnswerFormat.PROMPT, TokenField.NONE)
    assert lowest.after(schema) is None
    assert lowest.after(tokens) is None
    assert start.after(read_error(b'{"error": "no such model"}')) is None
