"""Taking a key out of text that came from outside."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from string import ascii_lowercase, ascii_uppercase
from typing import Any
from urllib.parse import quote, unquote

from pydantic import SecretStr

_FRAGMENT = 8
"""So many characters of a key in a row are taken for a part of it in a message."""
_LONG_FRAGMENT = 16
"""As many in what a model wrote, where a short part of a key may be a common word."""
_STARS = "***"
_WRITTEN_OUT = re.compile(r"%[0-9a-fA-F]{2}|&[#a-zA-Z]|\\[ux]|\0|\*\*")
"""Without one of these a text means what it says."""
_ESCAPED = re.compile(r"(?<!\\)\\++(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_LEFT_OUT = re.compile(r"\0|(?<!\*)(?:\*\*){1,2}(?!\*)")
"""What is taken out of an answer: zero bytes, and later the marks of bold around a part of it, of
which four may stand together."""
_NUMBERS = re.compile("(?:[2-7][0-9a-fA-F][ :]?){4}")
"""Hexadecimal digits as a key may have them, which is of printable ASCII."""
_SPACED = re.compile(r"(?<=[0-9a-fA-F]{2})[ :](?=[0-9a-fA-F]{2})")
_SMALL = dict(zip(ascii_uppercase.encode(), ascii_lowercase, strict=True))
_TOKENS = re.compile(r"\b(sk-|Bearer\s+)[\w\-.~+/=*]{4,}", re.IGNORECASE)


class Redactor:
    """Replaces one key, however it is written or cut, by "***"."""

    def __init__(self, api_key: SecretStr) -> None:
        self._variants = {_small(each) for each in _spellings(api_key.get_secret_value())} - {""}
        self._short = _parts(self._variants, _FRAGMENT, 1)
        self._long = _parts(self._variants, _LONG_FRAGMENT, 1)
        self._middling = [
            re.compile(re.escape(each), re.IGNORECASE)
            for each in self._variants
            if _FRAGMENT <= len(each) < _LONG_FRAGMENT
        ]

    def message(self, text: str) -> str:
        """An error message without the key, any eight characters of it, and any token."""
        shown = _read(text, lambda each: self._without(each, self._short, _FRAGMENT))
        for variant in self._variants:
            if len(variant) < _FRAGMENT:
                shown = re.sub(
                    rf"(?<!\w){re.escape(variant)}(?!\w)", _STARS, shown, flags=re.IGNORECASE
                )
        return _TOKENS.sub(lambda found: found[1] + _STARS, shown)

    def output(self, text: str) -> str:
        """What a model wrote without the key and any sixteen characters of it; a short key is no
        secret and may be a common word.
        """
        return _read(text, self._without_long)

    def answer(self, value: Any) -> Any:
        """What was read out of what a model wrote, each text of it as `output` gives it."""
        texts = "\n".join(_texts(value))
        # At once, since most answers have nothing of it.
        return value if self.output(texts) == texts else self._each(value)

    def _each(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.output(value)
        if isinstance(value, list):
            return [self._each(item) for item in value]
        if isinstance(value, dict):
            return {name: self._each(inner) for name, inner in value.items()}
        return value

    def _without_long(self, text: str) -> str:
        # Any long part, wherever it begins, holds one of these whole, so that most texts are done
        # with at once.
        small = _small(text)
        pieces = (small[at : at + _FRAGMENT] for at in range(0, len(text), _FRAGMENT))
        if not self._short.isdisjoint(pieces):
            text = self._without(text, self._long, _LONG_FRAGMENT)
        for variant in self._middling:
            text = variant.sub(_STARS, text)
        return text

    def _without(self, text: str, parts: frozenset[str], length: int) -> str:
        shown, done = "", 0
        start = 0
        small = _small(text)
        while start <= len(text) - length:
            if small[start : start + length] not in parts:
                start += 1
                continue
            end = start + length
            while end < len(text) and small[end + 1 - length : end + 1] in parts:
                end += 1
            shown += text[done:start].removesuffix(_STARS) + _STARS
            start = done = end
        return shown + text[done:]


def _spellings(key: str) -> Iterator[str]:
    """A key as it may stand in an address, in JSON, in a page, and in base64 or hexadecimal digits.

    In base64 what stands before it shifts it by up to two bytes; its ends may be those of others.
    """
    for text in (key, quote(key, safe=""), quote(key), json.dumps(key)[1:-1], html.escape(key)):
        yield text
        yield re.sub("%..", lambda found: found[0].lower(), text)
        yield text.replace("/", "\\/")
    yield re.sub("[<>&'/+=]", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(key)[1:-1])
    raw = key.encode()
    yield raw.hex()
    yield raw.hex().upper()
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + raw)[4 if shift else 0 :]
        text = whole[: (len(raw) + shift) // 3 * 4 - (4 if shift else 0)].decode()
        if len(text) >= _FRAGMENT:
            yield text
            yield text.translate({ord("+"): "-", ord("/"): "_"})


def _small(text: str) -> str:
    """The text in small letters, and as long: proxies may write a key in others than it has."""
    return text.translate(_SMALL)


def _read(text: str, without: Callable[[str], str]) -> str:
    """The text without a key, also where a key is what it means and not what it says."""
    shown = plain = without(text)
    for meaning in (_plain, _plain, _unspaced):
        before, plain = plain, meaning(plain)
        # Nothing of it stands there as it is: what it means is shown instead.
        if plain != before and (found := without(plain)) != plain:
            shown = plain = found
    return shown


def _plain(text: str) -> str:
    """The text with what is written as in an address, a page or a program written out."""
    if _WRITTEN_OUT.search(text) is None:
        return text
    unescaped = _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
    # Halves of characters are put together, or are none.
    unescaped = unescaped.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _LEFT_OUT.sub("", html.unescape(unquote(unescaped)))


def _unspaced(text: str) -> str:
    """The text with hexadecimal digits that stand apart put together."""
    return text if _NUMBERS.search(text) is None else _SPACED.sub("", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for inner in value if isinstance(value, list) else value.values():
            yield from _texts(inner)


def _parts(variants: set[str], length: int, step: int) -> frozenset[str]:
    return frozenset(
        variant[start : start + length]
        for variant in variants
        for start in range(0, len(variant) - length + 1, step)
    )
