"""Small landscapes and shapes, drawn at twice their size so that no edge is jagged."""

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
SCALE = 2


def sky(size: tuple[int, int], *colours: Colour) -> Image.Image:
    """A gradient from the top down."""
    strip = Image.new("RGB", (1, len(colours)))
    strip.putdata(colours)
    width, height = size[0] * SCALE, size[1] * SCALE
    # The middle of the outer colours lies half a step inside.
    inset = 0.5 if len(colours) > 1 else 0
    box = (0, inset, 1, len(colours) - inset)
    return strip.resize((width, height), Image.Resampling.BILINEAR, box=box)


def finished(picture: Image.Image) -> Image.Image:
    """The picture at its size."""
    return picture.resize(
        (picture.width // SCALE, picture.height // SCALE), Image.Resampling.LANCZOS
    )


def ridge(
    picture: Image.Image,
    colour: Colour,
    level: float,
    rise: float,
    seed: int,
    haze: Colour,
    waves: int = 6,
) -> None:
    """Mountains whose feet are lost in a haze; `level` and `rise` are parts of the height."""
    chance = random.Random(seed)
    parts = [
        (chance.uniform(0.6, 1.4) * 2**wave, chance.uniform(0, 6.3), rise / 2 ** (1.1 * wave))
        for wave in range(waves)
    ]
    width, height = picture.size
    points = []
    for x in range(0, width + 4, 4):
        swing = sum(part * math.sin(fast * x / width * 6.3 + at) for fast, at, part in parts)
        points.append((x, (level + swing) * height))
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon([*points, (width, height), (0, height)], fill=255)
    ground = Image.new("RGB", (1, 3))
    ground.putdata([colour, colour, haze])
    top = int(max(0, (level - 2 * rise) * height))
    filled = ground.resize((width, height - top), Image.Resampling.BILINEAR)
    picture.paste(filled, (0, top), mask.crop((0, top, width, height)))


def glow(picture: Image.Image, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """Light around a point, which is given in parts of the width and height."""
    width, height = picture.size
    light = Image.radial_gradient("L").point(lambda value: max(0, 255 - int(value * 1.42)))
    reach = int(radius * height)
    light = light.resize((2 * reach, 2 * reach), Image.Resampling.BILINEAR)
    canvas = Image.new("RGB", picture.size)
    place = (int(at[0] * width) - reach, int(at[1] * height) - reach)
    canvas.paste(Image.new("RGB", light.size, colour), place, light)
    picture.paste(ImageChops.screen(picture, canvas))


def disc(picture: Image.Image, at: tuple[float, float], radius: float, colour: Colour) -> None:
    """A sun or a moon."""
    width, height = picture.size
    x, y, reach = at[0] * width, at[1] * height, radius * height
    ImageDraw.Draw(picture).ellipse((x - reach, y - reach, x + reach, y + reach), fill=colour)


def stars(picture: Image.Image, count: int, lowest: float, seed: int) -> None:
    """Points of light in the upper part."""
    chance, draw = random.Random(seed), ImageDraw.Draw(picture)
    for _ in range(count):
        x, y = chance.random() * picture.width, chance.random() ** 1.4 * lowest * picture.height
        reach, bright = chance.choice((1, 1, 1, 2, 3)), chance.randint(150, 255)
        draw.ellipse((x, y, x + reach, y + reach), fill=(bright, bright, min(255, bright + 20)))


def water(picture: Image.Image, level: float, tint: Colour) -> None:
    """Below the level, what is above it once more: upside down, blurred, darker."""
    width, height = picture.size
    line = int(level * height)
    depth = height - line
    above = picture.crop((0, max(0, line - depth), width, line)).resize((width, depth))
    mirrored = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirrored = mirrored.filter(ImageFilter.GaussianBlur(6))
    mirrored = Image.blend(mirrored, Image.new("RGB", mirrored.size, tint), 0.45)
    chance, draw = random.Random(1), ImageDraw.Draw(mirrored)
    for _ in range(140):
        y = chance.random() ** 1.3 * depth
        x, reach = chance.random() * width, 30 + y * chance.random() * 0.6
        shade = mirrored.getpixel((int(x) % width, int(y)))
        assert isinstance(shade, tuple)
        lit = tuple(min(255, value + 22) for value in shade)
        draw.line((x, y, x + reach, y), fill=lit, width=1 + int(y / 120))
    picture.paste(mirrored, (0, line))
