"""What can go wrong with a picture, in words for the person who uploaded it."""


class PictureError(Exception):
    """Work on one picture failed. The message is for people and holds no file path."""


class PictureUnreadable(PictureError):
    """The bytes cannot be decoded: broken, truncated, or of a format that is not accepted."""


class PictureTooDemanding(PictureError):
    """Too many pixels or frames, or the memory limit or the deadline was passed."""


class DecoderDied(PictureError):
    """The process that worked on the picture ended without an answer."""


class PixelWorkFailed(PictureError):
    """The function itself raised something unforeseen; its traceback is in the log."""


BY_NAME: dict[str, type[PictureError]] = {
    error.__name__: error
    for error in (PictureUnreadable, PictureTooDemanding, DecoderDied, PixelWorkFailed)
}
"""How an error travels from a decoder process: by the name of its class."""
