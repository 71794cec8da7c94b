"""Drawing a text so that it can be read on light and on dark, in a box of limited size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from services.chassis.pixels import fonts
from services.chassis.pixels.fonts import Run

SMALLEST_FONT = 8
"""Pixels; text for which even this is too large is drawn with it and scaled down."""
_STEP = 0.85
_LINE = 1.25
"""Of a line's height, by the size of its font."""
_ASCENT = 0.95
"""From the top of a line to its ground, by the size of the font; marks may stand out above."""
_OUTLINE = 1 / 18
"""By the size of the font."""


@dataclass(frozen=True, slots=True)
class _Overhang:
    """Pixels that letters stand out of the room that they are given."""

    left: int = 0
    top: int = 0
    right: int = 0
    bottom: int = 0


@dataclass(frozen=True, slots=True)
class _Block:
    lines: tuple[tuple[Run, ...], ...]
    size: int
    width: int
    """Without what stands out."""
    overhang: _Overhang

    @property
    def outline(self) -> int:
        return max(1, round(self.size * _OUTLINE))

    @property
    def box(self) -> tuple[int, int]:
        """Width and height with the outline."""
        height = round(self.size * _LINE) * len(self.lines)
        over = self.overhang
        return (
            over.left + self.width + over.right + 2 * self.outline,
            over.top + height + over.bottom + 2 * self.outline,
        )


@lru_cache(maxsize=1)
def lettering(text: str, size: int, box: tuple[int, int], *, align: str) -> Image.Image:
    """White text with a dark outline, RGBA, no larger than the box; the same object for the same.

    It is wrapped at its spaces, or within words that are too long, and gets a smaller font where
    that is not enough. `align` is "left", "center" or "right".

    Raises PixelWorkRefused if no font has one of the characters.
    """
    fonts.runs(text)  # names all characters that are lacking, not those of a line
    block = _block(text, size, box[0])
    while not _fits(block.box, box) and block.size > SMALLEST_FONT:
        smaller = max(SMALLEST_FONT, int(block.size * _STEP))
        block = _block(text, smaller, box[0])
    drawn = _drawn(block, align)
    if not _fits(drawn.size, box):
        drawn = drawn.resize(_scaled(drawn.size, box), Image.Resampling.LANCZOS)
    return drawn


def _fits(size: tuple[int, int], box: tuple[int, int]) -> bool:
    return size[0] <= box[0] and size[1] <= box[1]


def _scaled(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    scale = min(box[0] / size[0], box[1] / size[1])
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _block(text: str, size: int, width: int) -> _Block:
    room = width - 2 * max(1, round(size * _OUTLINE))
    lines = tuple(tuple(fonts.runs(line)) for line in _wrapped(text, room / size))
    widest = max(_length(line, size) for line in lines)
    return _Block(lines, size, max(1, round(widest + 0.5)), _overhang(lines, size))


def _overhang(lines: Sequence[Sequence[Run]], size: int) -> _Overhang:
    boxes = [_ink(line, size) for line in lines]
    ground = round(size * _ASCENT)
    below = round(size * _LINE) - ground
    over = zip(boxes, lines, strict=True)
    return _Overhang(
        left=max(0, *(-box[0] for box in boxes)),
        top=max(0, -boxes[0][1] - ground),
        right=max(0, *(math.ceil(box[2] - _length(line, size)) for box, line in over)),
        bottom=max(0, boxes[-1][3] - below),
    )


def _ink(line: Sequence[Run], size: int) -> tuple[int, int, int, int]:
    """The box of what is drawn, from the point on the ground where the line begins."""
    x = 0.0
    boxes = []
    for run in line:
        font = fonts.loaded(run.font, size)
        left, top, right, bottom = font.getbbox(run.text, anchor="ls")
        boxes.append((x + left, top, x + right, bottom))
        x += font.getlength(run.text)
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (
        math.floor(min(lefts)),
        math.floor(min(tops)),
        math.ceil(max(rights)),
        math.ceil(max(bottoms)),
    )


def _wrapped(text: str, room: float) -> list[str]:
    """The lines of a text; the room is that of a font whose size is 1."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if _estimated(longer) <= room:
            lines[-1:] = [longer]
        else:
            lines.extend(_pieces(word, room))
    return lines


def _pieces(word: str, room: float) -> list[str]:
    """A word cut where the room ends; a piece has one letter at least."""
    pieces = [""]
    length = 0.0
    for letter in word:
        length += fonts.advance(letter)
        if pieces[-1] and length > room:
            pieces.append("")
            length = fonts.advance(letter)
        pieces[-1] += letter
    return pieces


def _estimated(text: str) -> float:
    """The length without kerning, which is a little less or more, of a font whose size is 1."""
    return sum(fonts.advance(letter) for letter in text)


def _length(line: Sequence[Run], size: int) -> float:
    return sum(fonts.loaded(run.font, size).getlength(run.text) for run in line)


def _drawn(block: _Block, align: str) -> Image.Image:
    letters, outlined = (Image.new("L", block.box) for _ in range(2))
    share = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
    left, top = block.outline + block.overhang.left, block.outline + block.overhang.top
    for number, line in enumerate(block.lines):
        x = left + share * (block.width - _length(line, block.size))
        y = top + round(block.size * _LINE) * number + round(block.size * _ASCENT)
        for run in line:
            font = fonts.loaded(run.font, block.size)
            for mask, stroke in ((letters, 0), (outlined, block.outline)):
                ImageDraw.Draw(mask).text(
                    (x, y), run.text, 255, font, anchor="ls", stroke_width=stroke
                )
            x += font.getlength(run.text)
    result = Image.new("RGBA", block.box, "black")
    result.putalpha(outlined)
    white = Image.new("RGBA", block.box, "white")
    white.putalpha(letters)
    result.alpha_composite(white)
    return result
