"""A picture of a random word, to find out whether a model can see."""

import random
import re
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from services.chassis.normal_form import normalized

WORDS = (
    *("anchor", "basket", "bridge", "candle", "castle", "cherry", "dragon", "falcon", "forest"),
    *("garden", "guitar", "hammer", "island", "jungle", "kettle", "ladder", "lemon", "magnet"),
    *("marble", "mirror", "needle", "pillow", "planet", "rabbit", "ribbon", "rocket", "saddle"),
    *("spider", "sunset", "tunnel", "turtle", "velvet", "walnut", "window", "winter"),
)

SIZE = (1568, 1176)
"""Pixels: as many as a preview may have on its longer side, so that limits show."""
_FONT_SIZE = 300
_MOST_NAMED = 2
"""So many of WORDS may be in a caption; "a mirror" may have the word and stand in a window."""
_QUALITY = 88
"""As of a preview."""


def random_word(elsewhere: str) -> str:
    """One of WORDS that a model does not know from what it is told elsewhere, if there is one."""
    known = elsewhere.lower()
    return random.choice([word for word in WORDS if word not in known] or WORDS)


def is_word_in(text: str, word: str) -> bool:
    """Whether a text has the word, in whatever letters and spaced or hyphenated as it may be."""
    spelt = r"[\W_]{0,3}".join(word)
    plain = normalized(text, "NFKC").casefold()
    return re.search(rf"(?<![^\W_]){spelt}(?![^\W_])", plain) is not None


def is_shown_in(text: str, word: str) -> bool:
    """Whether a text tells that its author has seen the word: it has the word, and does not go
    through those that it might be.
    """
    named = sum(is_word_in(text, each) for each in WORDS)
    return named <= _MOST_NAMED and is_word_in(text, word)


def word_jpeg(word: str) -> bytes:
    """A JPEG with the word in large black letters on white. Blocks for some milliseconds."""
    picture = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(picture).text(
        (SIZE[0] / 2, SIZE[1] / 2),
        word,
        fill="black",
        font=ImageFont.load_default(_FONT_SIZE),
        anchor="mm",
    )
    file = BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
