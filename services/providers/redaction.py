"""Taking a key out of text that came from outside."""

import json
import re
from urllib.parse import quote

from pydantic import SecretStr

_FRAGMENT = 8
"""So many characters of a key in a row are taken for a part of it."""
_STARS = "***"
_TOKENS = re.compile(r"\b(sk-|Bearer\s+)[\w\-.~+/=*]{4,}", re.IGNORECASE)


class Redactor:
    """Replaces one key, however it is written or cut, by "***"."""

    def __init__(self, api_key: SecretStr) -> None:
        key = api_key.get_secret_value()
        self._variants = {key, quote(key, safe=""), json.dumps(key)[1:-1]} - {""}
        self._fragments = {
            variant[start : start + _FRAGMENT]
            for variant in self._variants
            for start in range(len(variant) - _FRAGMENT + 1)
        }

    def message(self, text: str) -> str:
        """An error message without the key, any eight characters of it, and any token."""
        covered = bytearray(len(text))
        if self._fragments:
            for start in range(len(text) - _FRAGMENT + 1):
                if text[start : start + _FRAGMENT] in self._fragments:
                    covered[start : start + _FRAGMENT] = b"\x01" * _FRAGMENT
        shown = "".join(
            "\0" if hidden else letter for letter, hidden in zip(text, covered, strict=True)
        )
        shown = re.sub("\0+", _STARS, shown)
        for variant in self._variants:
            if len(variant) < _FRAGMENT:
                shown = re.sub(rf"(?<!\w){re.escape(variant)}(?!\w)", _STARS, shown)
        return _TOKENS.sub(lambda found: found[1] + _STARS, shown)

    def output(self, text: str) -> str:
        """A model's answer without the key; a short key is no secret and may be a common word."""
        for variant in self._variants:
            if len(variant) >= _FRAGMENT:
                text = text.replace(variant, _STARS)
        return text
