"""Small pictures of every format, made with Pillow."""

import io
import struct
from typing import Any

from PIL import Image, ImageCms

GPS_DIRECTORY = 0x8825
ORIENTATION = 0x0112


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture whose bytes do not compress to nothing."""
    return Image.radial_gradient("L").resize((width, height)).convert(mode)


def exif(orientation: int | None = None, *, located: bool = False) -> bytes:
    """An EXIF block with an orientation and, if wanted, a position."""
    block = Image.Exif()
    if orientation is not None:
        block[ORIENTATION] = orientation
    if located:
        block.get_ifd(GPS_DIRECTORY).update({0: b"\2\3\0\0", 1: "N", 2: (52.0, 31.0, 12.0)})
    return block.tobytes()


def encoded(image: Image.Image, picture_format: str, **options: Any) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, picture_format, **options)
    return target.getvalue()


def animation(picture_format: str, frames: int, size: tuple[int, int] = (24, 16)) -> bytes:
    """An animated file in which every frame differs."""
    images = [Image.new("RGB", size, (40 * i % 256, 90, 7 * i % 256)) for i in range(frames)]
    return encoded(images[0], picture_format, save_all=True, append_images=images[1:], duration=50)


def swapped_profile() -> bytes:
    """An sRGB profile whose red and blue primaries are exchanged, under another name."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {
        bytes(data[at : at + 4]): at
        for at in range(132, 132 + 12 * struct.unpack_from(">I", data, 128)[0], 12)
    }
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    data[red + 4 : red + 12], data[blue + 4 : blue + 12] = (
        data[blue + 4 : blue + 12],
        data[red + 4 : red + 12],
    )
    name = struct.unpack_from(">II", data, tags[b"desc"] + 4)
    start, length = name
    data[start : start + length] = data[start : start + length].replace(
        b"s\0R\0G\0B", b"x\0y\0z\0w"
    )
    return bytes(data)


def linear_profile() -> bytes:
    """The profile of a linear sRGB, which is called sRGB as well."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for at in range(132, 132 + 12 * struct.unpack_from(">I", data, 128)[0], 12):
        tag, start, _ = struct.unpack_from(">4sII", data, at)
        if tag in (b"rTRC", b"gTRC", b"bTRC"):
            # A curve of type 3: gamma, a, b, c, d.
            data[start + 12 : start + 32] = struct.pack(">5I", *(1 << 16, 1 << 16, 0, 1 << 16, 0))
    return bytes(data)
