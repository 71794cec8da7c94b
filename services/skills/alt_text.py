"""What an alt text has to be, as the W3C says it, as far as a program can tell."""

import re
import unicodedata

from services.skills.alt_chatter import chats, without_chatter
from services.skills.alt_openings import may_be_shown, says_picture, without_picture
from services.skills.alt_refusals import REFUSED, refuses
from services.skills.file_names import NAMED, is_file_name
from services.skills.nothing import means_nothing
from services.skills.wrapping import unwrapped

CHARACTERS = 150
_LEAST = CHARACTERS // 3
"""Characters that a cut leaves."""
_BREAKS = ("..", "…", "–", "—")
_BEFORE_MINUS = ("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", "и", "/", "+")
"""Words behind which a "-" is a sign of its own, as on a battery."""
_SENTENCE = re.compile(r"[.!?](?=\s)|[。！？]")
_ABBREVIATED = re.compile(
    r"(?:^|\W)(?:\w|st|ste|dr|mr|mrs|ms|no|nr|vs|prof|jr|sr|mt|ft|ave|bzw|ca|inkl|sra?|mme)\.$",
    re.IGNORECASE,
)
_ARTICLES = (
    "the", "der", "die", "das", "den", "dem", "ein", "eine", "einer", "les", "des", "une", "una",
    "las", "los", "gli", "uma", "het", "een",
)  # fmt: skip
_NEEDS_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_PICTURE = 'it says that it is a picture, with words such as "image of"'
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
        (says_picture(" ".join(text.split())), _PICTURE),
        (chats(text), 'it speaks to who asked, with words such as "Let me know"'),
        (is_file_name(text, file_name), NAMED),
        (_breaks_off(text), "it breaks off before its end"),
    )
    return [fault for is_one, fault in found if is_one]


def mended(text: str) -> str:
    """The text with what can be mended without knowing the picture."""
    line = " ".join(without_chatter(text).split())
    return _cut(_ended(without_picture(line), was_cut=len(line) >= CHARACTERS))


def is_usable(text: str, file_name: str) -> bool:
    """Whether nothing is wrong with a text, or only what may be right: that it is a picture."""
    found = faults(text, file_name)
    return not found or (found == [_PICTURE] and may_be_shown(text))


def keeps_enough(text: str, better: str) -> bool:
    """Whether what mending has left of a text is more than a leftover: two words, or a third; of
    a short text one word.
    """
    if len(better.split()) > 1 or 3 * len(better) >= min(len(text), CHARACTERS):
        return better.lower() not in _ARTICLES
    return len(text) <= CHARACTERS and _is_word(better)


def _is_word(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    is_long = letters >= 3 and text.lower() not in _ARTICLES
    return is_long or _NEEDS_NO_SPACES.search(text) is not None


def _breaks_off(text: str) -> bool:
    """Whether a text ends in the middle. "A-" is a grade, and a pole may be "-"."""
    if text.endswith(_BREAKS):
        return True
    if not text.endswith("-"):
        return False
    before, words = text[-2:-1], text[-20:-1].split()
    return not before.strip() and not (words and words[-1].lower() in _BEFORE_MINUS)


def _ended(text: str, *, was_cut: bool) -> str:
    """The text up to where it breaks off. Where it was cut to fit, its last word is no whole one;
    else dots are only a manner of writing.
    """
    rest = text
    while _breaks_off(rest):
        rest = rest[:-1].rstrip(".…–— ")
    if rest == text:
        return text
    if was_cut and text[len(rest)] != " " and " " in rest:
        rest = rest.rpartition(" ")[0]
    return rest.rstrip(" ,;:(")


def _cut(text: str) -> str:
    """The text up to the end of a sentence, or else of a word or a letter, that fits."""
    if len(text) <= CHARACTERS:
        return text
    head = text[: CHARACTERS + 1]
    ends = [found.end() for found in _SENTENCE.finditer(head) if _is_end(text, found.end())]
    if ends and ends[-1] >= _LEAST:
        return head[: ends[-1]]
    word = head.rfind(" ")
    end = word if word >= _LEAST else _between_letters(text, CHARACTERS)
    cut = head[:end].rstrip(" ,;:-–—(…")
    return cut.rpartition(" ")[0] if " " in cut and _ABBREVIATED.search(cut[-8:]) else cut


def _is_end(text: str, at: int) -> bool:
    """Whether a sentence that fits ends here, and not a short form such as "St."."""
    is_cased = text[at : at + 8].lstrip()[:1].islower()
    return at <= CHARACTERS and not is_cased and not _ABBREVIATED.search(text[max(at - 8, 0) : at])


def _between_letters(text: str, at: int) -> int:
    """The last place up to here that does not take a letter and its marks apart."""
    while at > 1 and (
        unicodedata.category(text[at]).startswith("M") or _JOINER in text[at - 1 : at + 1]
    ):
        at -= 1
    return at
