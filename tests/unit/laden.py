"""Pictures that carry every kind of metadata, each with SECRET in it."""

import struct
import zlib
from typing import Any

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from tests.unit.pictures import encoded, exif, gradient

SECRET = b"SECRET-52.5200N"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + SECRET + b"</x:xmpmeta>"
SIZE = (64, 48)


def secret_exif(orientation: int | None = None) -> bytes:
    """EXIF with a position, a maker's note and a description."""
    block = Image.Exif()
    block.load(exif(orientation, located=True))
    block[0x010E] = SECRET.decode()
    block.get_ifd(0x8769)[0x927C] = SECRET * 4
    return block.tobytes()


def coloured(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture that looks different whichever way it is turned."""
    picture = gradient(*size)
    picture.paste((200, 30, 40), (0, 0, size[0] // 4, size[1] // 3))
    picture.paste((20, 60, 220), (size[0] // 2, 0, size[0], size[1] // 5))
    if mode.endswith("A"):
        picture.putalpha(gradient(*size, "L"))
    if mode == "I;16":
        return gradient(*size, "L").convert("I;16").point(lambda value: value * 257)
    return picture.convert(mode)


def moving(mode: str = "RGB") -> list[Image.Image]:
    """Three frames."""
    return [coloured(mode).rotate(angle) for angle in (0, 120, 240)]


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    """Two EXIF blocks, XMP, IPTC, MPF, two thumbnails, comments and a second picture."""
    given = {"exif": secret_exif(), "comment": SECRET, "icc_profile": PROFILE, "xmp": XMP}
    whole = encoded(coloured(mode), "JPEG", **given | options)
    marks = (
        (0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1" + b"RGB"),
        (0xE0, b"JFXX\0\x10" + SECRET),
        (0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET),
        (0xE2, b"MPF\0" + SECRET),
        (0xED, b"Photoshop 3.0\x008BIM" + SECRET),
        (0xEC, b"Ducky" + SECRET),
        (0xEF, SECRET),
    )
    segments = b"".join(segment(marker, content) for marker, content in marks)
    return whole[:2] + segments + whole[2:] + encoded(coloured(), "JPEG", comment=SECRET) + SECRET


def segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def png(picture: Image.Image | None = None, **options: Any) -> bytes:
    """Texts of all three kinds, EXIF, a time, a private chunk, a named colour profile.

    There is something in the end chunk, and behind it.
    """
    texts = PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_text("Packed", SECRET.decode(), zip=True)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    given = {"exif": secret_exif(), "dpi": (300, 300), "pnginfo": texts}
    whole = encoded(picture or coloured(), "PNG", **given | options)
    head, rest = whole[:33], whole[33:-12]
    more = chunk(b"tIME", bytes(7)) + chunk(b"seCr", SECRET) + chunk(b"gAMA", b"\0\0\xb1\x8f")
    profile = chunk(b"iCCP", SECRET + b"\0\0" + zlib.compress(PROFILE))
    return head + more + profile + rest + chunk(b"IEND", SECRET) + SECRET


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def webp(picture: Image.Image | None = None, **options: Any) -> bytes:
    """EXIF, XMP, an unknown chunk, and something behind the end."""
    given = {"exif": secret_exif(), "xmp": XMP, "icc_profile": PROFILE}
    whole = encoded(picture or coloured(), "WEBP", **given | options)
    odd = riff(b"seCr", SECRET + b"!" * (1 - len(SECRET) % 2))
    whole += odd
    return whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:] + SECRET


def riff(kind: bytes, content: bytes) -> bytes:
    """A chunk of a WebP."""
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def gif(picture: Image.Image | None = None, **options: Any) -> bytes:
    """A comment, XMP, text, a colour profile, and something behind the end."""
    whole = encoded((picture or coloured()).quantize(64), "GIF", comment=SECRET, **options)
    start = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    extensions = (
        b"\x21\xff\x0bXMP DataXMP" + blocks(XMP),
        b"\x21\xf9" + blocks(b"\0\0\0\0"),
        b"\x21\x01" + blocks(bytes(12), SECRET),
        b"\x21\xff\x0bICCRGBG1012" + blocks(PROFILE[:200]),
        b"\x21\xfe" + blocks(SECRET),
    )
    return whole[:start] + b"".join(extensions) + whole[start:] + SECRET


def blocks(*contents: bytes) -> bytes:
    """Sub-blocks of a GIF."""
    parts = (content[at : at + 255] for content in contents for at in range(0, len(content), 255))
    return b"".join(bytes((len(part),)) + part for part in parts) + b"\0"


def avif(picture: Image.Image | None = None, **options: Any) -> bytes:
    """EXIF, XMP, and boxes that nobody knows."""
    given = {"exif": secret_exif(), "xmp": XMP, "icc_profile": PROFILE}
    whole = encoded(picture or coloured(), "AVIF", **given | options)
    return whole + box(b"uuid", bytes(16) + SECRET) + box(b"free", SECRET)


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an AVIF."""
    return struct.pack(">I", len(content) + 8) + kind + content
