"""Measuring a picture: which colours it has, and how bright it is."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any, Self

from PIL import Image

from services.chassis.pixels.picture import decode, header
from services.providers.local_engine.colors import Rgb, color_name, lab

MAX_PIXELS = 16_000_000
"""The preview that is measured has a sixth of it at most."""
_SIDE = 96
_PALETTE = 16
_LEAST_SHARE = 0.04


@dataclass(frozen=True, slots=True)
class ColorShare:
    """A colour and the part of the picture it covers, from 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be measured without knowing what is shown."""

    colors: tuple[ColorShare, ...]
    """Most common first; those that cover less than a twenty-fifth are left out."""
    lightness: float
    """Mean, from 0 (black) to 100 (white)."""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Reads what `analysed` gave."""
        return cls(
            colors=tuple(ColorShare(**color) for color in document["colors"]),
            lightness=document["lightness"],
        )


def analysed(path: str) -> dict[str, Any]:
    """Measures the picture at `path`; called in a decoder process, so that the result is JSON.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    with header(path, MAX_PIXELS) as picture:
        decode(picture, fitting=_SIDE)
        small = picture.convert("RGB")
    return asdict(measured(small))


def measured(picture: Image.Image) -> Analysis:
    """Measures an RGB picture."""
    small = picture.copy()
    small.thumbnail((_SIDE, _SIDE))
    palette = _palette(small)
    shares: defaultdict[str, float] = defaultdict(float)
    for rgb, share in palette:
        shares[color_name(rgb)] += share
    return Analysis(
        colors=tuple(
            ColorShare(name, round(share, 3))
            for name, share in sorted(shares.items(), key=itemgetter(1), reverse=True)
            if share >= _LEAST_SHARE
        ),
        lightness=round(sum(lab(rgb)[0] * share for rgb, share in palette), 1),
    )


def _palette(picture: Image.Image) -> list[tuple[Rgb, float]]:
    """The picture's typical colours, each with the part of the picture it stands for."""
    reduced = picture.quantize(_PALETTE, method=Image.Quantize.MEDIANCUT, kmeans=3)
    entries = reduced.getpalette() or []
    counts = reduced.getcolors() or []
    total = picture.width * picture.height
    return [
        ((entries[3 * index], entries[3 * index + 1], entries[3 * index + 2]), count / total)
        for count, index in counts
        if isinstance(index, int)
    ]
