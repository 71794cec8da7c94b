"""The header reader on good files: everything it says is what Pillow says of the whole file."""

import io

import pytest
from PIL import Image, ImageOps

from services.assets.headers import Header, HeaderReader
from tests.unit.pictures import animation, encoded, exif, gradient

MAX_PIXELS = 50_000_000

STILLS = {
    "jpeg": encoded(gradient(37, 21), "JPEG"),
    "jpeg progressive": encoded(gradient(300, 200), "JPEG", progressive=True, quality=95),
    "jpeg cmyk": encoded(gradient(37, 21, "CMYK"), "JPEG"),
    "jpeg restarts": encoded(gradient(200, 200), "JPEG", restart_marker_blocks=2),
    "jpeg profile": encoded(gradient(37, 21), "JPEG", icc_profile=bytes(300_000)),
    "png": encoded(gradient(37, 21), "PNG"),
    "png palette": encoded(gradient(37, 21).convert("P"), "PNG"),
    "png 16 bit": encoded(gradient(37, 21).convert("I;16"), "PNG"),
    "gif": encoded(gradient(37, 21), "GIF"),
    "webp lossy": encoded(gradient(37, 21), "WEBP"),
    "webp lossless": encoded(gradient(37, 21), "WEBP", lossless=True),
    "webp alpha": encoded(gradient(37, 21, "RGBA"), "WEBP"),
    "webp profile": encoded(gradient(37, 21), "WEBP", icc_profile=bytes(200_001)),
    "avif": encoded(gradient(37, 21), "AVIF"),
    "avif alpha": encoded(gradient(37, 21, "RGBA"), "AVIF"),
    "avif 4:0:0": encoded(gradient(64, 64), "AVIF", subsampling="4:0:0"),
}
ANIMATIONS = {
    name: animation(name, frames)
    for name, frames in {"GIF": 5, "WEBP": 6, "PNG": 4, "AVIF": 7}.items()
}
WITH_EXIF = ["JPEG", "PNG", "WEBP", "AVIF"]


def read(data: bytes, piece: int | None = None) -> Header:
    """Feeds a file in pieces of a size, or at once."""
    reader = HeaderReader(MAX_PIXELS)
    piece = piece or max(1, len(data))
    for start in range(0, len(data), piece):
        reader.feed(data[start : start + piece])
    return reader.finish()


def assert_as_pillow(data: bytes) -> Header:
    header = read(data)
    with Image.open(io.BytesIO(data)) as image:
        assert header.content_type == f"image/{(image.format or '').lower()}"
        assert header.frame_count == getattr(image, "n_frames", 1)
        assert (header.width, header.height) == ImageOps.exif_transpose(image).size
    return header


@pytest.mark.parametrize(
    "data", [*STILLS.values(), *ANIMATIONS.values()], ids=[*STILLS, *ANIMATIONS]
)
def test_a_good_file_is_read_as_pillow_reads_it(data: bytes) -> None:
    header = assert_as_pillow(data)
    assert not header.has_location
    assert header.extension in (".jpg", ".png", ".gif", ".webp", ".avif")


@pytest.mark.parametrize(
    "data", [*STILLS.values(), *ANIMATIONS.values()], ids=[*STILLS, *ANIMATIONS]
)
@pytest.mark.parametrize("piece", [1, 7, 4096])
def test_the_size_of_the_pieces_changes_nothing(data: bytes, piece: int) -> None:
    if piece == 1:
        data = data if len(data) < 20_000 else STILLS["jpeg"]
    assert read(data, piece) == read(data)


@pytest.mark.parametrize("picture_format", WITH_EXIF)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_width_and_height_are_those_displayed(picture_format: str, orientation: int) -> None:
    data = encoded(gradient(40, 24), picture_format, exif=exif(orientation))
    header = assert_as_pillow(data)
    assert (header.width, header.height) == ((24, 40) if orientation >= 5 else (40, 24))


@pytest.mark.parametrize("picture_format", WITH_EXIF)
@pytest.mark.parametrize("located", [True, False])
def test_a_position_in_exif_is_seen(picture_format: str, located: bool) -> None:
    data = encoded(gradient(40, 24), picture_format, exif=exif(1, located=located))
    assert read(data).has_location is located
    assert read(data, 1).has_location is located


@pytest.mark.parametrize("picture_format", ["JPEG", "WEBP", "AVIF"])
def test_a_position_in_xmp_is_seen(picture_format: str) -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a exif:GPSLatitude="52,31N"/></x:xmpmeta>'
    assert read(encoded(gradient(40, 24), picture_format, xmp=packet)).has_location


def test_a_version_alone_is_no_position() -> None:
    block = Image.Exif()
    block.get_ifd(0x8825)[0] = b"\2\3\0\0"
    assert not read(encoded(gradient(8, 8), "JPEG", exif=block.tobytes())).has_location


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp lossy"])
def test_bytes_behind_the_end_are_allowed(name: str) -> None:
    """As in motion photos, which append a video to a JPEG."""
    assert read(STILLS[name] + b"\0\0\0\x18ftypmp42" + bytes(500_000)) == read(STILLS[name])


def test_megabytes_of_metadata_are_passed_without_being_held() -> None:
    segment = b"\xff\xe2\xff\xff" + bytes(65533)
    jpeg = STILLS["jpeg"]
    reader = HeaderReader(MAX_PIXELS)
    reader.feed(jpeg[:2])
    for _ in range(400):
        reader.feed(segment)
        assert len(reader._window.data) <= len(segment) + 2
    reader.feed(jpeg[2:])
    assert reader.finish() == read(jpeg)
