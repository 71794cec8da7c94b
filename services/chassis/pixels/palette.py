"""Pictures of 256 colours, for GIF.

Pillow writes of a frame what differs from the ground, which to it is opaque and of the colour that
the first frame's palette has in the place of what is transparent there. So this is a colour that no
frame has, and it stands in front, where Pillow does not move it when it leaves unused ones away.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from PIL import Image

COLOURS = 256
_OPAQUE = 128
"""A GIF's pixels are there or not; from this alpha on they are."""
_GROUND = 0
"""The colour, by its place in the palette, of what is transparent."""


def reduced(frames: Sequence[Image.Image]) -> list[Image.Image]:
    """RGB or RGBA frames, each with a palette of its own, dithered where it has more colours.

    What was transparent by more than half is of the colour that `info["transparency"]` names.
    """
    made = [_reduced(frame) for frame in frames]
    seen = {colour for frame in made for colour in _colours(frame)}
    ground = next(each for each in product(range(COLOURS), repeat=3) if each not in seen)
    for frame in made:
        if "transparency" in frame.info:
            frame.putpalette([*ground, *(frame.getpalette() or [])[3:]])
    return made


def _reduced(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return _with_palette(picture, COLOURS)
    there = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= _OPAQUE))
    if there.getextrema()[0] == 255:
        return _with_palette(picture.convert("RGB"), COLOURS)
    # What nobody sees takes no colour from what is seen.
    seen = Image.new("RGB", picture.size, _some_colour(picture, there))
    seen.paste(picture.convert("RGB"), mask=there)
    coded = _with_palette(seen, COLOURS - 1)
    result = coded.point([*range(1, COLOURS), _GROUND])
    result.putpalette([0, 0, 0, *(coded.getpalette() or [])[: 3 * (COLOURS - 1)]])
    result.paste(_GROUND, mask=there.point(lambda alpha: 255 - alpha))
    result.info["transparency"] = _GROUND
    return result


def _colours(picture: Image.Image) -> Iterator[tuple[int, ...]]:
    """Those of a palette."""
    parts = iter(picture.getpalette() or [])
    return zip(parts, parts, parts, strict=True)


def _some_colour(picture: Image.Image, there: Image.Image) -> tuple[int, ...]:
    box = there.getbbox()
    if box is None:
        return (0, 0, 0)
    row = there.crop((box[0], box[1], box[2], box[1] + 1)).getbbox()
    assert row is not None  # noqa: S101 - the box begins with a row that has something
    colour = picture.getpixel((box[0] + row[0], box[1]))
    assert isinstance(colour, tuple)  # noqa: S101 - the picture is RGBA
    return colour[:3]


def _with_palette(picture: Image.Image, colours: int) -> Image.Image:
    palette = picture.quantize(colours, Image.Quantize.MEDIANCUT)
    if picture.getcolors(colours) is not None:
        return palette
    return picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
