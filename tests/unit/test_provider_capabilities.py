"""What an endpoint's complaints mean for the picture, and how a word is found."""

import json
from pathlib import Path

import pytest
from PIL import Image

from services.providers.base_url import BaseUrl
from services.providers.dialect import Dialect, TokenField
from services.providers.endpoint_errors import EndpointError, read_error
from services.providers.scaling import scaled
from services.providers.trial import PROMPT, SCHEMA
from services.providers.word_picture import WORDS, is_shown_in, is_word_in, random_word

DIALECT = Dialect(BaseUrl.parse("https://api.example/v1"))


def error(message: str, **more: str) -> EndpointError:
    return read_error(json.dumps({"error": {"message": message, **more}}).encode())


@pytest.mark.parametrize(
    "message",
    [
        "messages.0.content.0.image.source.base64: image exceeds 5 MB maximum: 6841892 bytes",
        "messages.0.content.1.image.source.base64.data: At least one of the image dimensions "
        "exceed max allowed size: 8000 pixels",
        "You uploaded an unsupported image. Please make sure your image is below 20 MB in size",
        "Invalid 'messages[1].content[1].image_url.url': string too long. Expected a string with "
        "maximum length 5000000",
        "Image size (178956970 pixels) exceeds limit of 89478485 pixels",
        "image too large",
        "the picture is too big for this model",
        "Unsupported image resolution",
        "image dimensions 1568x1044 are not supported",
        "too many pixels",
        "image width 1568 exceeds the maximum of 1024",
        "Request payload size exceeds the limit: 20971520 bytes.",
    ],
)
def test_a_picture_that_is_too_large_is_told_from_one_that_is_not_seen(message: str) -> None:
    complaint = error(message)

    assert complaint.blames_picture_size
    assert not complaint.blames_pictures
    for status in (200, 400, 413, 422, 500):
        assert DIALECT.wants_less(status, complaint)
    for status in (401, 403, 404, 429, 503):
        assert not DIALECT.wants_less(status, complaint)


@pytest.mark.parametrize(
    "message",
    [
        "The server is unable to process images right now.",
        "Images are temporarily not supported",
        "vision is not enabled at the moment, try again later",
    ],
)
def test_who_does_not_see_for_a_while_is_not_blind(message: str) -> None:
    assert not error(message).blames_pictures


@pytest.mark.parametrize(
    "message",
    [
        "image input is not supported - hint: if this is unexpected, you may need the mmproj",
        "No endpoints found that support image input",
        "Invalid content type. image_url is only supported by certain models.",
        "messages[0]: unknown variant `image_url`, expected `text` at line 1 column 512",
        "This model does not support images",
        "This model does not support images. Remove the image and try again.",
    ],
)
def test_what_is_not_seen_is_not_sent_smaller(message: str) -> None:
    assert error(message).blames_pictures
    assert not DIALECT.wants_less(500, error(message))


@pytest.mark.parametrize(
    "message",
    [
        "no such model",
        "The image is too small: its height must be larger than 10 pixels",
        "Could not process the image",
        "Unsupported parameter: 'max_tokens' is not supported with this model",
        "response_format json_schema is not supported",
        "CUDA out of memory",
        "",
    ],
)
def test_other_complaints_are_not_about_size(message: str) -> None:
    for status in (400, 422, 500):
        assert not DIALECT.wants_less(status, error(message))


def test_a_page_is_not_read_for_its_pictures() -> None:
    page = b'<html><meta property="og:image:width" content="1200"><img width="1">'

    assert not DIALECT.wants_less(500, read_error(page))
    assert DIALECT.wants_less(413, read_error(page))


@pytest.mark.parametrize(
    "complaint",
    [
        error("This model's maximum context length is 4096 tokens. However, you requested 5000"),
        error("the request exceeds the available context size", type="exceed_context_size_error"),
        error("Please reduce the length of the messages.", code="context_length_exceeded"),
        error("The input token count (40000) exceeds the maximum number of tokens allowed"),
        error("prompt is too long: 212000 tokens > 200000 maximum"),
    ],
)
def test_a_context_that_is_too_short_may_hold_a_smaller_picture(complaint: EndpointError) -> None:
    assert DIALECT.wants_less(400, complaint)
    assert not DIALECT.wants_less(429, complaint)


def test_an_answer_that_may_be_shorter_comes_before_a_smaller_picture() -> None:
    complaint = error("max_tokens is too large for the context length of 2048")
    dialect: Dialect | None = DIALECT
    fields = []
    while dialect is not None and not dialect.wants_less(400, complaint):
        fields.append(dialect.token_field)
        dialect = dialect.after(complaint)

    assert fields == [TokenField.MAX_TOKENS, TokenField.MAX_COMPLETION_TOKENS]
    assert dialect is not None
    assert dialect.token_field is TokenField.NONE


@pytest.mark.parametrize(
    ("size", "sides", "made"),
    [
        ((1568, 1000), [1024, 768], (1024, 653)),
        ((1000, 1568), [768], (490, 768)),
        ((1024, 700), [1024, 768], (768, 525)),
        ((600, 20), [512], (512, 17)),
        ((512, 512), [1024, 512], None),
        ((40, 20), [], None),
    ],
)
def test_a_picture_gets_the_first_side_that_is_less(
    tmp_path: Path, size: tuple[int, int], sides: list[int], made: tuple[int, int] | None
) -> None:
    given, target = tmp_path / "given.jpg", tmp_path / "made.jpg"
    Image.linear_gradient("L").resize(size).convert("RGB").save(given)

    assert scaled(str(given), str(target), sides) == (max(made) if made else None)
    assert target.exists() is (made is not None)
    if made is not None:
        assert Image.open(target).size == made


@pytest.mark.parametrize(
    "text",
    ["rabbit", "It reads “RABBIT.”", "R A B B I T", "r-a-b-b-i-t", "_Rabbit_", "ＲＡＢＢＩＴ"],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert is_word_in(text, "rabbit")


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "lemon"), ("a single monochrome sign", "lemon"), ("lemonade", "lemon"), ("le", "lemon")],
)
def test_a_word_is_not_found_where_it_is_not(text: str, word: str) -> None:
    assert not is_word_in(text, word)


def test_who_goes_through_the_words_has_not_seen_one() -> None:
    assert is_shown_in("The word MIRROR beside a window", "mirror")
    assert not is_shown_in("The word mirror beside a window", "rabbit")
    assert not is_shown_in(f"One of {', '.join(WORDS)}", "rabbit")
    assert not is_shown_in("It may be anchor, basket or rabbit.", "rabbit")


def test_no_word_is_in_what_a_model_is_told() -> None:
    told = PROMPT + json.dumps(SCHEMA)

    assert not [word for word in WORDS if word in told.lower()]
    assert random_word(" ".join(WORDS[1:]).upper()) == WORDS[0]
    assert random_word(" ".join(WORDS)) in WORDS
