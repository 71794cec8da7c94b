"""The fonts that text is drawn with: files that Python packages bring along."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

from services.chassis.pixels.errors import PixelWorkRefused

_PROBE_SIZE = 64
_NO_CHARACTER = "\uffff"
"""In no font; what is drawn for it is drawn for every character that is lacking."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """Where a font is, and which of its styles is used."""

    package: str
    file: str
    style: str = ""
    """Of a font that has several, its name."""


SANS = FontFile("fontpkg_noto_sans", "files/NotoSans[wdth,wght].ttf", "SemiBold")
"""Latin, Greek and Cyrillic; always installed. It has Devanagari too, see `runs`."""
CJK = FontFile("noto_cjk_sans_otc", "NotoSansCJK-Regular.ttc")
"""Chinese, Japanese and Korean; installed with the extra "cjk"."""
FONTS = (SANS, CJK)
"""In the order in which they are asked for a character."""
_JOINED = (
    ("\u0900", "\u097f"),
    ("\u1cd0", "\u1cff"),
    ("\ua8e0", "\ua8ff"),
    ("\U00011b00", "\U00011b5f"),
    ("\u1100", "\u11ff"),
    ("\ua960", "\ua97f"),
    ("\ud7b0", "\ud7ff"),
)
"""What fonts have and only layout could write: Devanagari, and parts of old Hangul syllables."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters in a row that come from one font."""

    text: str
    font: FontFile


def runs(text: str) -> list[Run]:
    """Cuts a text into runs.

    Raises PixelWorkRefused if no font has one of the characters, or if one would be joined with
    others or reordered: each is drawn by itself.
    """
    if any(_is_joined(letter) for letter in text):
        raise PixelWorkRefused(_joined(text))
    found: list[Run] = []
    for letter in text:
        font = _having(letter)
        if font is None:
            raise PixelWorkRefused(_lacking(text))
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + letter, font)
        else:
            found.append(Run(letter, font))
    return found


@lru_cache(maxsize=4096)
def advance(letter: str) -> float:
    """How wide a character is, where the size of its font is 1."""
    (run,) = runs(letter)
    return loaded(run.font, _PROBE_SIZE).getlength(letter) / _PROBE_SIZE


@lru_cache(maxsize=64)
def loaded(font: FontFile, size: int) -> ImageFont.FreeTypeFont:
    """An installed font at a size in pixels. Layout is basic: a glyph for each character."""
    path = _path(font)
    if path is None:
        raise LookupError(f"the font of {font.package} is not installed")
    result = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    if font.style:
        result.set_variation_by_name(font.style)
    return result


def _path(font: FontFile) -> Path | None:
    package = find_spec(font.package)
    folders = (package.submodule_search_locations if package else None) or ()
    return next((path for folder in folders if (path := Path(folder, font.file)).is_file()), None)


def _installed() -> Iterator[FontFile]:
    return (font for font in FONTS if font is SANS or _path(font) is not None)


def _having(letter: str) -> FontFile | None:
    return next((font for font in _installed() if _has(font, letter)), None)


@lru_cache(maxsize=4096)
def _has(font: FontFile, letter: str) -> bool:
    probe = loaded(font, _PROBE_SIZE)
    lacking = probe.getbbox(_NO_CHARACTER), bytes(probe.getmask(_NO_CHARACTER))
    return (probe.getbbox(letter), bytes(probe.getmask(letter))) != lacking


def _is_joined(letter: str) -> bool:
    return any(first <= letter <= last for first, last in _JOINED)


def _joined(text: str) -> str:
    named = _named(letter for letter in text if _is_joined(letter))
    return (
        f"the characters {named} are of a script whose letters join or change places, "
        "which is not laid out; write the text without them"
    )


def _lacking(text: str) -> str:
    letters = [letter for letter in text if _having(letter) is None]
    advice = "write the text without them"
    if _path(CJK) is None and any(_is_cjk(letter) for letter in letters):
        advice = "install nekohub-skills[cjk] for Chinese, Japanese and Korean"
    return f"no font that is installed has the characters {_named(letters)}; {advice}"


def _named(letters: Iterable[str]) -> str:
    return ", ".join(f"{letter!r} (U+{ord(letter):04X})" for letter in dict.fromkeys(letters))


def _is_cjk(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH"))
