"""A PNG that lacks rows is an error, and one whose rows are black is none."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from services.chassis.pixels.errors import PictureUnreadable
from services.chassis.pixels.picture import opened
from services.chassis.pixels.stripping.strip import stripped
from tests.unit.laden import chunk
from tests.unit.pictures import animation, encoded

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
KINDS = [
    *((depth, 0) for depth in (1, 2, 4, 8, 16)),
    *((depth, 3) for depth in (1, 2, 4, 8)),
    *((depth, colour) for depth in (8, 16) for colour in (2, 4, 6)),
]
ADAM7 = (
    *("16462646", "77777777", "56565656", "77777777"),
    *("36463646", "77777777", "56565656", "77777777"),
)
"""In which pass each pixel of a square comes, as the specification shows it."""
SIZES = [(1, 1), (3, 2), (5, 9), (8, 8), (13, 7), (70, 50)]


def passes(width: int, height: int, interlaced: bool) -> Iterator[list[int]]:
    """For each pass how many pixels its rows have."""
    for number in "1234567" if interlaced else "*":
        rows = (
            sum(not interlaced or ADAM7[y % 8][x % 8] == number for x in range(width))
            for y in range(height)
        )
        yield [pixels for pixels in rows if pixels]


def rows_of(
    size: tuple[int, int], depth: int, colour: int, interlaced: bool, value: int
) -> list[bytes]:
    bits = depth * CHANNELS[colour]
    return [
        b"\0" + bytes([value]) * ((pixels * bits + 7) // 8)
        for rows in passes(*size, interlaced)
        for pixels in rows
    ]


def png(
    size: tuple[int, int], depth: int, colour: int, interlaced: bool, pixels: bytes, cut: int = 9999
) -> bytes:
    """A PNG with these rows, in chunks of some length, whose compressed data ends as it should."""
    packed = zlib.compress(pixels)
    ihdr = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlaced)
    parts = [chunk(b"IDAT", packed[at : at + cut]) for at in range(0, len(packed), cut)]
    palette = chunk(b"PLTE", bytes(768)[: 3 * 2 ** min(depth, 8)]) if colour == 3 else b""
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"tEXt", b"a\0b") + palette
    return head + b"".join(parts) + chunk(b"IEND", b"")


def opens(path: Path, data: bytes) -> bool:
    path.write_bytes(data)
    try:
        with opened(path, 1_000_000):
            return True
    except PictureUnreadable:
        return False


@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
@pytest.mark.parametrize(("depth", "colour"), KINDS)
def test_each_row_counts(tmp_path: Path, depth: int, colour: int, interlaced: bool) -> None:
    path = tmp_path / "picture.png"
    for size in SIZES:
        for value in (0, 0x11):
            rows = rows_of(size, depth, colour, interlaced, value)
            for cut in (9999, 3):
                whole = png(size, depth, colour, interlaced, b"".join(rows), cut)
                assert opens(path, whole), size
            more = b"".join(rows) + bytes(99)
            assert opens(path, png(size, depth, colour, interlaced, more)), size
            for pixels in (b"".join(rows)[:-1], b"".join(rows[:-1]), b"".join(rows[:1])[:-1], b""):
                assert not opens(path, png(size, depth, colour, interlaced, pixels)), size


def test_it_is_said_how_much_there_is(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    rows = rows_of((4, 4), 8, 2, False, 9)
    path.write_bytes(png((4, 4), 8, 2, False, b"".join(rows[:3])))
    with pytest.raises(PictureUnreadable) as refused, opened(path, 1_000):
        pass
    told = "the picture cannot be decoded: rows are missing, the PNG has 39 of 52 bytes of pixels"
    assert str(refused.value) == told
    with pytest.raises(PictureUnreadable, match="rows are missing"):
        stripped(str(path), str(tmp_path / "target"), 1_000)


def test_a_black_picture_has_all_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    for mode in ("1", "L", "LA", "I;16", "P", "RGB", "RGBA"):
        assert opens(path, encoded(Image.new(mode, (900, 700)), "PNG"))


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    assert opens(path, animation("PNG", 3))
    for beside in (False, True):
        frames = [Image.new("RGBA", (9, 9)), Image.new("RGBA", (9, 9), "red")]
        data = encoded(
            frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=beside
        )
        assert opens(path, data)
        at = data.index(b"IDAT")
        end = at + 8 + int.from_bytes(data[at - 4 : at], "big")
        short = chunk(b"IDAT", zlib.compress(bytes(37 * 8)))
        assert not opens(path, data[: at - 4] + short + data[end:])
