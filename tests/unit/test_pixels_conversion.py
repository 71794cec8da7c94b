"""Every kind of picture in every format that is written looks like the original."""

import io
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from services.chassis.pixels import animation, encoding
from services.chassis.pixels.encoding import ENCODERS
from services.chassis.pixels.errors import PictureTooDemanding
from services.chassis.pixels.palette import reduced
from services.chassis.pixels.render import render_all
from services.skills.steps.format_convert import TYPES, named
from tests.unit.laden import chunk, coloured, secret_exif
from tests.unit.pictures import encoded, swapped_profile

MAX_PIXELS = 1_000_000
NAMED = f"{named.__module__}:named"


@dataclass(frozen=True)
class Sample:
    """A file, and what is seen of it."""

    data: bytes
    seen: Image.Image


def see_through() -> Image.Image:
    """A picture that ends in nothing, with a soft edge of a few pixels."""
    picture = coloured("RGB", (96, 64)).convert("RGBA")
    alpha = Image.new("L", (96, 64), 0)
    alpha.paste(255, (0, 0, 60, 64))
    picture.putalpha(alpha)
    return picture


def sixteen_bits() -> bytes:
    """A PNG in RGB with 16 bits a channel, without Pillow, which writes none."""
    rows = b"".join(
        b"\0"
        + b"".join(value.to_bytes(2, "big") * 2 + b"\x20\0" for value in range(0, 65536, 1024))
        for _ in range(48)
    )
    header = struct.pack(">IIBBBBB", 64, 48, 16, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def sixteen_bits_seen() -> Image.Image:
    row = b"".join(bytes((value >> 8, value >> 8, 0x20)) for value in range(0, 65536, 1024))
    return Image.frombytes("RGB", (64, 48), row * 48)


def samples() -> dict[str, Sample]:
    rgb, seen = coloured(), see_through()
    red, green, blue = rgb.split()
    exchanged = Image.merge("RGB", (blue, green, red))
    cmyk = encoded(rgb.convert("CMYK"), "JPEG", quality=98, subsampling=0)
    upright = {
        "png 1": Sample(encoded(coloured("1"), "PNG"), coloured("1").convert("RGB")),
        "png L": Sample(encoded(coloured("L"), "PNG"), coloured("L").convert("RGB")),
        "png LA": Sample(encoded(seen.convert("LA"), "PNG"), seen.convert("LA").convert("RGBA")),
        "png RGBA": Sample(encoded(seen, "PNG"), seen),
        "png I;16": Sample(
            encoded(coloured("I;16"), "PNG"), coloured("I;16").point(lambda v: v / 257).convert("L")
        ),
        "png 16 bits": Sample(sixteen_bits(), sixteen_bits_seen()),
        "png P": Sample(encoded(rgb.quantize(20), "PNG"), rgb.quantize(20).convert("RGB")),
        "png P with transparency": Sample(encoded(seen.quantize(20), "PNG"), seen.quantize(20)),
        "jpeg": Sample(encoded(rgb, "JPEG", quality=98, subsampling=0), rgb),
        "jpeg L": Sample(
            encoded(rgb.convert("L"), "JPEG", quality=98, subsampling=0), rgb.convert("L")
        ),
        "jpeg CMYK": Sample(cmyk, Image.open(io.BytesIO(cmyk)).convert("RGB")),
        "jpeg of other primaries": Sample(
            encoded(exchanged, "JPEG", quality=98, subsampling=0, icc_profile=swapped_profile()),
            rgb,
        ),
        "webp": Sample(encoded(seen, "WEBP", lossless=True), seen),
        "gif": Sample(encoded(rgb.quantize(64), "GIF"), rgb.quantize(64)),
        "avif": Sample(encoded(seen, "AVIF", quality=95), seen),
        "one pixel": Sample(encoded(coloured(size=(1, 1)), "PNG"), coloured(size=(1, 1))),
        "one column": Sample(encoded(coloured(size=(1, 3000)), "PNG"), coloured(size=(1, 3000))),
    }
    turns = {
        f"orientation {number}": Sample(
            encoded(rgb, "JPEG", quality=98, subsampling=0, exif=secret_exif(number)),
            turned(rgb, number),
        )
        for number in range(1, 9)
    }
    return upright | turns


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    steps: dict[int, Sequence[Image.Transpose]] = {
        1: (),
        2: (Image.Transpose.FLIP_LEFT_RIGHT,),
        3: (Image.Transpose.ROTATE_180,),
        4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.ROTATE_270, Image.Transpose.FLIP_LEFT_RIGHT),
        6: (Image.Transpose.ROTATE_270,),
        7: (Image.Transpose.ROTATE_90, Image.Transpose.FLIP_LEFT_RIGHT),
        8: (Image.Transpose.ROTATE_90,),
    }
    for step in steps[orientation]:
        picture = picture.transpose(step)
    return picture


