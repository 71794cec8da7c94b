"""Pictures of 256 colours, for GIF."""

from PIL import Image

COLOURS = 256
_OPAQUE = 128
"""A GIF's pixels are there or not; from this alpha on they are."""


def reduced(picture: Image.Image) -> Image.Image:
    """An RGB or RGBA picture with a palette of its own, dithered where it has more colours.

    Where it was transparent by more than half, it is of the colour that `info["transparency"]`
    names.
    """
    if picture.mode != "RGBA":
        return _with_palette(picture, COLOURS)
    there = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= _OPAQUE))
    if there.getextrema()[0] == 255:
        return _with_palette(picture.convert("RGB"), COLOURS)
    # What nobody sees takes no colour from what is seen.
    seen = Image.new("RGB", picture.size, _some_colour(picture, there))
    seen.paste(picture.convert("RGB"), mask=there)
    result = _with_palette(seen, COLOURS - 1)
    palette = (result.getpalette() or [])[: 3 * (COLOURS - 1)]
    result.putpalette(palette + [0] * (3 * COLOURS - len(palette)))
    result.paste(COLOURS - 1, mask=there.point(lambda alpha: 255 - alpha))
    result.info["transparency"] = COLOURS - 1
    return result


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
