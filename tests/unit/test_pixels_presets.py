"""The thumbnail, the preview and its facts."""

from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageDraw

from services.chassis.pixels.errors import PictureUnreadable
from services.chassis.pixels.presets import (
    CAMERA_CHARACTERS,
    PREVIEW_BYTES,
    PictureFacts,
    preview,
    thumbnail_256,
)

MAX_PIXELS = 20_000_000


def photo_exif(**named: object) -> Image.Exif:
    exif = Image.Exif()
    for name, value in named.items():
        exif[ExifTags.Base[name]] = value
    return exif


def facts_of(path: Path) -> PictureFacts:
    return preview(str(path), str(path.with_suffix(".preview")), MAX_PIXELS)["facts"]


def test_a_thumbnail_fits_and_has_no_metadata(tmp_path: Path) -> None:
    source, target = tmp_path / "a.jpg", tmp_path / "b"
    exif = photo_exif(Orientation=6, Make="Canon")
    Image.new("RGB", (2000, 1000), "red").save(source, exif=exif, comment=b"hello")
    assert thumbnail_256(str(source), str(target), MAX_PIXELS) == {
        "width": 128,
        "height": 256,
        "content_type": "image/webp",
    }
    with Image.open(target) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (128, 256))
        assert not {"exif", "xmp", "icc_profile"} & thumbnail.info.keys()


def test_a_thumbnail_is_never_enlarged_and_keeps_transparency(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b"
    Image.new("RGBA", (20, 10), (255, 0, 0, 0)).save(source)
    made = thumbnail_256(str(source), str(target), MAX_PIXELS)
    assert (made["width"], made["height"]) == (20, 10)
    with Image.open(target) as thumbnail:
        assert thumbnail.mode == "RGBA"


def test_a_thumbnail_of_an_animation_is_its_first_frame(tmp_path: Path) -> None:
    source, target = tmp_path / "a.gif", tmp_path / "b"
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    first.save(source, save_all=True, append_images=[second])
    thumbnail_256(str(source), str(target), MAX_PIXELS)
    with Image.open(target) as thumbnail:
        assert getattr(thumbnail, "n_frames", 1) == 1
        red, _, blue = thumbnail.convert("RGB").getpixel((4, 4))  # type: ignore[misc]
        assert red > blue


def test_a_preview_is_a_plain_upright_jpeg_on_white(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b"
    exif = photo_exif(Orientation=8, Make="Canon")
    Image.new("RGBA", (3000, 1500), (0, 0, 0, 0)).save(source, exif=exif)
    made = preview(str(source), str(target), MAX_PIXELS)
    assert (made["width"], made["height"], made["content_type"]) == (784, 1568, "image/jpeg")
    with Image.open(target) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (784, 1568))
        assert image.getpixel((100, 100)) == (255, 255, 255)
        assert not image.getexif()
    assert made["facts"] == {
        "width": 1500,
        "height": 3000,
        "format": "PNG",
        "has_transparency": True,
        "frame_count": 1,
        "camera": "Canon",
        "taken_at": "",
    }


def test_a_preview_is_short_even_of_noise(tmp_path: Path) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b"
    Image.merge("RGB", [Image.effect_noise((1568, 1568), 200) for _ in "RGB"]).save(source)
    preview(str(source), str(target), MAX_PIXELS)
    assert target.stat().st_size <= PREVIEW_BYTES


def test_facts_of_a_large_jpeg_are_those_of_the_original(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    exif = photo_exif(Orientation=5, Make="NIKON CORPORATION\0", Model="NIKON D90\0\0")
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:05:17 18:03:59"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 30.0, 0.0)
    Image.new("RGB", (4000, 3000)).save(source, exif=exif)
    assert facts_of(source) == {
        "width": 3000,
        "height": 4000,
        "format": "JPEG",
        "has_transparency": False,
        "frame_count": 1,
        "camera": "NIKON D90",
        "taken_at": "2024-05-17T18:03:59",
    }


def test_facts_count_frames_and_see_a_single_transparent_pixel(tmp_path: Path) -> None:
    source = tmp_path / "a.webp"
    first = Image.new("RGBA", (2000, 2000), "red")
    ImageDraw.Draw(first).point((3, 3), (0, 0, 0, 0))
    first.save(source, save_all=True, append_images=[Image.new("RGBA", (2000, 2000))])
    facts = facts_of(source)
    assert (facts["frame_count"], facts["has_transparency"]) == (2, True)


def test_an_opaque_alpha_channel_is_no_transparency(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    Image.new("RGBA", (9, 9), "red").save(source)
    assert not facts_of(source)["has_transparency"]


def test_a_jpeg_with_a_second_picture_is_a_jpeg(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    Image.new("RGB", (64, 64)).save(
        source, "MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))]
    )
    facts = facts_of(source)
    assert (facts["format"], facts["frame_count"], facts["width"]) == ("JPEG", 1, 64)


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("Apple", "iPhone 15 Pro", "Apple iPhone 15 Pro"),
        ("  Apple\n\n", "\u202ephone\x07", "Apple phone"),
        ("x" * 150, "y" * 150, "x" * 150 + " " + "y" * 49),
    ],
)
def test_the_camera_is_cleaned(tmp_path: Path, make: str, model: str, camera: str) -> None:
    source = tmp_path / "a.jpg"
    Image.new("RGB", (9, 9)).save(source, exif=photo_exif(Make=make.encode(), Model=model.encode()))
    found = facts_of(source)["camera"]
    assert found == camera
    assert len(found) <= CAMERA_CHARACTERS


@pytest.mark.parametrize("text", ["0000:00:00 00:00:00", "yesterday", "2024:13:01 00:00:00", ""])
def test_a_time_that_makes_no_sense_is_unknown(tmp_path: Path, text: str) -> None:
    source = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = text
    Image.new("RGB", (9, 9)).save(source, exif=exif)
    assert facts_of(source)["taken_at"] == ""


def test_broken_exif_is_no_reason_to_fail(tmp_path: Path) -> None:
    source = tmp_path / "a.jpg"
    Image.new("RGB", (9, 9)).save(source, exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    facts = facts_of(source)
    assert (facts["width"], facts["camera"]) == (9, "")


@pytest.mark.parametrize("make", [thumbnail_256, preview])
def test_what_is_no_picture_is_unreadable(tmp_path: Path, make: object) -> None:
    source = tmp_path / "a.jpg"
    source.write_bytes(b"poem")
    with pytest.raises(PictureUnreadable):
        make(str(source), str(tmp_path / "b"), MAX_PIXELS)  # type: ignore[operator]