SAMPLES = samples()
ALLOWED = {"webp": 5.0, "avif": 5.0, "jpeg": 5.0, "gif": 3.0}
"""Mean error of a channel; what is written without loss may have that of the original."""


def convert(folder: Path, data: bytes, kind: str, quality: int | None = None) -> bytes:
    (folder / "original").write_bytes(data)
    paths = str(folder / "original"), str(folder / "target")
    arguments = {"kind": "made"}
    (made,) = render_all(*paths, NAMED, arguments, TYPES[kind], quality, None, MAX_PIXELS)
    result = Path(made["file"]).read_bytes()
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.format == ENCODERS[TYPES[kind]].format
        assert picture.size == (made["width"], made["height"])
    return result


def on(picture: Image.Image, ground: str) -> Image.Image:
    under = Image.new("RGBA", picture.size, ground)
    under.alpha_composite(picture.convert("RGBA"))
    return under.convert("RGB")


def error(was: Image.Image, now: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(was, now)).mean)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_it_looks_like_the_original(tmp_path: Path, sample: Sample, kind: str) -> None:
    now = Image.open(io.BytesIO(convert(tmp_path, sample.data, kind)))
    assert now.size == sample.seen.size
    # Dots of colours that lie around the right one look like it from afar.
    soften = ImageFilter.GaussianBlur(2 if kind == "gif" else 0)
    grounds = ("white",) if kind in ("jpeg", "bmp") else ("white", "black")
    for ground in grounds:
        was, is_now = on(sample.seen, ground).filter(soften), on(now, ground).filter(soften)
        assert error(was, is_now) <= ALLOWED.get(kind, 1.5)
    for name in ("exif", "xmp", "icc_profile", "comment"):
        assert name not in now.info


def test_more_quality_takes_more_bytes(tmp_path: Path) -> None:
    for kind in ("webp", "avif", "jpeg"):
        low, usual, high = (
            len(convert(tmp_path, SAMPLES["jpeg"].data, kind, quality))
            for quality in (5, None, 100)
        )
        assert low < usual < high
    png = [convert(tmp_path, SAMPLES["jpeg"].data, "png", quality) for quality in (5, None)]
    assert png[0] == png[1]


