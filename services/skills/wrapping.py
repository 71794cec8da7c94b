"""What models write around a text that is no part of it: quotation marks, Markdown, JSON, HTML."""

import html
import re

LONGEST = 1000
"""Characters of a text that is looked at."""
_LAYERS = 5
"""How much may be around one another."""
_UNSEEN = "\u200b\u2060\ufeff"
_PAIRS = (
    ('"', '"'), ("'", "'"), ("＂", "＂"), ("“", "”"), ("”", "”"), ("„", "“"), ("„", "”"),
    ("‘", "’"), ("‚", "‘"), ("‚", "’"), ("«", "»"), ("»", "«"), ("»", "»"), ("‹", "›"),
    ("›", "‹"), ("「", "」"), ("『", "』"),
)  # fmt: skip
"""Quotation marks. 《 and 》 are none: they belong to the title of a work."""
_APOSTROPHES = "'’"
_MARKUP = re.compile(
    r"```\w*+[^\S\n]*+\n(?P<block>(?:(?!```).)*+)```"
    r"|`(?P<code>[^`]++)`"
    r"|(?P<stars>\*{1,3})(?=\S)(?P<bold>[^*]++)(?<=\S)(?P=stars)"
    r"|_(?=\S)(?P<slanted>[^_]++)(?<=\S)_"
    # A word alone may be a name in a program.
    r"|__(?=\S)(?=[^_\s]*+\s)(?P<strong>[^_]++)(?<=\S)__"
    # "# of visitors" and "# 7" are no headings, "- 5 °C" is none of a list.
    r"|\#{1,6}[ ]++(?!of\b|\d)(?P<heading>[^\n]+?)(?:(?<![ ])[ ]++\#++)?"
    r"|[-*•][ ]++(?!\d)(?P<item>[^\n]++)"
    r"|!\[(?P<image>[^\[\]]*+)\]\([^()]*+\)"
    r"|\[(?P<link>[^\[\]]++)\]\([^()\s]*+\)"
    r"|(?>(?:<img\b[^<>]*?\s)?alt=)(?P<mark>[\"'])(?P<alt>(?:(?!(?P=mark)).)*+)(?P=mark)"
    r"(?:[^<>]*+>)?"
    r"|<(?P<tag>p|div|span|b|i|em|strong|h[1-6]|figcaption)(?:\s[^<>]*+)?>"
    # Tags of one word may be around another.
    r"(?P<inner>(?:(?!</?(?P=tag)\b).)++)</(?P=tag)>"
    r"|\{\s*+\"(?:alt[_ ]?text|alt|caption|description)\"\s*+:\s*+\"(?P<value>[^\"\\]*+)\"\s*+\}",
    re.DOTALL | re.IGNORECASE,
)
_TEXTS = (
    "block", "code", "bold", "slanted", "strong", "heading", "item", "image", "link", "alt",
    "inner", "value",
)  # fmt: skip
# "&lt;" is more often one that the picture shows.
_ENTITY = re.compile(r"&(?!lt;|gt;)(?:[a-z]{2,8}|#\d{2,6}|#x[\da-f]{2,5});", re.IGNORECASE)
_BOLD = re.compile(r"(?<!\w)\*\*(?=\S)([^*]++)(?<=\S)\*\*(?!\w)")


def unwrapped(text: str) -> str:
    """A text without what is around all of it. What is within stays, but for marks of bold."""
    rest = text.strip().strip(_UNSEEN).strip()
    if len(rest) > LONGEST:
        return rest
    rest = _ENTITY.sub(lambda found: html.unescape(found[0]), rest)
    for _ in range(_LAYERS):
        shorter = _BOLD.sub(r"\1", _unmarked(_unquoted(rest))).strip()
        if shorter == rest:
            break
        rest = shorter
    return rest


def _unmarked(text: str) -> str:
    found = _MARKUP.fullmatch(text)
    if found is None:
        return text
    return next(found[name] for name in _TEXTS if found[name] is not None)


def _unquoted(text: str) -> str:
    """The text without quotation marks that are around all of it, or all but its full stop."""
    for stop in ("", ".", "。"):
        quoted = text.removesuffix(stop)
        if (stop == "" or quoted != text) and any(_are_around(quoted, *pair) for pair in _PAIRS):
            inner = quoted[1:-1]
            return inner if inner.endswith((".", "!", "?", "。", "！", "？")) else inner + stop
    return text


def _are_around(text: str, opening: str, closing: str) -> bool:
    """Whether the first mark is closed by the last one, and by none before."""
    if len(text) < 2 or text[0] != opening or text[-1] != closing:
        return False
    depth = 0
    for at, letter in enumerate(text):
        if letter not in (opening, closing):
            continue
        before, after = text[max(at - 1, 0) : at], text[at + 1 : at + 2]
        if letter in _APOSTROPHES and before.isalnum() and after.isalnum():
            continue
        opens = letter == opening and (opening != closing or not before.strip("([{ \n\t\xa0"))
        depth += 1 if opens else -1
        if depth == 0:
            return at == len(text) - 1
    return False
