"""What an alt text has to be, as the W3C says it, as far as a program can tell."""

import re
import unicodedata

from services.skills.alt_chatter import chats, without_chatter
from services.skills.alt_nothing import means_nothing
from services.skills.alt_openings import says_picture, without_picture
from services.skills.alt_refusals import REFUSED, refuses
from services.skills.wrapping import unwrapped

CHARACTERS = 150
_LEAST = CHARACTERS // 3
"""Characters that a cut leaves."""
_FILE = re.compile(
    # What cameras and telephones call their pictures, and what is named like a file.
    r"(?:img|dsc[nf]?|pxl|dji|gopr|mvi)[-_ ]?\d{4,}[\w-]*|"
    r"(?:file ?name: ?|(?:screen ?shot|bildschirmfoto) [\d ._atum-]+)?\S+"
    r"\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|tiff?|tga|hei[cf]|svg|ico|dng|cr2|nef)",
    re.IGNORECASE,
)
_BREAKS = ("..", "…", "-", "–", "—")
_SENTENCE = re.compile(r"[.!?](?=\s)|[。！？]")
_JOINER = "\u200d"


def meant(answer: str) -> str:
    """The alt text that an answer gives, without what is around it; "" if it says that none is
    needed.
    """
    text = unwrapped(answer)
    return "" if means_nothing(text) else text


def faults(text: str, file_name: str) -> list[str]:
    """What is wrong with an alt text, in words for a model and for people. An empty one is right:
    it says that the picture only decorates.
    """
    if not text:
        return []
    found = (
        (len(text) > CHARACTERS, f"it has {len(text)} characters, of {CHARACTERS} at most"),
        (refuses(text), REFUSED),
        (len(text.splitlines()) > 1, "it has line breaks"),
        (
            says_picture(" ".join(text.split())),
            'it says that it is a picture, with words such as "image of"',
        ),
        (chats(text), 'it speaks to who asked, with words such as "Let me know"'),
        (_is_file_name(text, file_name), "it is the name of a file"),
        (text.endswith(_BREAKS), "it breaks off before its end"),
    )
    return [fault for is_one, fault in found if is_one]


def mended(text: str) -> str:
    """The text with what can be mended without knowing the picture."""
    line = " ".join(without_chatter(text).split())
    return _cut(_ended(without_picture(line)))


def keeps_enough(text: str, better: str) -> bool:
    """Whether what mending has left of a text is more than a leftover: two words, or a third."""
    return len(better.split()) > 1 or 3 * len(better) >= min(len(text), CHARACTERS)


def _ended(text: str) -> str:
    """The text up to where it breaks off, without the word at which it does.

    Of two words both stay: nobody can tell whether the last one is whole.
    """
    if not text.endswith(_BREAKS):
        return text
    rest = text.rstrip("".join(_BREAKS))
    shorter = rest.rstrip() if rest.endswith(" ") else rest.rpartition(" ")[0]
    return shorter if " " in shorter else rest.rstrip()


def _is_file_name(text: str, file_name: str) -> bool:
    """Whether a text is a file's name. One of plain words, such as "Cat" of Cat.jpg, is none."""
    given, name = text.casefold().strip(), file_name.casefold()
    stem = name.rpartition(".")[0] or name
    is_plain = all(letter.isalpha() or letter == " " for letter in stem)
    is_named = given == name or (given.rstrip(".") == stem and not is_plain)
    return is_named or _FILE.fullmatch(given.rstrip(".")) is not None


def _cut(text: str) -> str:
    """The text up to the end of a sentence, or else of a word or a letter, that fits."""
    if len(text) <= CHARACTERS:
        return text
    head = text[: CHARACTERS + 1]
    sentences = [found.end() for found in _SENTENCE.finditer(head) if found.end() <= CHARACTERS]
    if sentences and sentences[-1] >= _LEAST:
        return head[: sentences[-1]]
    word = head.rfind(" ")
    end = word if word >= _LEAST else _between_letters(text, CHARACTERS)
    return head[:end].rstrip(" ,;:-–—(…")


def _between_letters(text: str, at: int) -> int:
    """The last place up to here that does not take a letter and its marks apart."""
    while at > 1 and (
        unicodedata.category(text[at]).startswith("M") or _JOINER in text[at - 1 : at + 1]
    ):
        at -= 1
    return at
