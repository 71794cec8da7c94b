"""A picture of a random word, to find out whether a model can see."""

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WORDS = (
    *("anchor", "basket", "bridge", "candle", "castle", "cherry", "dragon", "falcon", "forest"),
    *("garden", "guitar", "hammer", "island", "jungle", "kettle", "ladder", "lemon", "magnet"),
    *("marble", "mirror", "needle", "pillow", "planet", "rabbit", "ribbon", "rocket", "saddle"),
    *("spider", "sunset", "tunnel", "turtle", "velvet", "walnut", "window", "winter"),
)

SIZE = (768, 320)
"""Pixels."""
_FONT_SIZE = 150


def random_word() -> str:
    """One of WORDS."""
    return random.choice(WORDS)


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
    picture.save(file, "JPEG", quality=85)
    return file.getvalue()
