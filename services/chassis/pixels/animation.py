"""Animations: which frames are shown, for how long, and how often."""

from collections.abc import Iterator

from PIL import Image, ImageFile

from services.chassis.pixels.picture import decoding, frame_count, load, upright

ANIMATED_PIXELS = 50_000_000
"""Most pixels of all frames together that an animation is made of; they are in memory at once."""
ENDLESS = 0
_WITH_DECODERS = ("WEBP", "AVIF")


def shown(picture: ImageFile.ImageFile) -> range:
    """The frames that an animation shows: without a PNG's picture for who knows no animations."""
    count = frame_count(picture)
    return range(1 if count > 1 and picture.info.get("default_image") else 0, count)


def is_kept(picture: ImageFile.ImageFile) -> bool:
    """Whether a picture is an animation, and one that is small enough to be made as such."""
    count = len(shown(picture))
    return count > 1 and count * picture.width * picture.height <= ANIMATED_PIXELS


def frames(picture: ImageFile.ImageFile) -> Iterator[tuple[Image.Image, int]]:
    """The frames that are shown, upright, each with its duration in milliseconds.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    indices = shown(picture)
    # A decoder that knows animations draws the next frame on the picture, and keeps its memory
    # as long as there is the picture.
    is_copied = len(indices) > 1 or picture.format in _WITH_DECODERS
    for index in indices:
        with decoding():
            picture.seek(index)
            load(picture)
        duration = int(picture.info.get("duration", 0))
        yield upright(picture.copy() if is_copied else picture), duration


def plays(picture: ImageFile.ImageFile) -> int:
    """How often an animation is shown, or ENDLESS. Of an AVIF that is not known."""
    loop = picture.info.get("loop")
    if picture.format != "GIF":
        return int(loop or ENDLESS)
    # A GIF says how often it is shown again, or nothing.
    if loop is None:
        return 1
    return int(loop) + 1 if loop else ENDLESS