def animated(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    first, *others = [see_through().rotate(angle).convert(mode) for angle in (0, 120, 240)]
    given = {"save_all": True, "append_images": others, "duration": [50, 90, 70], "disposal": 2}
    if kind != "GIF":
        given.pop("disposal")
    return encoded(first, kind, **given, **options)


@pytest.mark.parametrize("target", TYPES)
@pytest.mark.parametrize("source", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_stays_one_where_the_target_can(
    tmp_path: Path, source: str, target: str
) -> None:
    options = {"lossless": True} if source == "WEBP" else {}
    data = animated(source, "RGBA", **options)
    was = Image.open(io.BytesIO(data))
    now = Image.open(io.BytesIO(convert(tmp_path, data, target)))
    moves = target in ("webp", "avif", "png", "gif")
    assert getattr(now, "n_frames", 1) == (3 if moves else 1)
    for index in range(3 if moves else 1):
        was.seek(index)
        now.seek(index)
        was.load()
        now.load()
        ground = "white"
        assert error(on(was, ground), on(now, ground)) < 8
        if moves:
            assert now.info["duration"] == was.info["duration"]


@pytest.mark.parametrize("target", ["webp", "png", "gif"])
@pytest.mark.parametrize("source", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("plays", [0, 1, 2, 7])
def test_it_is_shown_as_often_as_it_was(
    tmp_path: Path, source: str, target: str, plays: int
) -> None:
    # A GIF says how often it is shown again, and nothing if it is not.
    again = plays - 1 if source == "GIF" and plays else plays
    data = animated(source, loop=None if source == "GIF" and plays == 1 else again)
    now = Image.open(io.BytesIO(convert(tmp_path, data, target)))
    assert animation.plays(now) == plays


def test_the_picture_for_who_knows_no_animations_is_no_frame_of_one(tmp_path: Path) -> None:
    data = animated("PNG", default_image=True)
    now = Image.open(io.BytesIO(convert(tmp_path, data, "webp")))
    assert now.n_frames == 2  # type: ignore[attr-defined]


def test_of_a_large_animation_the_first_frame_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = animated("GIF")
    for limit, frames in ((3 * 96 * 64, 3), (3 * 96 * 64 - 1, 1)):
        monkeypatch.setattr(animation, "ANIMATED_PIXELS", limit)
        now = Image.open(io.BytesIO(convert(tmp_path, data, "webp")))
        assert getattr(now, "n_frames", 1) == frames


def test_a_picture_that_a_format_cannot_hold_is_refused(tmp_path: Path) -> None:
    data = encoded(Image.new("L", (16_384, 1)), "PNG")
    with pytest.raises(PictureTooDemanding) as refused:
        convert(tmp_path, data, "webp")
    assert str(refused.value) == (
        "WEBP pictures may have 16383 pixels a side, and this one has 16384×1"
    )
    assert Image.open(io.BytesIO(convert(tmp_path, data, "png"))).size == (16_384, 1)


def test_an_encoder_that_fails_says_what_it_could_not_write(tmp_path: Path) -> None:
    # Pillow's message of an encoder that is given what it does not take.
    with pytest.raises(PictureTooDemanding, match=r"^8×8 pixels could not be written as AVIF, "):
        encoding.save(Image.new("RGB", (8, 8)), str(tmp_path / "a"), "image/avif", quality=101)


def test_few_colours_are_kept_exactly() -> None:
    picture = Image.new("RGB", (16, 16))
    picture.putdata([(value, 255 - value, value // 2) for value in range(256)])
    assert error(picture, reduced([picture])[0].convert("RGB")) == 0
    see_through = picture.convert("RGBA")
    see_through.putpixel((0, 0), (255, 0, 255, 0))
    (result,) = reduced([see_through])
    assert result.info["transparency"] == 0
    now = result.convert("RGBA")
    assert now.getchannel("A").getpixel((0, 0)) == 0
    assert now.getchannel("A").getextrema() == (0, 255)
    assert (
        error(
            see_through.convert("RGB").crop((1, 1, 16, 16)), now.convert("RGB").crop((1, 1, 16, 16))
        )
        == 0
    )


def test_what_cannot_be_seen_takes_no_colour() -> None:
    nothing = Image.new("RGBA", (9, 9), (255, 0, 0, 100))
    assert reduced([nothing])[0].convert("RGBA").getchannel("A").getextrema() == (0, 0)
    nothing.putpixel((4, 4), (1, 2, 3, 128))
    assert reduced([nothing])[0].convert("RGBA").getpixel((4, 4)) == (1, 2, 3, 255)
