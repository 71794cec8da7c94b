"""Drawings and variations of photographs, each made anew from nothing but this code."""

import math
import random
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from services.chassis.pixels.fonts import SANS, loaded
from tests.screenshots.drawing import (
    SCALE,
    Colour,
    disc,
    finished,
    glow,
    ridge,
    sky,
    stars,
    water,
)  # fmt: skip

SAMPLES = Path("services/samples")
ROCKET = Path(__file__).with_name("rocket.jpg")
"""A Falcon 9 on its pad, 640×427, public domain, by SpaceX."""

TOWN: tuple[Colour, ...] = ((112, 76, 120), (58, 46, 88), (22, 22, 44))
INKS: tuple[Colour, ...] = (
    (214, 72, 50), (28, 64, 110), (240, 178, 60), (40, 128, 116), (30, 30, 36),
)  # fmt: skip


def cat() -> Image.Image:
    """A photograph."""
    return _photograph(SAMPLES / "cat.jpg")


def coffee() -> Image.Image:
    """A photograph."""
    return _photograph(SAMPLES / "coffee.jpg")


def rocket() -> Image.Image:
    """A photograph."""
    return _photograph(ROCKET)


def whiskers() -> Image.Image:
    """The cat's face."""
    return cat().crop((95, 20, 335, 260)).resize((720, 720), Image.Resampling.LANCZOS)


def grey_coffee() -> Image.Image:
    """The cup from above, upright and without colours."""
    cup = coffee().crop((150, 0, 450, 400)).resize((750, 1000), Image.Resampling.LANCZOS)
    return ImageEnhance.Contrast(ImageOps.grayscale(cup)).enhance(1.15).convert("RGB")


def ridges() -> Image.Image:
    """Mountains at sunrise."""
    picture = sky((1440, 960), (64, 92, 150), (150, 150, 190), (244, 190, 160), (255, 222, 170))
    glow(picture, (0.68, 0.46), 0.5, (255, 190, 110))
    disc(picture, (0.68, 0.46), 0.035, (255, 246, 214))
    near, far = (28, 34, 62), (186, 148, 170)
    _ridges(picture, far, near, 0.52, 0.92, 6, seed=4)
    return finished(picture)


def panorama() -> Image.Image:
    """A valley in the afternoon, three times as wide as high."""
    picture = sky((2100, 700), (70, 140, 205), (148, 196, 226), (222, 236, 236))
    glow(picture, (0.22, 0.1), 0.7, (150, 140, 90))
    _ridges(picture, (150, 180, 196), (38, 78, 62), 0.5, 0.95, 5, seed=21)
    return finished(picture)


def harbour() -> Image.Image:
    """The sea after sunset, with a boat."""
    picture = sky((1440, 960), (38, 34, 84), (126, 62, 120), (236, 112, 96), (255, 190, 120))
    glow(picture, (0.36, 0.58), 0.45, (255, 160, 90))
    disc(picture, (0.36, 0.57), 0.05, (255, 232, 190))
    ridge(picture, (62, 40, 84), 0.585, 0.012, 8, (62, 40, 84))
    _boat(picture, (0.66, 0.605), 0.24, (30, 22, 48))
    water(picture, 0.6, (40, 28, 70))
    return finished(picture)


def night() -> Image.Image:
    """Snow below the moon, upright."""
    picture = sky((960, 1280), (8, 12, 36), (18, 32, 78), (52, 78, 128))
    stars(picture, 420, 0.6, seed=5)
    glow(picture, (0.72, 0.2), 0.26, (120, 130, 150))
    disc(picture, (0.72, 0.2), 0.045, (244, 240, 224))
    _ridges(picture, (74, 100, 150), (214, 226, 242), 0.6, 0.9, 4, seed=31)
    for x, y, size in ((0.14, 0.97, 0.2), (0.24, 1.0, 0.27), (0.86, 0.99, 0.23), (0.95, 1.01, 0.3)):
        _pine(picture, (x, y), size, (16, 26, 48))
    return finished(picture)


