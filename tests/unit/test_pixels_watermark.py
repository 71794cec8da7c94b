"""A text over a picture: where it is, that it can be read, and what cannot be written."""

import re
import unicodedata

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from services.chassis.pixels import fonts
from services.chassis.pixels.errors import PixelWorkRefused
from services.chassis.pixels.lettering import lettering
from services.chassis.pixels.watermark import POSITIONS, drawable, watermarked

GREY = (128, 128, 128)


def marked(
    picture: Image.Image,
    text: str = "NekoHub",
    opacity: float = 0.5,
    font_size: int = 36,
    position: str = "BottomRight",
) -> Image.Image:
    return watermarked(picture, text=text, opacity=opacity, font_size=font_size, position=position)


def changed(was: Image.Image, now: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.difference(was.convert("RGB"), now.convert("RGB")).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("position", POSITIONS)
def test_it_is_where_it_should_be_with_a_margin(position: str, mode: str) -> None:
    plain = Image.new(mode, (600, 400), GREY)
    now = marked(plain, position=position)
    assert (now.mode, now.size) == (plain.mode, plain.size)
    left, top, right, bottom = changed(plain, now)
    assert left >= 18
    assert top >= 18
    assert right <= 600 - 18
    assert bottom <= 400 - 18
    across, down = (left + right) / 2, (top + bottom) / 2
    expected = {"Left": across < 150, "Right": across > 450}
    assert all(fits for side, fits in expected.items() if side in position)
    expected = {"Top": down < 60, "Bottom": down > 340}
    assert all(fits for side, fits in expected.items() if side in position)
    if position == "Center":
        assert (across, down) == pytest.approx((300, 200), abs=8)


def test_the_picture_that_it_was_given_is_unchanged() -> None:
    plain = Image.new("RGB", (300, 200), GREY)
    marked(plain)
    assert plain.getcolors() == [(60_000, GREY)]


@pytest.mark.parametrize("ground", ["white", "black", "#808080", "#c0c0c0"])
def test_it_can_be_read_on_light_and_on_dark(ground: str) -> None:
    plain = Image.new("RGB", (400, 120), ground)
    now = marked(plain, font_size=60, position="Center").convert("L")
    darkest, lightest = now.getextrema()
    assert isinstance(darkest, int)
    assert isinstance(lightest, int)
    assert lightest - darkest >= 100


def test_opacity_says_how_much_is_seen() -> None:
    plain = Image.new("RGB", (400, 120), GREY)
    strengths = [
        sum(ImageStat.Stat(ImageChops.difference(plain, marked(plain, opacity=opacity))).sum)
        for opacity in (0, 0.25, 0.5, 1)
    ]
    assert strengths[0] == 0
    assert strengths[1] < strengths[2] < strengths[3]
    assert strengths[2] == pytest.approx(strengths[3] / 2, rel=0.05)


def test_what_is_transparent_stays_so_where_there_is_no_text() -> None:
    now = marked(Image.new("RGBA", (400, 120), (0, 0, 0, 0)), opacity=1, font_size=60)
    alpha = now.getchannel("A")
    assert alpha.getpixel((5, 5)) == 0
    assert alpha.getextrema() == (0, 255)


LONG = (
    "a" * 200,
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen",
    " ".join(["word"] * 40),
    "W",
)


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("size", [(600, 400), (80, 60), (24, 300), (300, 24), (9, 9)])
def test_a_text_of_any_length_lies_inside(text: str, size: tuple[int, int]) -> None:
    for font_size in (8, 36, 512):
        label = lettering(text, font_size, size, align="center")
        assert label.width <= size[0]
        assert label.height <= size[1]
    margin = min(size) // 20
    plain = Image.new("RGB", size, GREY)
    left, top, right, bottom = changed(plain, marked(plain, text, opacity=1, font_size=512))
    assert (left, top) >= (margin, margin)
    assert right <= size[0] - margin
    assert bottom <= size[1] - margin


def test_a_long_text_is_wrapped_before_it_is_made_smaller() -> None:
    one = lettering("NekoHub", 36, (600, 400), align="left")
    many = lettering(" ".join(["NekoHub"] * 8), 36, (600, 400), align="left")
    assert many.height - one.height == 2 * 45
    assert 500 < many.width <= 600


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2)])
def test_the_smallest_pictures_work(size: tuple[int, int], mode: str) -> None:
    for position in POSITIONS:
        assert marked(Image.new(mode, size), position=position).size == size


