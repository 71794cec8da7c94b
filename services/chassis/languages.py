"""Tags of languages: what is one, by the syntax of BCP 47 (RFC 5646), and how it is spelled."""

import re

CHARACTERS = 35
"""Of the longest tag; no registered one comes near."""
TAG = "a BCP 47 language tag such as de, pt-BR or zh-Hant"
"""What is accepted, for people."""
_FORM = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"  # language, and what it extends to
    r"(?:-[a-z]{4})?"  # script
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"  # region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"  # extensions
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"  # what is agreed in private
    r"|x(?:-[a-z0-9]{1,8})+"
)
_VARIANT = re.compile(r"[a-z0-9]{5}|[0-9][a-z0-9]{3}")
_NONE = ("mul", "und", "zxx", "mis")
"""Several languages, an unknown one, none, and one without a tag: nobody can write in these."""
_SCRIPT, _REGION = 4, 2
"""Characters."""


class LanguageInvalid(ValueError):
    """A text is no language tag; the message says what to give."""


def language_tag(text: str) -> str:
    """The tag in its usual spelling: pt-BR, zh-Hant. Raises LanguageInvalid.

    Whether there is such a language is not asked, but it has to be one. Irregular tags of before
    2006, such as i-navajo or en-GB-oed, are not taken: each but i-default has a regular one.
    """
    if _is_tag(text):
        parts = text.lower().split("-")
        if parts[0] in _NONE:
            raise LanguageInvalid(f"{TAG}; {parts[0]} names no language, or several")
        return "-".join(_spelled(parts))
    hyphened = text.replace("_", "-")
    advice = f"; write {hyphened}, with a hyphen" if _is_tag(hyphened) else ""
    raise LanguageInvalid(f"{TAG}{advice}")


def _is_tag(text: str) -> bool:
    tag = text.lower()
    is_possible = len(text) <= CHARACTERS and text.isascii()
    return is_possible and _FORM.fullmatch(tag) is not None and not _repeats(tag)


def _repeats(tag: str) -> bool:
    """Whether a tag of the right form has a variant twice, or two extensions of one letter."""
    public = f"-{tag}".partition("-x-")[0].split("-")[2:]
    marks = [index for index, part in enumerate(public) if len(part) == 1]
    extensions = [public[index] for index in marks]
    variants = [part for part in public[: marks[0] if marks else None] if _VARIANT.match(part)]
    return any(len(set(each)) < len(each) for each in (extensions, variants))


def _spelled(parts: list[str]) -> list[str]:
    """Scripts as Hant and regions as BR, unless something of one character came before."""
    spelled = parts[:1]
    is_plain = len(parts[0]) > 1
    for part in parts[1:]:
        is_plain = is_plain and len(part) > 1
        if is_plain and len(part) == _SCRIPT and part.isalpha():
            spelled.append(part.capitalize())
        elif is_plain and len(part) == _REGION:
            spelled.append(part.upper())
        else:
            spelled.append(part)
    return spelled
