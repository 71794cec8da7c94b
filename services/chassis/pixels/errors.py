"""What can go wrong with a picture, in words for the person who uploaded it."""

import struct
import zlib

from services.chassis.errors import Unavailable

BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise on bytes that are not what they claim to be."""


class PictureError(Exception):
    """Work on one picture failed. The message is for people and holds no file path."""


class PictureUnreadable(PictureError):
    """The bytes cannot be decoded: broken, truncated, or of a format that is not accepted."""


class PictureTooDemanding(PictureError):
    """Too many pixels or frames, or the memory limit or the deadline was passed."""


class DecoderDied(PictureError):
    """The picture was given up: two processes ended while they worked on it."""


class PixelWorkFailed(PictureError):
    """The function itself raised something unforeseen; its traceback is in the log."""


class PixelWorkRefused(PictureError):
    """The function itself says why it does not do its work."""


class NoDecoder(Unavailable):
    """No process could be had to work on the picture, which is not the picture's fault."""

    def __init__(self, how: str) -> None:
        super().__init__(
            "SERVICE_UNAVAILABLE",
            f"no decoder could be started ({how}); this machine may be short of memory or of "
            "processes, try again later",
        )


BY_NAME: dict[str, type[PictureError]] = {
    error.__name__: error
    for error in (
        PictureUnreadable,
        PictureTooDemanding,
        DecoderDied,
        PixelWorkFailed,
        PixelWorkRefused,
    )
}
"""How an error travels from a decoder process: by the name of its class."""