@pytest.mark.parametrize(
    "text",
    ["NekoHub", "VIỆT ẪỄỔ", "Ǻ", "\u0301a", "\u0331e \u0332o", "j|y", "ÅẪ\u0323\u0331g", "猫 ẪỄỔ"],
)
@pytest.mark.parametrize("size", [17, 64])
def test_nothing_is_cut_off(text: str, size: int) -> None:
    label = lettering(text, size, (2_000, 400), align="left")
    large = Image.new("L", (2_000, 400))
    x = 500.0
    for run in fonts.runs(text):
        font = fonts.loaded(run.font, size)
        outline = max(1, round(size / 18))
        ImageDraw.Draw(large).text((x, 200), run.text, 255, font, anchor="ls", stroke_width=outline)
        x += font.getlength(run.text)
    whole, found = large.getbbox(), label.getchannel("A").getbbox()
    assert whole is not None
    assert found is not None
    assert (found[2] - found[0], found[3] - found[1]) == pytest.approx(
        (whole[2] - whole[0], whole[3] - whole[1]), abs=1
    )


@pytest.mark.parametrize(
    "letter", "\u3164\u2800\u115f\uffa0\u034f\u17b4\U000e0100\u180b\u3000\u2065"
)
def test_what_nobody_sees_is_nothing_to_draw(letter: str) -> None:
    assert drawable(letter).strip() == ""
    assert drawable(f"a{letter}b").replace(" ", "") == "ab"


def test_letters_are_composed_and_what_only_steers_is_left_out() -> None:
    assert drawable("e\u0301\u200d\u202e\ufe0fa\u3000b\u00a0c") == "éa b c"


@pytest.mark.parametrize("text", ["NekoHub © 2026", "Größe, naïve, Łódź", "Яблоко", "Ελλάδα", "₿"])
def test_the_font_that_is_always_there_has_what_europe_writes(text: str) -> None:
    assert {run.font for run in fonts.runs(text)} == {fonts.SANS}


def test_other_characters_come_from_the_extra() -> None:
    found = fonts.runs("猫 and 고양이 カ")
    assert [(run.text, run.font) for run in found] == [
        ("猫", fonts.CJK),
        (" and ", fonts.SANS),
        ("고양이", fonts.CJK),
        (" ", fonts.SANS),
        ("カ", fonts.CJK),
    ]
    plain = Image.new("RGB", (400, 120), GREY)
    assert marked(plain, "猫").tobytes() != marked(plain, "犬").tobytes() != plain.tobytes()


def test_characters_that_no_font_has_are_named() -> None:
    plain = Image.new("RGB", (400, 120), GREY)
    with pytest.raises(PixelWorkRefused) as refused:
        marked(plain, "a cat 😀 and שלום 😀")
    assert str(refused.value) == (
        "no font that is installed has the characters '😀' (U+1F600), 'ש' (U+05E9), "
        "'ל' (U+05DC), 'ו' (U+05D5), 'ם' (U+05DD); write the text without them"
    )


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("की a", "'क' (U+0915), 'ी' (U+0940)"),
        ("NekoHub ꣰", "'꣰' (U+A8F0)"),
        ("ᄒᆞᆫ글", "'ᄒ' (U+1112), 'ᆞ' (U+119E), 'ᆫ' (U+11AB)"),
        ("ꥠ 한글", "'ꥠ' (U+A960)"),
        ("ힰ 😀", "'ힰ' (U+D7B0)"),
    ],
)
def test_letters_that_are_joined_or_reordered_are_named(text: str, named: str) -> None:
    with pytest.raises(PixelWorkRefused) as refused:
        marked(Image.new("RGB", (400, 120), GREY), text)
    assert str(refused.value) == (
        f"the characters {named} are of a script whose letters join or change places, "
        "which is not laid out; write the text without them"
    )


def test_no_letter_of_an_indic_script_is_drawn_out_of_its_place() -> None:
    indic = re.compile("DEVANAGARI|VEDIC|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|THAI")
    letters = [chr(at) for at in range(0x110000) if indic.match(unicodedata.name(chr(at), ""))]
    assert len(letters) > 700
    for letter in letters:
        with pytest.raises(PixelWorkRefused):
            fonts.runs(letter)


def test_without_the_extra_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = fonts.FontFile("a_package_that_is_not_installed", "font.ttc")
    monkeypatch.setattr(fonts, "CJK", missing)
    monkeypatch.setattr(fonts, "FONTS", (fonts.SANS, missing))
    with pytest.raises(PixelWorkRefused) as refused:
        fonts.runs("猫 cat")
    assert str(refused.value) == (
        "no font that is installed has the characters '猫' (U+732B); "
        "install nekohub-skills[cjk] for Chinese, Japanese and Korean"
    )
