"""Opening hostile and odd pictures, and bringing them into one shape."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from services.chassis.pixels.animation import frames
from services.chassis.pixels.errors import PictureError, PictureTooDemanding, PictureUnreadable
from services.chassis.pixels.picture import (
    MAX_FRAMES,
    TEXT_BYTES,
    fitted,
    flattened,
    header,
    normalised,
    opened,
    shrunk,
)
from tests.unit.laden import chunk
from tests.unit.pictures import encoded, swapped_profile

MAX_PIXELS = 1_000_000
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def seen(path: Path) -> Image.Image:
    with opened(path, MAX_PIXELS) as picture:
        return normalised(picture)


def near(found: object, wanted: tuple[int, ...], by: int = 6) -> bool:
    assert isinstance(found, tuple)
    return len(found) == len(wanted) and all(
        abs(a - b) <= by for a, b in zip(found, wanted, strict=True)
    )


def png_header(width: int, height: int) -> bytes:
    """A valid PNG of one colour, one bit a pixel, so that it is small however large it claims."""
    rows = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join(rows.compress(row) for _ in range(height)) + rows.flush()
    ihdr = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(30_000, 30_000))
    with pytest.raises(PictureTooDemanding, match="50000000 pixels"), header(path, 50_000_000):
        pass


@pytest.mark.parametrize("size", [(1001, 1000), (1415, 1415), (30_001, 1)])
def test_limits_are_limits(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(png_header(*size))
    with pytest.raises(PictureTooDemanding), header(path, MAX_PIXELS):
        pass
    path.write_bytes(png_header(1000, 1000))
    assert seen(path).size == (1000, 1000)


def test_too_many_frames_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.gif"
    every = [Image.new("L", (2, 2), index % 256) for index in range(MAX_FRAMES + 1)]
    every[0].save(path, save_all=True, append_images=every[1:])
    with pytest.raises(PictureTooDemanding, match="201 frames"), header(path, MAX_PIXELS):
        pass


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_a_truncated_file_is_an_error(tmp_path: Path, kind: str) -> None:
    buffer = BytesIO()
    Image.effect_noise((300, 300), 80).convert("RGB").save(buffer, kind)
    path = tmp_path / "half"
    path.write_bytes(buffer.getvalue()[: buffer.tell() // 2])
    with pytest.raises(PictureUnreadable) as failed:
        seen(path)
    assert str(tmp_path) not in str(failed.value)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 100, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"RIFF"],
)
def test_what_is_no_picture_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret-name.png"
    path.write_bytes(content)
    with pytest.raises(PictureUnreadable) as failed:
        seen(path)
    assert "secret-name" not in str(failed.value)


def test_other_formats_are_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (2, 2)).save(path, "TIFF")
    with pytest.raises(PictureUnreadable):
        seen(path)


def test_every_damage_of_a_png_is_a_picture_error(tmp_path: Path) -> None:
    buffer = BytesIO()
    Image.linear_gradient("L").resize((16, 16)).save(buffer, "PNG")
    whole = buffer.getvalue()
    path = tmp_path / "damaged.png"
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            seen(path)
        except PictureError:
            continue


def packed(kind: bytes, content: bytes) -> bytes:
    head = {"zTXt": b"Raw profile type xmp\0\0", "iTXt": b"XML:com.adobe.xmp\0\1\0\0\0"}
    return chunk(kind, head.get(kind.decode(), b"a profile\0\0") + zlib.compress(content))


@pytest.mark.parametrize("place", [33, -12], ids=["before", "behind"])
@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_text_that_was_packed_may_be_long(tmp_path: Path, kind: bytes, place: int) -> None:
    path = tmp_path / "picture.png"
    whole = encoded(Image.new("RGB", (4, 4), RED), "PNG")
    for size in (1_500_000, TEXT_BYTES):
        path.write_bytes(whole[:place] + packed(kind, b" " * size) + whole[place:])
        assert seen(path).getpixel((1, 1)) == RED
    path.write_bytes(whole[:place] + packed(kind, b" " * (TEXT_BYTES + 1)) + whole[place:])
    with pytest.raises(PictureTooDemanding) as refused:
        seen(path)
    assert str(refused.value) == "a text or colour profile of the PNG has more than 16 MiB"


def test_a_missing_file_is_not_the_pictures_fault(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        seen(tmp_path / "none.png")


def turned(orientation: int) -> Image.Image:
    """A picture whose upper left quarter is red and upper right one green once it is upright."""
    upright = Image.new("RGB", (64, 32), "white")
    upright.paste(RED, (0, 0, 32, 16))
    upright.paste(GREEN, (32, 0, 64, 16))
    inverse = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return upright if inverse is None else upright.transpose(inverse)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(tmp_path: Path, orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "turned"
    turned(orientation).save(path, kind, exif=exif, quality=95)
    picture = seen(path)
    assert picture.size == (64, 32)
    assert near(picture.getpixel((8, 4)), RED, by=30)
    assert near(picture.getpixel((56, 4)), GREEN, by=30)
    assert normalised(picture).size == (64, 32)
    assert not picture.info


def test_a_jpeg_is_decoded_at_a_fraction_of_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    Image.new("RGB", (1000, 800), RED).save(path)
    with opened(path, MAX_PIXELS, fitting=200) as picture:
        assert picture.size == (250, 200)
        assert near(normalised(picture).getpixel((9, 9)), RED)


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "print.jpg"
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(path, quality=95)
    picture = seen(path)
    assert picture.mode == "RGB"
    assert near(picture.getpixel((4, 4)), RED, by=12)


def test_a_palette_with_a_transparent_colour_becomes_rgba(tmp_path: Path) -> None:
    path = tmp_path / "palette.png"
    picture = Image.new("P", (2, 1))
    picture.putpalette([255, 0, 0, 0, 0, 255])
    picture.putpixel((1, 0), 1)
    picture.save(path, transparency=1)
    result = seen(path)
    assert result.mode == "RGBA"
    assert result.getpixel((0, 0)) == (255, 0, 0, 255)
    assert result.getpixel((1, 0)) == (0, 0, 255, 0)
    assert flattened(result).getpixel((1, 0)) == (255, 255, 255)


def test_16_bit_grey_is_scaled(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    picture = Image.new("I;16", (2, 1))
    picture.putpixel((0, 0), 40_000)
    picture.putpixel((1, 0), 65_535)
    picture.save(path)
    result = seen(path)
    assert near(result.getpixel((0, 0)), (156, 156, 156), by=1)
    assert result.getpixel((1, 0)) == (255, 255, 255)


def test_grey_with_alpha_keeps_its_alpha(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.new("LA", (1, 1), (200, 100)).save(path)
    assert seen(path).getpixel((0, 0)) == (200, 200, 200, 100)


def test_one_bit_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "bits.png"
    Image.new("1", (1, 1), 1).save(path)
    assert seen(path).getpixel((0, 0)) == (255, 255, 255)


def lab_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_colours_are_converted_from_the_profile(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "profiled.png"
    Image.new("RGB", (4, 4), RED).convert(mode).save(path, icc_profile=swapped_profile())
    picture = seen(path)
    assert near(picture.getpixel((1, 1)), BLUE + (255,) * (mode == "RGBA"), by=3)
    assert "icc_profile" not in picture.info


@pytest.mark.parametrize("profile", [b"nonsense", lab_profile()])
def test_a_profile_that_cannot_be_used_is_dropped(tmp_path: Path, profile: bytes) -> None:
    path = tmp_path / "profiled.png"
    Image.new("RGB", (4, 4), RED).save(path, icc_profile=profile)
    assert seen(path).getpixel((1, 1)) == RED


def test_an_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "profiled.png"
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("L", (4, 4), 77).save(path, icc_profile=srgb)
    assert seen(path).getpixel((1, 1)) == (77, 77, 77)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_frames_come_one_by_one_with_their_durations(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "moving"
    first, second = Image.new("RGB", (32, 32), RED), Image.new("RGB", (32, 32), BLUE)
    first.save(path, kind, save_all=True, append_images=[second], duration=[100, 200])
    with opened(path, MAX_PIXELS) as picture:
        every = list(frames(picture))
    assert [duration for _, duration in every] == [100, 200]
    assert near(every[0][0].convert("RGB").getpixel((9, 9)), RED, by=30)
    assert near(every[1][0].convert("RGB").getpixel((9, 9)), BLUE, by=30)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ((400, 300), (200, 150)),
        ((300, 400), (150, 200)),
        ((30, 20), (30, 20)),
        ((9000, 1), (200, 1)),
    ],
)
def test_shrinking_keeps_the_shape_and_never_enlarges(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert fitted(size, 200) == wanted
    assert shrunk(Image.new("RGB", size), 200).size == wanted
