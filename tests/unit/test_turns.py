"""The header of an asset and what is made of it agree which way up it is, as browsers see it."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from services.chassis.pixels.picture import header, orientation, upright
from tests.unit.laden import chunk, segment
from tests.unit.pictures import encoded, exif, gradient
from tests.unit.test_header import read

BYTE, SHORT, LONG = 1, 3, 4
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def tiff(value: int, kind: int = SHORT, count: int = 1, order: str = "<") -> bytes:
    """EXIF with one tag: an orientation."""
    values = {BYTE: "Bxxx", SHORT: "Hxx", LONG: "I"}[kind]
    return (
        {"<": b"II*\0", ">": b"MM\0*"}[order]
        + struct.pack(f"{order}IHHHI", 8, 1, 0x0112, kind, count)
        + struct.pack(f"{order}{values}", value)
        + bytes(4)
    )


PICTURE = gradient(40, 24)
JPEG, PNG, WEBP = (encoded(PICTURE, name) for name in ("JPEG", "PNG", "WEBP"))


def jpeg(*blocks: bytes) -> bytes:
    segments = b"".join(segment(0xE1, b"Exif\0\0" + block) for block in blocks)
    return JPEG[:2] + segments + JPEG[2:]


def png(*chunks: tuple[bytes, bytes], late: bytes = b"") -> bytes:
    return PNG[:33] + b"".join(chunk(*each) for each in chunks) + PNG[33:-12] + late + PNG[-12:]


def raw_profile(block: bytes) -> bytes:
    content = b"Exif\0\0" + block
    return b"\nexif\n%8d\n" % len(content) + content.hex().encode() + b"\n"


def xmp_text() -> PngInfo:
    texts = PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return texts


FLAGGED = encoded(PICTURE, "WEBP", exif=tiff(6))
FLAGS = FLAGGED.index(b"VP8X") + 8
AVIF = encoded(PICTURE, "AVIF", exif=exif(6))
ANGLE = AVIF.index(b"irot") + 4
IRRELEVANT = (b"tEXt", b"Comment\0nothing")

CASES = {
    "no exif": (jpeg(), 1),
    **{f"short {value}": (jpeg(tiff(value)), value) for value in range(1, 9)},
    "short 0": (jpeg(tiff(0)), 1),
    "short 9": (jpeg(tiff(9)), 1),
    "short big-endian": (jpeg(tiff(6, order=">")), 6),
    "byte": (jpeg(tiff(6, BYTE)), 1),
    "long": (jpeg(tiff(6, LONG)), 1),
    "long big-endian": (jpeg(tiff(6, LONG, order=">")), 1),
    "count 0": (jpeg(tiff(6, count=0)), 1),
    "count 2": (jpeg(tiff(6, count=2)), 1),
    "first of two": (jpeg(tiff(8), tiff(1)), 8),
    "second of two": (jpeg(tiff(1), tiff(6)), 1),
    "first is broken": (jpeg(b"junk", tiff(6)), 1),
    "jpeg xmp": (encoded(PICTURE, "JPEG", xmp=XMP), 1),
    "jpeg exif before xmp": (encoded(PICTURE, "JPEG", xmp=XMP, exif=exif(3)), 3),
    "png": (png((b"eXIf", tiff(6))), 6),
    "png with a prefix": (png((b"eXIf", b"Exif\0\0" + tiff(6))), 6),
    "png first of two": (png((b"eXIf", tiff(6)), IRRELEVANT, (b"eXIf", tiff(1))), 6),
    "png behind the pixels": (png(late=chunk(b"eXIf", tiff(6))), 1),
    "png long": (png((b"eXIf", tiff(6, LONG))), 1),
    "png xmp": (encoded(PICTURE, "PNG", pnginfo=xmp_text()), 1),
    "png text": (png((b"tEXt", b"exif\0" + tiff(6))), 1),
    "png raw profile": (png((b"tEXt", b"Raw profile type exif\0" + raw_profile(tiff(6)))), 1),
    "png compressed raw profile": (
        png((b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile(tiff(6))))),
        1,
    ),
    "webp": (FLAGGED, 6),
    "webp long": (encoded(PICTURE, "WEBP", exif=tiff(6, LONG)), 1),
    "webp xmp": (encoded(PICTURE, "WEBP", xmp=XMP), 1),
    "webp exif without its flag": (FLAGGED[:FLAGS] + b"\0" + FLAGGED[FLAGS + 1 :], 1),
    "avif": (encoded(PICTURE, "AVIF", exif=exif(6)), 6),
    "avif mirrored": (encoded(PICTURE, "AVIF", exif=exif(2)), 2),
    "avif xmp": (encoded(PICTURE, "AVIF", xmp=XMP), 1),
    "avif exif of another turn": (AVIF[:ANGLE] + b"\0" + AVIF[ANGLE + 1 :], 1),
    "gif xmp": (encoded(PICTURE, "GIF", xmp=XMP), 1),
}


@pytest.mark.parametrize(("data", "wanted"), CASES.values(), ids=list(CASES))
def test_both_see_the_same_turn(tmp_path: Path, data: bytes, wanted: int) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    told = read(data)
    assert (told.width, told.height) == ((24, 40) if wanted >= 5 else (40, 24))
    with header(path, 1_000_000) as picture:
        assert orientation(picture) == wanted
        picture.load()
        assert orientation(picture) == wanted
        turned = upright(picture)
        assert turned.size == (told.width, told.height)
        assert isinstance(turned, Image.Image)
        assert upright(turned) is turned
