"""The one safe way to open a picture from a stranger, and to bring it into one shape.

Runs in a decoder process (`services.chassis.pixels.child`), never on an event loop.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Imported by name: otherwise Pillow loads every plugin it has when it first meets WebP or AVIF.
from PIL import (
    AvifImagePlugin,
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    JpegImagePlugin,  # noqa: F401
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

from services.chassis.pixels import png_rows
from services.chassis.pixels.errors import BROKEN, PictureTooDemanding, PictureUnreadable
from services.chassis.pixels.gif_ground import make_transparent
from services.chassis.pixels.srgb import mark_transparent, to_srgb
from services.chassis.pixels.turn import turn_of

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
"""What is ever decoded, by Pillow's names."""
ANIMATED_FORMATS = ("GIF", "WEBP", "AVIF", "PNG")
MAX_SIDE = 30_000
"""Pixels."""
MAX_FRAMES = 200
TEXT_BYTES = 16 * 1024**2
"""Longest text or colour profile of a PNG, once it is inflated."""

_ORIENTATION = (0x0112, 1)
"""Key of a picture's `info`; no string, since each text of a PNG becomes a key there."""
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A pool has a child for each core already; each further thread takes address space.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# Programs write long histories into XMP. Of all texts together Pillow takes 64 MiB.
PngImagePlugin.MAX_TEXT_CHUNK = TEXT_BYTES


@contextmanager
def decoding() -> Iterator[None]:
    """Turns what decoders raise into a PictureUnreadable or PictureTooDemanding."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureTooDemanding(
            f"the picture has more than the {Image.MAX_IMAGE_PIXELS} pixels that one may have"
        ) from None
    except UnidentifiedImageError:
        raise PictureUnreadable(
            "the bytes have no readable header of a JPEG, PNG, WebP, GIF or AVIF"
        ) from None
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the file system's fault, not the picture's
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        if "MAX_TEXT_CHUNK" in reason:
            raise PictureTooDemanding(
                f"a text or colour profile of the PNG has more than {TEXT_BYTES // 1024**2} MiB"
            ) from None
        if "memory" in reason.lower():
            raise PictureTooDemanding("the picture needs more memory than one may take") from None
        raise PictureUnreadable(f"the picture cannot be decoded: {reason}") from None


@contextmanager
def header(path: str | Path, max_pixels: int) -> Iterator[ImageFile.ImageFile]:
    """Opens a picture and checks its size and frames, all told by the header; `decode` comes next.

    Raises PictureUnreadable, or PictureTooDemanding with more than `max_pixels` pixels,
    MAX_SIDE pixels on a side or MAX_FRAMES frames.
    """
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Pillow only warns of what is just over the limit; a GIF's later frames may be larger.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with decoding():
                picture = Image.open(path, formats=FORMATS)
            with picture:
                with decoding():
                    _check(picture)
                    mark_transparent(picture)
                    picture.info[_ORIENTATION] = turn_of(picture, path)
                yield picture
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def decode(picture: ImageFile.ImageFile, *, fitting: int | None = None) -> None:
    """Decodes the first frame.

    `fitting` is the longest side that will be needed, in pixels: a JPEG is then decoded at a
    fraction of its size, not below that, and `picture.size` is the fraction's from then on.

    Raises PictureUnreadable or PictureTooDemanding.
    """
    with decoding():
        if fitting is not None and picture.format in ("JPEG", "MPO"):
            picture.draft("RGB", fitted(picture.size, fitting))
        load(picture)
        if picture.format == "PNG":
            png_rows.check(picture)


def load(picture: ImageFile.ImageFile) -> None:
    """Decodes the frame that was sought, inside of `decoding`."""
    picture.load()
    make_transparent(picture)


@contextmanager
def opened(
    path: str | Path, max_pixels: int, *, fitting: int | None = None
) -> Iterator[ImageFile.ImageFile]:
    """`header` and `decode` in one, with the arguments and errors of both."""
    with header(path, max_pixels) as picture:
        decode(picture, fitting=fitting)
        yield picture


def _check(picture: ImageFile.ImageFile) -> None:
    width, height = picture.size
    if max(width, height) > MAX_SIDE:
        raise PictureTooDemanding(
            f"the picture has {width}×{height} pixels; a side may have {MAX_SIDE}"
        )
    if (frames := frame_count(picture)) > MAX_FRAMES:
        raise PictureTooDemanding(
            f"the picture has {frames} frames; at most {MAX_FRAMES} are decoded"
        )


def frame_count(picture: ImageFile.ImageFile) -> int:
    """How many frames an animation has, else 1. A JPEG's extra pictures (MPO) are no frames."""
    if picture.format not in ANIMATED_FORMATS:
        return 1
    return int(getattr(picture, "n_frames", 1))


def orientation(picture: Image.Image) -> int:
    """How a picture from `header`, or a copy of one, is to be turned: 1 to 8, as in EXIF."""
    return int(picture.info.get(_ORIENTATION, 1))


def upright(picture: Image.Image) -> Image.Image:
    """The picture as it is meant to be seen; the same object where nothing has to turn."""
    turn = _TURNS.get(orientation(picture))
    if turn is None:
        return picture
    turned = picture.transpose(turn)
    del turned.info[_ORIENTATION]
    return turned


def normalised(picture: Image.Image) -> Image.Image:
    """Upright, in sRGB, RGB or RGBA, without metadata."""
    return to_srgb(upright(picture))


def flattened(picture: Image.Image) -> Image.Image:
    """An RGB or RGBA picture on white, in RGB."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """A size of the same shape with sides of at most `longest` pixels, never a larger one."""
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def shrunk(picture: Image.Image, longest: int) -> Image.Image:
    """Fits an RGB or RGBA picture into a square; the same object where it fits already."""
    size = fitted(picture.size, longest)
    if size == picture.size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
