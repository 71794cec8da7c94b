"""Colours and transparency come out as browsers show them."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from services.chassis.pixels.picture import normalised, opened
from services.chassis.pixels.stripping.strip import stripped
from tests.unit.laden import chunk
from tests.unit.pictures import encoded, exif, linear_profile

MAX_PIXELS = 1_000_000
GREY, RGB, RGBA = 0, 2, 6
TURNED = (b"eXIf", exif(6))


def png(depth: int, colour: int, row: bytes, *extra: tuple[bytes, bytes], width: int = 4) -> bytes:
    """A PNG of one row."""
    head = struct.pack(">IIBBBBB", width, 1, depth, colour, 0, 0, 0)
    chunks = ((b"IHDR", head), *extra, (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def seen(folder: Path, data: bytes) -> Image.Image:
    path = folder / "picture"
    path.write_bytes(data)
    with opened(path, MAX_PIXELS) as picture:
        return normalised(picture)


def deep(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


TRANSPARENT = {
    "1 bit": (1, GREY, b"\x50", deep(1)),
    "2 bits": (2, GREY, b"\x1b", deep(1)),
    "4 bits": (4, GREY, b"\x35\xaf", deep(5)),
    "8 bits": (8, GREY, b"\x09\x05\x0a\x0f", deep(5)),
    "16 bits": (16, GREY, deep(39_999, 40_000, 40_001, 0), deep(40_000)),
    "8 bits of colour": (8, RGB, bytes((9, 9, 9, 1, 2, 3, 1, 2, 4, 0, 0, 0)), deep(1, 2, 3)),
    "16 bits of colour": (
        16,
        RGB,
        deep(9_000, 9, 9, 40_000, 500, 65_535, 40_000, 900, 65_535, 0, 0, 0),
        deep(40_000, 500, 65_535),
    ),
}


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("name", TRANSPARENT)
def test_what_is_transparent_in_the_file_is_so(tmp_path: Path, name: str, is_turned: bool) -> None:
    depth, colour, row, transparent = TRANSPARENT[name]
    extra = (TURNED,) if is_turned else ()
    data = png(depth, colour, row, (b"tRNS", transparent), *extra)
    wanted = [255, 0, 255, 0 if name == "1 bit" else 255]
    assert list(seen(tmp_path, data).getchannel("A").tobytes()) == wanted

    stripped(str(tmp_path / "picture"), str(tmp_path / "stripped"), MAX_PIXELS)
    bare = seen(tmp_path, (tmp_path / "stripped").read_bytes())
    assert bare.size == ((1, 4) if is_turned else (4, 1))
    assert list(bare.getchannel("A").tobytes()) == wanted


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_profile_is_known_by_what_it_does(tmp_path: Path, mode: str) -> None:
    picture = Image.new(mode, (4, 4), (128, 128, 128, 99)[: len(mode)])
    linear = ImageCms.ImageCmsProfile(io.BytesIO(linear_profile()))
    assert "sRGB" in ImageCms.getProfileDescription(linear)
    found = seen(tmp_path, encoded(picture, "PNG", icc_profile=linear_profile()))
    wanted = (188, 188, 188, 99)[: len(mode)]
    assert found.getpixel((1, 1)) == wanted


def test_a_profile_that_does_nothing_leaves_every_value(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.effect_noise((64, 64), 90).convert("RGB").quantize(256).convert("RGB")
    found = seen(tmp_path, encoded(picture, "PNG", icc_profile=profile))
    assert found.tobytes() == picture.tobytes()


def gamma(value: int) -> tuple[bytes, bytes]:
    return b"gAMA", struct.pack(">I", value)


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILE = (b"iCCP", b"sRGB\0\0" + zlib.compress(SRGB))


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ((), 128),
        ((gamma(100_000),), 186),
        ((gamma(45_455),), 128),
        ((gamma(45_000),), 128),
        ((gamma(0),), 128),
        ((gamma(100_000), (b"sRGB", b"\0")), 128),
        ((gamma(100_000), PROFILE), 128),
        ((gamma(100_000), (b"tEXt", b"gamma\0text")), 128),
    ],
)
def test_a_gamma_counts_where_nothing_else_says_how_colours_are_meant(
    tmp_path: Path, chunks: tuple[tuple[bytes, bytes], ...], wanted: int
) -> None:
    colour = seen(tmp_path, png(8, RGB, bytes((128, 0, 255)), *chunks, width=1))
    assert colour.getpixel((0, 0)) == (wanted, 0, 255)
    grey = seen(tmp_path, png(16, GREY, deep(128 * 257), *chunks, width=1))
    assert grey.getpixel((0, 0)) == (wanted,) * 3
    alpha = seen(tmp_path, png(8, RGBA, bytes((128, 0, 255, 128)), *chunks, width=1))
    assert alpha.getpixel((0, 0)) == (wanted, 0, 255, 128)
