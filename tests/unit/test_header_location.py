"""Whether a picture has a position is told of everything that other programs find one in."""

import struct
import zlib
from itertools import pairwise

import pytest

from services.assets.headers.png_text import MAX_INFLATED
from tests.unit.laden import chunk, segment
from tests.unit.pictures import encoded, exif, gradient
from tests.unit.test_header import read

PICTURE = gradient(40, 24)
HERE = b'<rdf:Description my:GPSLatitude="52,31N"/>'
THERE = b"<my:GPSLongitude>13,24E</my:GPSLongitude>"
NOWHERE = b'<rdf:Description photoshop:City="Berlin"/>'
FAR = b" " * 200_000
XMP_TEXT = b"XML:com.adobe.xmp\0"
LOCATED, UNLOCATED = exif(1, located=True), exif(6)


def png(kind: bytes, content: bytes) -> bytes:
    whole = encoded(PICTURE, "PNG")
    return whole[:33] + chunk(kind, content) + whole[33:]


def jpeg(*contents: bytes) -> bytes:
    whole = encoded(PICTURE, "JPEG")
    return whole[:2] + b"".join(segment(0xE1, content) for content in contents) + whole[2:]


def gif(packet: bytes) -> bytes:
    """With XMP as it is kept there: its own bytes pass for the lengths of blocks."""
    whole = encoded(PICTURE, "GIF")
    start = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    return whole[:start] + b"\x21\xff\x0bXMP DataXMP" + packet + trailer + whole[start:]


def profile(name: bytes, content: bytes) -> bytes:
    digits = content.hex().encode()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    return b"\n%s\n%8d\n%s\n" % (name, len(content), b"\n".join(lines))


def texts(keyword: bytes, content: bytes) -> dict[str, bytes]:
    """A PNG for each kind of text."""
    packed = zlib.compress(content)
    return {
        "tEXt": png(b"tEXt", keyword + b"\0" + content),
        "zTXt": png(b"zTXt", keyword + b"\0\0" + packed),
        "iTXt": png(b"iTXt", keyword + b"\0\0\0en\0\0" + content),
        "iTXt compressed": png(b"iTXt", keyword + b"\0\1\0\0\0" + packed),
    }


def extended(*pieces: bytes) -> bytes:
    head = b"http://ns.adobe.com/xmp/extension/\0" + bytes(40)
    return jpeg(*(head + piece for piece in pieces))


def xmp(packet: bytes) -> dict[str, bytes]:
    """A file for each way that XMP is kept in."""
    cut = range(0, len(packet) + 60_000, 60_000)
    return {
        **{f"xmp in {name}": data for name, data in texts(XMP_TEXT[:-1], packet).items()},
        "xmp in webp": encoded(PICTURE, "WEBP", xmp=packet),
        "xmp in avif": encoded(PICTURE, "AVIF", xmp=packet),
        "xmp in gif": gif(packet),
        "extended xmp in jpeg": extended(*(packet[at:to] for at, to in pairwise(cut))),
    }


def profiles(block: bytes) -> dict[str, bytes]:
    """A PNG for each way that EXIF or XMP is kept in as hexadecimal digits."""
    return {
        f"{name} {kind}": data
        for name, content in {"exif": block, "APP1": block}.items()
        for kind, data in texts(
            b"Raw profile type " + name.encode(), profile(name.encode(), content)
        ).items()
    }


def variants(name: str, files: dict[str, bytes]) -> dict[str, bytes]:
    return {f"{name}: {key}": data for key, data in files.items()}


def tiff(*, gps: int) -> bytes:
    """EXIF whose one tag points to a directory at some place."""
    return b"II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8825, 4, 1, gps, 0)


WITH = {
    **variants("latitude", xmp(HERE)),
    **variants("longitude", xmp(THERE)),
    **variants("far", xmp(FAR + HERE)),
    **variants("across", xmp(b" " * (65_536 - 5) + HERE)),
    **variants("utf-16-le", xmp(b"\xff\xfe" + HERE.decode().encode("utf-16-le"))),
    **variants("utf-16-be", xmp(b"\xfe\xff" + HERE.decode().encode("utf-16-be"))),
    **variants("raw", profiles(LOCATED)),
    **variants("raw xmp", texts(b"Raw profile type xmp", profile(b"xmp", HERE))),
    "jpeg xmp": jpeg(b"http://ns.adobe.com/xap/1.0/\0" + HERE),
    "directory elsewhere": jpeg(b"Exif\0\0" + tiff(gps=9_999)),
    "directory cut off": jpeg(b"Exif\0\0" + tiff(gps=26) + b"\1\0\0\0"),
    "far exif": encoded(PICTURE, "WEBP", exif=b"II*\0" + struct.pack("<I", 90_000) + bytes(99_999)),
    "raw without digits": png(b"tEXt", b"Raw profile type exif\0nothing"),
    "raw damaged": png(b"zTXt", b"Raw profile type exif\0\0damaged"),
    "xmp damaged": png(b"iTXt", XMP_TEXT + b"\1\0\0\0damaged"),
    "xmp without head": png(b"iTXt", XMP_TEXT + b"\7"),
    "too much": png(b"iTXt", XMP_TEXT + b"\1\0\0\0" + zlib.compress(bytes(MAX_INFLATED + 1))),
}
WITHOUT = {
    **variants("nowhere", xmp(NOWHERE)),
    **variants("far", xmp(FAR + NOWHERE)),
    **variants("raw", profiles(UNLOCATED)),
    **variants("comment", texts(b"Comment", b"my:GPSLatitude is a name")),
    "comment damaged": png(b"zTXt", b"Comment\0\0damaged"),
    "much": png(b"iTXt", XMP_TEXT + b"\1\0\0\0" + zlib.compress(bytes(MAX_INFLATED // 2))),
}


@pytest.mark.parametrize(
    ("data", "has_location"),
    [(data, True) for data in WITH.values()] + [(data, False) for data in WITHOUT.values()],
    ids=[*(f"with {name}" for name in WITH), *(f"without {name}" for name in WITHOUT)],
)
def test_a_position_is_found_wherever_it_is(data: bytes, has_location: bool) -> None:
    assert read(data).has_location is has_location
    assert read(data, 1_000) == read(data)
    assert (read(data).width, read(data).height) == (40, 24)


def test_what_is_decompressed_of_a_file_has_a_limit() -> None:
    half = XMP_TEXT + b"\1\0\0\0" + zlib.compress(bytes(MAX_INFLATED // 2))
    whole = encoded(PICTURE, "PNG")
    for times, has_location in ((1, False), (3, True)):
        assert read(whole[:33] + chunk(b"iTXt", half) * times + whole[33:]).has_location is (
            has_location
        )


def test_what_is_read_as_digits_has_the_same_limit() -> None:
    digits = profile(b"exif", UNLOCATED + bytes(60_000))
    one = chunk(b"tEXt", b"Raw profile type exif\0" + digits)
    whole = encoded(PICTURE, "PNG")
    for times, has_location in ((30, False), (40, True)):
        assert read(whole[:33] + one * times + whole[33:]).has_location is has_location


def test_an_avif_whose_metadata_is_out_of_sight_may_have_a_position() -> None:
    data = encoded(PICTURE, "AVIF", xmp=NOWHERE)
    assert not read(data).has_location
    assert read(data.replace(b"iloc", b"free")).has_location


def test_blocks_of_xmp_in_a_gif_have_a_limit() -> None:
    assert not read(gif(b"\1x" * 16_000)).has_location
    assert read(gif(b"\1x" * 16_500)).has_location
