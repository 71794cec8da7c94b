"""A step's own function, applied to a picture and written in every format."""

from pathlib import Path

import pytest
from PIL import Image, ImageOps

from services.chassis.pixels.encoding import ENCODERS
from services.chassis.pixels.render import render

MAX_PIXELS = 1_000_000


def bordered(picture: Image.Image, *, width: int, colour: str) -> Image.Image:
    """A step's function."""
    assert picture.mode in ("RGB", "RGBA")
    return ImageOps.expand(picture, width, colour)


BORDERED = f"{__name__}:bordered"


@pytest.mark.parametrize("content_type", ENCODERS)
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_content_type_is_written(tmp_path: Path, content_type: str, mode: str) -> None:
    source, target = tmp_path / "a.png", tmp_path / "b"
    Image.new(mode, (40, 30)).save(source)
    arguments = {"width": 5, "colour": "red"}
    assert render(str(source), str(target), BORDERED, arguments, content_type, MAX_PIXELS) == {
        "width": 50,
        "height": 40,
        "content_type": content_type,
    }
    with Image.open(target) as result:
        result.load()
        assert (result.size, result.format) == ((50, 40), ENCODERS[content_type].format)
        see_through = result.convert("RGBA").getpixel((25, 20))[3] == 0  # type: ignore[index]
        assert see_through == (mode == "RGBA" and ENCODERS[content_type].transparent)


@pytest.mark.parametrize("content_type", ENCODERS)
def test_an_animation_stays_one_where_the_target_can(tmp_path: Path, content_type: str) -> None:
    source, target = tmp_path / "a.gif", tmp_path / "b"
    every = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime", "blue")]
    every[0].save(source, save_all=True, append_images=every[1:], duration=[100, 200, 300])
    arguments = {"width": 2, "colour": "white"}
    made = render(str(source), str(target), BORDERED, arguments, content_type, MAX_PIXELS)
    assert (made["width"], made["height"]) == (24, 24)
    with Image.open(target) as result:
        animated = ENCODERS[content_type].animated
        assert getattr(result, "n_frames", 1) == (3 if animated else 1)
        if animated:
            result.seek(2)
            result.load()
            assert result.info["duration"] == 300


def test_an_unknown_content_type_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match="image/svg\\+xml cannot be written; accepted are image/webp"
    ):
        render("a", "b", BORDERED, {}, "image/svg+xml", MAX_PIXELS)
