"""What counts as the base URL of an API."""

import random

import pytest

from services.providers.base_url import BaseUrl, InvalidBaseUrl

_LETTERS = (*b"abcxyz0123456789-.:/@[]%?#", *range(0x80, 0x700), 0x200D, 0xFF0E, 0xD800, 0x1F600)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
        ("https://api.openai.com/v1/chat/completions/", "https://api.openai.com/v1"),
        ("HTTPS://API.OpenAI.com", "https://api.openai.com"),
        ("http://127.0.0.1:11434/", "http://127.0.0.1:11434"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://a.example/%2541%2fb%00/v1/", "https://a.example/%2541%2fb%00/v1"),
        ("https://generativelanguage.example/v1beta/openai/", None),
        ("local://", "local://"),
        ("LOCAL://", "local://"),
    ],
)
def test_it_is_normalised(written: str, kept: str | None) -> None:
    assert BaseUrl.parse(written).text == (kept or written.rstrip("/"))


@pytest.mark.parametrize(
    "written",
    [
        "api.openai.com/v1",
        "ftp://api.openai.com",
        "file:///etc/passwd",
        "local://elsewhere",
        "https://",
        "https:///v1",
        "https://user:secret@api.openai.com/v1",
        "https://api.openai.com\\@inside/v1",
        "https://api.openai.com/v1#part",
        "https://api.openai.com/v1?key=1",
        "https://api.openai.com:0/v1",
        "https://api.openai.com:99999/v1",
        "https://api openai.com/v1",
        "https://api.openai.com/\nv1",
        "https://%31%32%37.0.0.1/v1",
        "http://１２７.0.0.1/",
        "javascript:alert(1)",
        "http://xn--a/v1",
        "http://xn---/v1",
        "http://xn--gfb9d/v1",
        "http://xn--689dhaac/v1",
        "http://\ud800.example/v1",
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(InvalidBaseUrl):
        BaseUrl.parse(written)


def test_whatever_is_written_is_normalised_or_refused() -> None:
    dice = random.Random(1)
    for _ in range(20_000):
        label = "".join(map(chr, dice.choices(_LETTERS, k=dice.randrange(12))))
        written = f"http://{dice.choice(('', 'xn--', 'a.'))}{label}{dice.choice(('', '/v1'))}"
        try:
            url = BaseUrl.parse(written)
        except InvalidBaseUrl:
            continue
        assert BaseUrl.parse(url.text) == url, written


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/v1", "https://A.example:443/v2", True),
        ("https://a.example./v1", "https://a.example", True),
        ("http://a.example", "http://a.example:80/v1", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://b.a.example", False),
        ("https://a.example", "local://", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert (BaseUrl.parse(one).origin == BaseUrl.parse(other).origin) is same


@pytest.mark.parametrize(
    ("url", "versioned"),
    [
        ("https://a.example", False),
        ("https://a.example/api", False),
        ("https://a.example/v1", True),
        ("https://a.example/v1beta/openai", True),
        ("https://a.example/openai/v3", True),
        ("https://a.example/video", False),
    ],
)
def test_a_version_in_the_path_is_recognised(url: str, versioned: bool) -> None:
    assert BaseUrl.parse(url).is_versioned is versioned