def pines() -> Image.Image:
    """A wood in the fog, upright."""
    picture = sky((960, 1280), (206, 218, 216), (226, 232, 226), (196, 210, 204))
    chance = random.Random(3)
    for layer in range(5):
        share = layer / 4
        colour = _mixed((176, 194, 190), (24, 50, 46), share)
        level = 0.5 + 0.12 * layer
        ridge(picture, colour, level, 0.02, 40 + layer, _mixed(colour, (214, 224, 220), 0.5))
        for _ in range(34 - 5 * layer):
            size = 0.1 + 0.09 * layer + chance.uniform(-0.02, 0.04)
            _pine(picture, (chance.random(), level + 0.03), size, colour)
    return finished(picture)


def dunes() -> Image.Image:
    """Sand before noon."""
    picture = sky((1440, 810), (60, 130, 190), (170, 204, 214), (246, 226, 190))
    colours: list[Colour] = [(226, 172, 112), (206, 138, 82), (176, 104, 62), (132, 72, 50)]
    for layer, colour in enumerate(colours):
        level, lit = 0.5 + 0.13 * layer, _mixed(colour, (255, 214, 150), 0.45)
        ridge(picture, lit, level, 0.06, 60 + layer, colour, waves=2)
    return finished(picture)


def skyline() -> Image.Image:
    """A town in the evening."""
    picture = sky((1440, 810), (22, 24, 58), (74, 56, 112), (206, 110, 120), (250, 176, 120))
    chance, draw = random.Random(12), ImageDraw.Draw(picture)
    width, height = picture.size
    for colour, level in zip(TOWN, (0.4, 0.52, 0.66), strict=True):
        x = -20
        while x < width:
            broad, top = chance.randint(90, 210), height * (level + chance.uniform(-0.14, 0.12))
            draw.rectangle((x, top, x + broad, height), fill=colour)
            if chance.random() < 0.25:
                draw.line((x + broad / 2, top - 90, x + broad / 2, top), fill=colour, width=6)
            for left in range(x + 18, x + broad - 24, 34):
                for upper in range(int(top) + 22, height, 46):
                    if chance.random() < 0.34:
                        light = _mixed(colour, (255, 214, 130), chance.uniform(0.5, 1))
                        draw.rectangle((left, upper, left + 14, upper + 22), fill=light)
            x += broad + chance.choice((0, 0, 14))
    return finished(picture)


def balloons() -> Image.Image:
    """Three of them above hills."""
    picture = sky((1200, 900), (96, 168, 220), (170, 212, 232), (246, 236, 214))
    _ridges(picture, (150, 190, 170), (58, 110, 72), 0.7, 0.94, 4, seed=75)
    for at, size, colours in (
        ((0.3, 0.34), 0.2, ((214, 66, 58), (250, 230, 200))),
        ((0.66, 0.24), 0.13, ((36, 98, 142), (244, 190, 76))),
        ((0.83, 0.5), 0.08, ((120, 70, 140), (240, 150, 120))),
    ):
        _balloon(picture, at, size, colours)
    return finished(picture)


def shapes() -> Image.Image:
    """Circles and squares in a few colours."""
    side, cells = 1000 * SCALE, 5
    picture = Image.new("RGB", (side, side), (244, 236, 220))
    draw, chance, step = ImageDraw.Draw(picture), random.Random(17), side // cells
    for row in range(cells):
        for column in range(cells):
            x, y, (first, second) = column * step, row * step, chance.sample(INKS, 2)
            cell, inset = (x, y, x + step, y + step), step // 4
            draw.rectangle(cell, fill=_mixed(first, (244, 236, 220), 0.82))
            kind, quarter = chance.randrange(4), chance.randrange(4)
            if kind == 0:
                draw.ellipse(cell, fill=first)
                inner = (x + inset, y + inset, x + step - inset, y + step - inset)
                draw.ellipse(inner, fill=second)
            elif kind == 1:
                draw.pieslice((x - step, y - step, x + step, y + step), 0, 90, fill=first)
            elif kind == 2:
                draw.polygon((x, y, x + step, y, x, y + step), fill=second)
            else:
                draw.pieslice(cell, 90 * quarter, 90 * quarter + 180, fill=first)
    return finished(picture)


