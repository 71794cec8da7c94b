"""Writing pictures, with settings that suit the web and without metadata."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    """Whether it has 256 colours at most, one of which may be transparent."""
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

    Raises PictureTooDemanding if the type cannot hold a picture of this size, or memory is lacking.
    """
    encoder = ENCODERS[content_type]
    with _encoding(picture, encoder):
        (fit,) = _fit([picture], encoder)
        fit.save(target, encoder.format, **_options(encoder, quality))


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
    Raises PictureTooDemanding if the type cannot hold a picture of this size, or memory is lacking.
    """
    encoder = ENCODERS[content_type]
    with _encoding(frames[0], encoder):
        first, *others = _fit(frames, encoder)
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


@contextmanager
def _encoding(picture: Image.Image, encoder: Encoder) -> Iterator[None]:
    """Refuses what is too large, and turns what an encoder raises into a PictureTooDemanding."""
    if max(picture.size) > encoder.longest_side:
        raise PictureTooDemanding(
            f"{encoder.format} pictures may have {encoder.longest_side} pixels a side, "
            f"and this one has {picture.width}×{picture.height}"
        )
    try:
        yield
    except (RuntimeError, ValueError) as error:
        # An encoder that knows no MemoryError says what it was about to do.
        raise PictureTooDemanding(
            f"{picture.width}×{picture.height} pixels could not be written as {encoder.format}, "
            f"most likely for want of memory: {str(error)[:200]}"
        ) from error


def _options(encoder: Encoder, quality: int | None) -> Mapping[str, Any]:
    if quality is None or "quality" not in encoder.options:
        return encoder.options
    return {**encoder.options, "quality": quality}


def _fit(frames: Sequence[Image.Image], encoder: Encoder) -> Sequence[Image.Image]:
    if encoder.has_palette:
        return reduced(frames)
    return frames if encoder.transparent else [flattened(frame) for frame in frames]
