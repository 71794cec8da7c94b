"""The two fixed renditions that every picture can have, as functions for the pixel pool."""

import unicodedata
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TypedDict

from PIL import ExifTags, Image, ImageFile

from services.chassis.pixels.encoding import save
from services.chassis.pixels.errors import BROKEN
from services.chassis.pixels.picture import (
    decode,
    flattened,
    frame_count,
    header,
    normalised,
    opened,
    orientation,
    shrunk,
)

THUMBNAIL_SIDE = 256
"""Pixels."""
PREVIEW_SIDE = 1568
"""Pixels; beyond that, vision models scale down by themselves."""
PREVIEW_BYTES = 1_500_000
"""Longest preview."""
CAMERA_CHARACTERS = 200
_PREVIEW_QUALITIES = (88, 80, 70, 55, 40, 25)


class Rendition(TypedDict):
    """What was written."""

    width: int
    height: int
    content_type: str


class PictureFacts(TypedDict):
    """What can be said of an original without looking at it, as in the proto of that name."""

    width: int
    height: int
    format: str
    has_transparency: bool
    frame_count: int
    camera: str
    taken_at: str


class Preview(Rendition):
    """A preview, with the facts that it no longer holds."""

    facts: PictureFacts


def thumbnail_256(path: str, target: str, max_pixels: int) -> Rendition:
    """Writes a WebP of the first frame that fits 256×256; a smaller picture keeps its size.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    with opened(path, max_pixels, fitting=THUMBNAIL_SIDE) as picture:
        thumbnail = shrunk(normalised(picture), THUMBNAIL_SIDE)
        save(thumbnail, target, "image/webp")
    return Rendition(width=thumbnail.width, height=thumbnail.height, content_type="image/webp")


def preview(path: str, target: str, max_pixels: int) -> Preview:
    """Writes a JPEG of the first frame for a vision model, and says what the original was.

    Upright, RGB, on white where transparent, sides of at most 1568 pixels, at most 1.5 MB, no
    EXIF. Raises PictureUnreadable and PictureTooDemanding.
    """
    with header(path, max_pixels) as picture:
        size = picture.size
        decode(picture, fitting=PREVIEW_SIDE)
        facts = _facts(picture, size)
        image = normalised(picture)
    facts["has_transparency"] = _is_transparent(image)
    image = flattened(shrunk(image, PREVIEW_SIDE))
    Path(target).write_bytes(_jpeg(image))
    return Preview(width=image.width, height=image.height, content_type="image/jpeg", facts=facts)


def _jpeg(picture: Image.Image) -> bytes:
    """The best quality that is short enough."""
    encoded = b""
    for quality in _PREVIEW_QUALITIES:
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        encoded = buffer.getvalue()
        if len(encoded) <= PREVIEW_BYTES:
            break
    return encoded


def _facts(picture: ImageFile.ImageFile, size: tuple[int, int]) -> PictureFacts:
    """The facts of a decoded picture whose header gave `size`."""
    width, height = size if orientation(picture) < 5 else size[::-1]
    exif: dict[int, object] = {}
    with suppress(*BROKEN):
        exif = {**picture.getexif(), **picture.getexif().get_ifd(ExifTags.IFD.Exif)}
    return PictureFacts(
        width=width,
        height=height,
        format="JPEG" if picture.format == "MPO" else picture.format or "",
        has_transparency=False,
        frame_count=frame_count(picture),
        camera=_camera(exif),
        taken_at=_taken_at(exif),
    )


def _is_transparent(picture: Image.Image) -> bool:
    if picture.mode != "RGBA":
        return False
    lowest = picture.getchannel("A").getextrema()[0]
    return isinstance(lowest, int) and lowest < 255


def _camera(exif: dict[int, object]) -> str:
    maker = _cleaned(exif.get(ExifTags.Base.Make))
    model = _cleaned(exif.get(ExifTags.Base.Model))
    # Many models repeat the maker: "NIKON CORPORATION", "NIKON D90".
    if maker and model.lower().startswith(maker.split()[0].lower()):
        maker = ""
    return f"{maker} {model}".strip()[:CAMERA_CHARACTERS].strip()


def _taken_at(exif: dict[int, object]) -> str:
    text = _cleaned(exif.get(ExifTags.Base.DateTimeOriginal))
    with suppress(ValueError):
        return datetime.strptime(text, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
    return ""


def _cleaned(value: object) -> str:
    """Text without control and direction characters, in single spaces; "" for anything else."""
    if not isinstance(value, str):
        return ""
    # Pillow reads EXIF as Latin-1; most writers write UTF-8.
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode()
    seen = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in value)
    return " ".join(seen.split())
