"""The header reader on bad files: always a typed refusal, and as early as can be."""

import random
import struct
import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from services.assets.headers import (
    DimensionsTooLarge,
    FileEmpty,
    FileInvalid,
    Header,
    HeaderReader,
    TypeNotAllowed,
)
from tests.unit.pictures import animation, encoded, exif, gradient

REFUSALS = (DimensionsTooLarge, FileEmpty, FileInvalid, TypeNotAllowed)
SMALL = {
    "jpeg": encoded(gradient(16, 8), "JPEG", exif=exif(6, located=True)),
    "png": encoded(gradient(16, 8), "PNG", exif=exif(6, located=True)),
    "gif": animation("GIF", 3),
    "webp": encoded(gradient(16, 8), "WEBP", exif=exif(6, located=True)),
    "webp animated": animation("WEBP", 3),
    "avif": encoded(gradient(16, 8), "AVIF", exif=exif(6, located=True)),
    "avif animated": animation("AVIF", 3),
}
small_files = pytest.mark.parametrize("data", SMALL.values(), ids=SMALL)


def read(data: bytes, max_pixels: int = 50_000_000, max_frames: int = 200) -> Header:
    reader = HeaderReader(max_pixels, max_frames=max_frames)
    reader.feed(data)
    return reader.finish()


def png_head(width: int, height: int) -> bytes:
    content = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0d" + content + struct.pack(">I", zlib.crc32(content))


def jpeg_head(width: int, height: int) -> bytes:
    return b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + bytes(12)


def gif_head(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(3)


def webp_head(width: int, height: int) -> bytes:
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\xff\xff\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + canvas


def avif_head(width: int, height: int) -> bytes:
    ispe = b"\0\0\0\x14ispe" + struct.pack(">III", 0, width, height)
    ipco = struct.pack(">I", 8 + len(ispe)) + b"ipco" + ispe
    iprp = struct.pack(">I", 8 + len(ipco)) + b"iprp" + ipco
    meta = struct.pack(">I", 12 + len(iprp)) + b"meta\0\0\0\0" + iprp
    return b"\0\0\0\x14ftypavif\0\0\0\0avif" + meta


@small_files
def test_every_prefix_is_refused_and_the_whole_is_taken(data: bytes) -> None:
    read(data)
    for length in range(len(data)):
        with pytest.raises(REFUSALS):
            read(data[:length])


@small_files
def test_damage_is_refused_or_read_but_never_breaks(data: bytes) -> None:
    chance = random.Random(20260408)
    for _ in range(3000):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(damaged))
            damaged[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        if chance.random() < 0.3:
            del damaged[chance.randrange(len(damaged)) :]
        try:
            header = read(bytes(damaged), max_pixels=10_000)
        except REFUSALS:
            continue
        assert 0 < header.width * header.height <= 10_000
        assert 1 <= header.frame_count <= 200


@pytest.mark.parametrize("head", [png_head, jpeg_head, webp_head, gif_head, avif_head])
@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (30_001, 1), (1, 30_001)])
def test_a_bomb_is_refused_from_its_first_bytes(
    head: Callable[[int, int], bytes], width: int, height: int
) -> None:
    reader = HeaderReader(50_000_000)
    with pytest.raises(DimensionsTooLarge) as refusal:
        reader.feed(head(width, height))
    assert refusal.value.reason == "ASSET_DIMENSIONS_TOO_LARGE"
    assert str(width) in refusal.value.message


@pytest.mark.parametrize("head", [png_head, jpeg_head, avif_head])
def test_a_side_of_zero_is_invalid(head: Callable[[int, int], bytes]) -> None:
    with pytest.raises(FileInvalid):
        read(head(0, 5))


@pytest.mark.parametrize("picture_format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_too_many_frames_are_refused(picture_format: str) -> None:
    data = animation(picture_format, 5)
    assert read(data, max_frames=5).frame_count == 5
    with pytest.raises(DimensionsTooLarge, match="frames"):
        read(data, max_frames=4)


def test_a_large_gif_frame_on_a_small_screen_is_refused() -> None:
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 40_000, 40_000) + b"\0"
    with pytest.raises(DimensionsTooLarge):
        read(gif_head(1, 1) + frame)


def test_no_bytes_are_an_empty_file() -> None:
    reader = HeaderReader(100)
    reader.feed(b"")
    with pytest.raises(FileEmpty):
        reader.finish()


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7 and so on",
        b"BM" + bytes(60),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\xff\xd8",
    ],
)
def test_other_types_are_not_allowed(data: bytes) -> None:
    with pytest.raises(TypeNotAllowed) as refusal:
        read(data)
    assert refusal.value.reason == "ASSET_CONTENT_TYPE_NOT_ALLOWED"


@pytest.mark.parametrize("name", ["jpeg", "gif"])
def test_a_file_without_image_is_invalid(name: str) -> None:
    data = {"jpeg": b"\xff\xd8\xff\xd9", "gif": gif_head(5, 5) + b"\x3b"}[name]
    with pytest.raises(FileInvalid, match="holds no image"):
        read(data)


@pytest.mark.parametrize(
    "filler",
    [b"\xff", b"\xff\xfe\0\2", b"\x01\x00", b"!\xfe\0", b"\0\0\0\0tEXt\0\0\0\0", b"\0\0\0\x08free"],
)
@small_files
def test_endless_small_parts_neither_fill_memory_nor_break(data: bytes, filler: bytes) -> None:
    """A file may consist of parts that cost the reader more than they cost the sender."""
    chunk = (filler * (256 * 1024 // len(filler) + 1))[: 256 * 1024]
    reader = HeaderReader(50_000_000)
    tracemalloc.start()
    try:
        for piece in [data[: len(data) // 2], *[chunk] * 20]:
            reader.feed(piece)
        reader.finish()
    except REFUSALS:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2 * 1024 * 1024
