"""Functions of steps that the tests have run on pictures, in decoder processes."""

from PIL import Image, ImageOps


def bordered(picture: Image.Image, *, width: int) -> Image.Image:
    """The picture in a black frame."""
    return ImageOps.expand(picture, width)


def mistaken(picture: Image.Image) -> Image.Image:
    """Has a bug."""
    raise KeyError("no such thing")
