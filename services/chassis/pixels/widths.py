"""The same picture at several widths."""

from collections.abc import Sequence

from PIL import Image

HIGHEST = 16_383
"""Pixels; the most that WebP can hold."""


def at_widths(picture: Image.Image, *, widths: Sequence[int]) -> dict[str, Image.Image]:
    """An RGB or RGBA picture by names such as "w640", each made from the next wider one.

    Widths that would enlarge it, or would make it higher than HIGHEST, are left out.
    """
    made = {}
    narrower = picture
    for width in sorted(widths, reverse=True):
        height = max(1, round(picture.height * width / picture.width))
        if width > picture.width or height > HIGHEST:
            continue
        if width < narrower.width:
            narrower = narrower.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        made[f"w{width}"] = narrower
    return made