def poster() -> Image.Image:
    """A sheet with words on it."""
    picture = Image.new("RGB", (900 * SCALE, 1200 * SCALE), (247, 240, 226))
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for number, colour in enumerate(((240, 178, 60), (226, 104, 66), (170, 52, 76))):
        reach = width * (0.42 - 0.12 * number)
        x, y = width * 0.5, height * 0.4
        draw.pieslice((x - reach, y - reach, x + reach, y + reach), 180, 360, fill=colour)
    draw.rectangle((width * 0.08, height * 0.405, width * 0.92, height * 0.412), fill=(34, 40, 66))
    for text, level, size in (
        ("OPEN STUDIO", 0.5, 118), ("Saturday 14 March", 0.62, 62),
        ("10 – 18 h, Harbour Street 7", 0.68, 48), ("Prints, coffee and a cat", 0.88, 42),
    ):  # fmt: skip
        font = loaded(SANS, size * SCALE)
        draw.text((width / 2, height * level), text, (34, 40, 66), font, anchor="mm")
    return finished(picture)


def _photograph(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB")


def _mixed(first: Colour, second: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def _ridges(
    picture: Image.Image,
    far: Colour,
    near: Colour,
    top: float,
    end: float,
    count: int,
    *,
    seed: int,
) -> None:
    for layer in range(count):
        share = layer / (count - 1)
        colour = _mixed(far, near, share)
        level = top + (end - top) * share
        ridge(picture, colour, level, 0.075, seed + layer, _mixed(colour, far, 0.55 * (1 - share)))


def _pine(picture: Image.Image, foot: tuple[float, float], size: float, colour: Colour) -> None:
    width, height = picture.size
    x, y, high = foot[0] * width, foot[1] * height, size * height
    draw = ImageDraw.Draw(picture)
    for tier in range(7):
        top = y - high + high * tier * 0.13
        reach, drop = high * (0.05 + 0.026 * tier), high * 0.24
        draw.polygon((x, top, x - reach, top + drop, x + reach, top + drop), fill=colour)
    draw.rectangle((x - high * 0.02, y - high * 0.1, x + high * 0.02, y + high * 0.1), fill=colour)


def _boat(picture: Image.Image, foot: tuple[float, float], size: float, colour: Colour) -> None:
    width, height = picture.size
    x, y, high = foot[0] * width, foot[1] * height, size * height
    draw = ImageDraw.Draw(picture)
    hull = (x - 0.4 * high, y - 0.1 * high, x + 0.42 * high, y - 0.1 * high)
    draw.polygon((*hull, x + 0.3 * high, y, x - 0.3 * high, y), fill=colour)
    low, mast = y - 0.15 * high, x + 0.03 * high
    draw.polygon((x, y - high, x, low, x - 0.36 * high, low), fill=(250, 214, 180))
    draw.polygon((mast, y - 0.9 * high, mast, low, x + 0.3 * high, low), fill=(226, 150, 130))
    draw.line((x, y - high, x, y - 0.1 * high), fill=colour, width=5)


def _balloon(
    picture: Image.Image, at: tuple[float, float], size: float, colours: tuple[Colour, Colour]
) -> None:
    width, height = picture.size
    x, y, reach = at[0] * width, at[1] * height, size * height
    draw = ImageDraw.Draw(picture)
    for stripe in range(7):
        share = math.cos(stripe / 7 * math.pi / 2)
        box = (x - reach * share, y - reach, x + reach * share, y + reach * 1.1)
        draw.ellipse(box, fill=colours[stripe % 2])
    low, basket = y + reach * 1.05, y + reach * 1.5
    for side in (-1, 1):
        rope = (x + side * reach * 0.25, low, x + side * reach * 0.13, basket)
        draw.line(rope, fill=(70, 60, 50), width=3)
    box = (x - reach * 0.15, basket, x + reach * 0.15, basket + reach * 0.22)
    draw.rectangle(box, fill=(120, 82, 50))
