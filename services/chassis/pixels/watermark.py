"""A text over a picture."""

import unicodedata

from PIL import Image

from services.chassis.pixels.lettering import lettering

POSITIONS = ("BottomRight", "BottomLeft", "Center", "TopRight", "TopLeft")
_MARGIN = 1 / 2
"""By the size of the font, but at most by a twentieth of the shorter side."""
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"
"""Letters and signs by name, that nobody sees: fillers of Hangul, an empty cell of Braille."""
_HIDDEN = (
    ("\u034f", "\u034f"),
    ("\u17b4", "\u17b5"),
    ("\u180b", "\u180f"),
    ("\u2060", "\u206f"),
    ("\ufe00", "\ufe0f"),
    ("\ufff0", "\ufff8"),
    ("\U00016fe4", "\U00016fe4"),
    ("\U000e0000", "\U000e0fff"),
)
"""What Unicode wants ignored and does not already call a format."""


def watermarked(
    picture: Image.Image,
    *,
    text: str,
    opacity: float,
    font_size: int,
    position: str,
    solid: bool = False,
) -> Image.Image:
    """An RGB or RGBA picture with a text that lies inside it, at one of POSITIONS.

    `solid` is for what is written with pixels that are there or not: where nothing is below, the
    text is opaque, unless it is to be invisible.

    Raises PixelWorkRefused if no installed font has one of the characters.
    """
    margin = min(round(font_size * _MARGIN), min(picture.size) // 20)
    box = (picture.width - 2 * margin, picture.height - 2 * margin)
    align = next((side for side in ("left", "right") if side.title() in position), "center")
    label = lettering(drawable(text), font_size, box, align=align)
    x, y = _corner(position, box, label.size)
    left, top = margin + x, margin + y
    faded = _faded(label, opacity)
    result = picture.copy()
    if picture.mode != "RGBA":
        result.paste(faded, (left, top), faded)
        return result
    if solid and opacity > 0:
        below = picture.crop((left, top, left + label.width, top + label.height))
        faded = Image.composite(faded, label, below.getchannel("A"))
    result.alpha_composite(faded, (left, top))
    return result


def _corner(position: str, box: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    x, y = box[0] - size[0], box[1] - size[1]
    return {
        "BottomRight": (x, y),
        "BottomLeft": (0, y),
        "Center": (x // 2, y // 2),
        "TopRight": (x, 0),
        "TopLeft": (0, 0),
    }[position]


def _faded(label: Image.Image, opacity: float) -> Image.Image:
    faded = label.copy()
    faded.putalpha(label.getchannel("A").point(lambda alpha: round(alpha * opacity)))
    return faded


def drawable(text: str) -> str:
    """The text with composed letters and plain spaces, without what nobody sees."""
    composed = unicodedata.normalize("NFC", text)
    seen = (" " if _is_blank(letter) else letter for letter in composed if not _is_hidden(letter))
    return "".join(seen)


def _is_blank(letter: str) -> bool:
    return letter.isspace() or letter in _BLANKS


def _is_hidden(letter: str) -> bool:
    """Whether a character only says how others are to be shown."""
    return unicodedata.category(letter) == "Cf" or any(
        first <= letter <= last for first, last in _HIDDEN
    )
