"""Writing pictures, with settings that suit the web and without metadata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from PIL import Image

from services.chassis.pixels.animation import ENDLESS
from services.chassis.pixels.errors import PictureTooDemanding
from services.chassis.pixels.palette import reduced
from services.chassis.pixels.picture import MAX_SIDE, flattened


@dataclass(frozen=True, slots=True)
class Encoder:
    """How one content type is written."""

    format: str
    """Pillow's name."""
    transparent: bool = True
    """Whether it can hold transparency; else the picture is laid on white."""
    animated: bool = False
    """Whether it can hold more than one frame."""
    has_palette: bool = False
    """Whether it has 256 colours at most."""
    longest_side: int = MAX_SIDE
    """Pixels."""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What Pillow's `save` takes."""


ENCODERS: Mapping[str, Encoder] = MappingProxyType(
    {
        "image/webp": Encoder("WEBP", animated=True, longest_side=16_383, options={"quality": 80}),
        "image/avif": Encoder("AVIF", animated=True, options={"quality": 65, "speed": 8}),
        "image/jpeg": Encoder(
            "JPEG",
            transparent=False,
            options={"quality": 85, "optimize": True, "progressive": True},
        ),
        "image/png": Encoder("PNG", animated=True),
        "image/gif": Encoder("GIF", animated=True, has_palette=True),
        "image/bmp": Encoder("BMP", transparent=False),
        "image/x-tga": Encoder("TGA", options={"compression": "tga_rle"}),
        "image/tiff": Encoder("TIFF", options={"compression": "tiff_lzw"}),
    }
)
"""Every content type that can be written."""


def save(
    picture: Image.Image, target: str, content_type: str, *, quality: int | None = None
) -> None:
    """Writes a normalised picture. `content_type` is a key of ENCODERS.

    Raises PictureTooDemanding if the type cannot hold a picture of this size.
    """
    encoder = ENCODERS[content_type]
    _fit(picture, encoder).save(target, encoder.format, **_options(encoder, quality))


def save_animation(
    frames: Sequence[Image.Image],
    durations: Sequence[int],
    target: str,
    content_type: str,
    *,
    plays: int = ENDLESS,
    quality: int | None = None,
) -> None:
    """Writes normalised frames as an animation, durations in milliseconds.

    `content_type` is a key of ENCODERS with `animated`. An AVIF is always shown without end.
    Raises PictureTooDemanding if the type cannot hold a picture of this size.
    """
    encoder = ENCODERS[content_type]
    first, *others = (_fit(frame, encoder) for frame in frames)
    first.save(
        target,
        encoder.format,
        save_all=True,
        append_images=others,
        duration=list(durations),
        **repetition(encoder.format, plays),
        **_options(encoder, quality),
    )


def repetition(picture_format: str, plays: int) -> dict[str, Any]:
    """What Pillow's `save` takes for an animation that is to be shown `plays` times."""
    if picture_format != "GIF":
        return {"loop": plays}
    # What is transparent in a frame shows the ground, not the frame before.
    again = {} if plays == 1 else {"loop": plays and plays - 1}
    return {"disposal": 2, **again}


def _options(encoder: Encoder, quality: int | None) -> Mapping[str, Any]:
    if quality is None or "quality" not in encoder.options:
        return encoder.options
    return {**encoder.options, "quality": quality}


def _fit(picture: Image.Image, encoder: Encoder) -> Image.Image:
    if max(picture.size) > encoder.longest_side:
        raise PictureTooDemanding(
            f"{encoder.format} pictures may have {encoder.longest_side} pixels a side, "
            f"and this one has {picture.width}×{picture.height}"
        )
    if encoder.has_palette:
        return reduced(picture)
    return picture if encoder.transparent else flattened(picture)
