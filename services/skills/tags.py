"""Lists of words that a model gives, such as tags: each once, with nothing around it."""

import re
from collections.abc import Iterable

from services.chassis.normal_form import normalized
from services.skills.nothing import says_nothing
from services.skills.wrapping import unwrapped

# "#1" and "# 7" are what the picture shows.
_HASH = re.compile(r"^[#＃]++(?!\s*\d)")


def tags_of(given: Iterable[str]) -> list[str]:
    """Words that may be written as hashtags, as words_of gives them."""
    return words_of(_HASH.sub("", unwrapped(each)) for each in given)


def words_of(given: Iterable[str]) -> list[str]:
    """The words in their order, but for those that say nothing; of those that differ only in
    letter case the first.
    """
    kept: dict[str, str] = {}
    for each in given:
        word = " ".join(unwrapped(each).split())
        if not says_nothing(word):
            kept.setdefault(normalized(word).casefold(), word)
    return list(kept.values())
