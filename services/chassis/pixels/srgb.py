"""Colours as sRGB, from whatever a file says of its own, and what is transparent as alpha."""

from contextlib import suppress
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageFile

from services.chassis.pixels.errors import BROKEN

_GAMMA = 1 / 2.2
_SAME_GAMMA = 0.05
"""So much of it nobody sees; as in libpng."""
_DEEP = 65_536
"""Values that 16 bits have."""
_SAME_COLOUR = 1
_SCALES = {"1": (1, 255), "L;2": (3, 85), "L;4": (15, 17), "L": (255, 1)}
"""For Pillow's names of greys in files: the bits that count, and what they are multiplied by."""


def mark_transparent(picture: ImageFile.ImageFile) -> None:
    """Brings the transparent colour of a PNG that was just opened into the range of its pixels.

    Pillow gives the number in the file, but scales pixels of other than 8 bits. That of 16-bit
    grey stays; of 16-bit RGB nothing but the upper bytes is left to compare.
    """
    colour = picture.info.get("transparency")
    if picture.format != "PNG" or not picture.tile:
        return
    coded = picture.tile[0].args
    if coded in _SCALES and isinstance(colour, int):
        bits, scale = _SCALES[str(coded)]
        # Of one bit, Pillow has scaled it already.
        picture.info["transparency"] = (colour & bits) * scale
    elif coded == "RGB;16B" and isinstance(colour, tuple):
        picture.info["transparency"] = tuple(value >> 8 for value in colour)


def to_srgb(picture: Image.Image) -> Image.Image:
    """The picture in RGB or, with transparency, RGBA, colours converted to sRGB.

    A colour profile that cannot be read is dropped. 16-bit grey is scaled. May return the
    same object; its `info` is emptied either way, so that no metadata reaches an encoder.
    """
    profile = picture.info.get("icc_profile")
    gamma = None if profile or "srgb" in picture.info else picture.info.get("gamma")
    if picture.mode.startswith("I"):
        picture = _of_8_bits(picture)
    result = _converted(picture, profile) if profile else None
    if result is None:
        mode = "RGBA" if picture.has_transparency_data else "RGB"
        result = picture if picture.mode == mode else picture.convert(mode)
    if isinstance(gamma, float) and gamma > 0 and abs(gamma / _GAMMA - 1) >= _SAME_GAMMA:
        result = _with_gamma(result, gamma)
    result.info = {}
    return result


def _of_8_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits in 8, with alpha where one of its values is transparent."""
    transparent = picture.info.get("transparency")
    # Pillow's own conversion would clip: 40000 of 65535 would turn white.
    result = picture.point(lambda value: value * (255 / 65535)).convert("L")
    result.info.pop("transparency", None)
    if isinstance(transparent, int):
        seen = [255] * _DEEP
        seen[transparent % _DEEP] = 0
        result.putalpha(picture.convert("I").point(seen, "L"))
    return result


def _with_gamma(picture: Image.Image, gamma: float) -> Image.Image:
    """An RGB or RGBA picture whose colours had another gamma."""
    power = _GAMMA / gamma
    curve = [round(255 * (value / 255) ** power) for value in range(256)]
    alpha = list(range(256)) if picture.mode == "RGBA" else []
    return picture.point(curve * 3 + alpha)


def _converted(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The colours in sRGB as the profile says; None where they are already or it cannot be used."""
    from PIL import ImageCms

    alpha = None
    if picture.has_transparency_data:
        picture = picture.convert("LA" if picture.mode == "LA" else "RGBA")
        alpha = picture.getchannel("A")
    if picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("L" if picture.mode in ("LA", "1") else "RGB")
    with suppress(ImageCms.PyCMSError, *BROKEN):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(
            source, ImageCms.createProfile("sRGB"), picture.mode, "RGB"
        )
        if picture.mode != "CMYK":
            # What a profile is called says nothing: there is a linear sRGB, too.
            colours = _some_colours(picture.mode)
            shown = ImageCms.applyTransform(colours, transform)
            if shown is not None and _are_same(colours.convert("RGB"), shown):
                return None
        result = ImageCms.applyTransform(picture, transform)
        if result is not None and alpha is not None:
            result.putalpha(alpha)
        return result
    return None


@lru_cache(maxsize=2)
def _some_colours(mode: str) -> Image.Image:
    """All greys, and in RGB also steps of red, green and blue in all combinations."""
    greys = Image.frombytes("L", (256, 1), bytes(range(256))).convert(mode)
    if mode == "L":
        return greys
    steps = range(0, 256, 51)
    colours = bytes(part for r in steps for g in steps for b in steps for part in (r, g, b))
    result = Image.new("RGB", (256, 2))
    result.paste(greys)
    result.paste(Image.frombytes("RGB", (len(steps) ** 3, 1), colours), (0, 1))
    return result


def _are_same(one: Image.Image, other: Image.Image) -> bool:
    extrema = ImageChops.difference(one, other).getextrema()
    return all(isinstance(most, int) and most <= _SAME_COLOUR for _, most in extrema)  # type: ignore[misc]
