"""Making a preview smaller. Runs in a decoder process."""

from collections.abc import Sequence

from services.chassis.pixels.picture import decode, header, normalised, shrunk

MAX_PIXELS = 16_000_000
"""The preview that is made smaller has a sixth of it at most."""
QUALITY = 88
"""As of a preview."""


def scaled(path: str, target: str, sides: Sequence[int]) -> int | None:
    """Writes a JPEG whose longer side has the first of `sides`, in pixels, that is less than what
    it has; gives that one, or None, and writes nothing, if it has none that is less.

    Raises PictureUnreadable and PictureTooDemanding.
    """
    with header(path, MAX_PIXELS) as picture:
        side = next((side for side in sides if side < max(picture.size)), None)
        if side is None:
            return None
        decode(picture, fitting=side)
        image = shrunk(normalised(picture), side)
    image.save(target, "JPEG", quality=QUALITY, optimize=True)
    return side
