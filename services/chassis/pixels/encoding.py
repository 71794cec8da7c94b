"""Writing pictures, with settings that suit the web and without metadata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from PIL import Image

from services.chassis.pixels.picture import flattened


@dataclass(frozen=True, slots=True)
class Encoder:
    """How one content type is written."""

    format: str
    """Pillow's name."""
    transparent: bool = True
    """Whether it can hold transparency; else the picture is laid on white."""
    animated: bool = False
    """Whether it can hold more than one frame."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What Pillow's `save` takes."""


ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "image/webp": Encoder("WEBP", animated=True, options={"quality": 80}),
        "image/avif": Encoder("AVIF", animated=True, options={"quality": 65, "speed": 8}),
        "image/jpeg": Encoder(
            "JPEG",
            transparent=False,
            options={"quality": 85, "optimize": True, "progressive": True},
        ),
        "image/png": Encoder("PNG", animated=True),
        "image/gif": Encoder("GIF", animated=True),
        "image/bmp": Encoder("BMP", transparent=False),
        "image/x-tga": Encoder("TGA", options={"compression": "tga_rle"}),
        "image/tiff": Encoder("TIFF", options={"compression": "tiff_lzw"}),
    }
)
"""Every content type that can be written."""


def save(picture: Image.Image, target: str, content_type: str) -> None:
    """Writes a normalised picture. `content_type` is a key of ENCODERS."""
    encoder = ENCODERS[content_type]
    _fit(picture, encoder).save(target, encoder.format, **encoder.options)


def save_animation(
    frames: Sequence[Image.Image], durations: Sequence[int], target: str, content_type: str
) -> None:
    """Writes normalised frames as an animation without end, durations in milliseconds.

    `content_type` is a key of ENCODERS with `animated`.
    """
    encoder = ENCODERS[content_type]
    first, *others = (_fit(frame, encoder) for frame in frames)
    first.save(
        target,
        encoder.format,
        save_all=True,
        append_images=others,
        duration=list(durations),
        loop=0,
        **encoder.options,
    )


def _fit(picture: Image.Image, encoder: Encoder) -> Image.Image:
    return picture if encoder.transparent else flattened(picture)
