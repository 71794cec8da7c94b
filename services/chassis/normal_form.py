"""Text in a normal form of Unicode, in a time that grows with its length alone."""

import unicodedata
from itertools import groupby
from typing import Literal

_FEW = 256
"""Characters whose accents may stand in any order."""
_APART: dict[str, Literal["NFD", "NFKD"]] = {"NFC": "NFD", "NFKC": "NFKD"}


def normalized(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """The text in a normal form.

    Python sorts the accents of a letter by insertion, which takes seconds for some ten thousand;
    those of a long text are sorted before.
    """
    if len(text) > _FEW and not unicodedata.is_normalized(form, text):
        text = _sorted(text, _APART[form])
    return unicodedata.normalize(form, text)


def _sorted(text: str, apart: Literal["NFD", "NFKD"]) -> str:
    """The text taken apart, with the accents of each letter in the order of Unicode."""
    letters = "".join(unicodedata.normalize(apart, letter) for letter in text)
    runs = groupby(letters, lambda letter: unicodedata.combining(letter) > 0)
    return "".join(
        "".join(sorted(run, key=unicodedata.combining) if is_accents else run)
        for is_accents, run in runs
    )
