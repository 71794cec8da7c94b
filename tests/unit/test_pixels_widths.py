"""Several widths of one picture, from one decode."""

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from services.chassis.pixels.render import NamedRendition, render_all
from services.chassis.pixels.widths import at_widths
from tests.unit.laden import coloured
from tests.unit.pictures import encoded, exif

MAX_PIXELS = 20_000_000
AT_WIDTHS = f"{at_widths.__module__}:at_widths"


def made(folder: Path, data: bytes, *widths: int) -> list[NamedRendition]:
    (folder / "original").write_bytes(data)
    return render_all(
        str(folder / "original"),
        str(folder / "target"),
        AT_WIDTHS,
        {"widths": widths},
        "image/webp",
        None,
        max(widths),
        MAX_PIXELS,
    )


def error(was: Image.Image, now: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(was, now)).mean)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_each_width_looks_like_the_picture_scaled_at_once(mode: str) -> None:
    picture = coloured(mode, (700, 431))
    for name, result in at_widths(picture, widths=[64, 128, 256]).items():
        assert name == f"w{result.width}"
        at_once = picture.resize(result.size, Image.Resampling.LANCZOS)
        assert error(at_once, result) < 1


@pytest.mark.parametrize(
    ("size", "widths", "sizes"),
    [
        ((700, 431), [640, 320], [(640, 394), (320, 197)]),
        ((700, 431), [320, 1280], [(320, 197)]),
        ((640, 100), [640, 320], [(640, 100), (320, 50)]),
        ((3000, 1), [1920, 320], [(1920, 1), (320, 1)]),
        ((1, 3000), [320], []),
        ((2000, 29_000), [1920, 640], [(640, 9_280)]),
    ],
)
def test_nothing_is_enlarged_or_higher_than_webp_can_be(
    size: tuple[int, int], widths: list[int], sizes: list[tuple[int, int]]
) -> None:
    results = at_widths(Image.new("L", size), widths=widths)
    assert [each.size for each in results.values()] == sizes


def told(picture: Image.Image) -> dict[str, Image.Image]:
    """A step's function: the size that it was given becomes the name."""
    return {f"{picture.width}x{picture.height}": picture}


@pytest.mark.parametrize(
    ("orientation", "widest", "size"),
    [
        (1, None, "2000x1000"),
        (1, 1920, "2000x1000"),
        (1, 640, "1000x500"),
        (6, 640, "1000x2000"),
        (6, 320, "500x1000"),
        (8, 100, "125x250"),
    ],
)
def test_a_jpeg_is_decoded_at_a_fraction_that_is_wide_enough(
    tmp_path: Path, orientation: int, widest: int | None, size: str
) -> None:
    data = encoded(coloured("RGB", (2000, 1000)), "JPEG", exif=exif(orientation))
    (tmp_path / "original").write_bytes(data)
    paths = str(tmp_path / "original"), str(tmp_path / "target")
    name = f"{__name__}:told"
    (result,) = render_all(*paths, name, {}, "image/webp", None, widest, MAX_PIXELS)
    assert result["name"] == size


def test_exactly_half_of_a_jpeg_is_made(tmp_path: Path) -> None:
    for width in (3838, 3839, 3840, 3841):
        data = encoded(coloured("RGB", (width, 60)), "JPEG")
        (result,) = made(tmp_path, data, 1920)
        assert (result["width"], result["height"]) == (1920, 30)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_an_animation_stays_one_at_each_width(tmp_path: Path, kind: str) -> None:
    first, *others = [coloured("RGB", (96, 64)).rotate(angle) for angle in (0, 90, 200)]
    options = {"save_all": True, "append_images": others, "duration": [50, 90, 70]}
    results = made(tmp_path, encoded(first, kind, **options), 64, 32)
    assert [each["name"] for each in results] == ["w64", "w32"]
    for each in results:
        with Image.open(io.BytesIO(Path(each["file"]).read_bytes())) as picture:
            assert (picture.format, picture.n_frames) == ("WEBP", 3)  # type: ignore[attr-defined]
            assert picture.size == (each["width"], each["height"])
            picture.seek(2)
            picture.load()
            assert picture.info["duration"] == 70
