"""GIFs whose frames do not cover the canvas, or are taken away again, look as in browsers."""

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from services.chassis.pixels.animation import frames
from services.chassis.pixels.encoding import save_animation
from services.chassis.pixels.picture import normalised, opened
from services.chassis.pixels.srgb import to_srgb

SIZE = (8, 4)
PALETTE = (255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255)
LEAVE, CLEAR, RESTORE = 1, 2, 3
Box = tuple[int, int, int, int]


def frame(box: Box, colour: int, disposal: int, transparent: int | None = None) -> bytes:
    """A frame of one colour, by left, top, width and height."""
    control = disposal << 2 | (transparent is not None)
    # Codes of three bits: one that clears the table before each pixel, and one that ends.
    codes = [4, colour] * (box[2] * box[3]) + [5]
    bits = sum(code << 3 * at for at, code in enumerate(codes))
    data = bits.to_bytes((3 * len(codes) + 7) // 8, "little")
    blocks = b"".join(
        bytes((len(data[at : at + 255]),)) + data[at : at + 255] for at in range(0, len(data), 255)
    )
    return (
        b"\x21\xf9\x04"
        + struct.pack("<BHB", control, 10, transparent or 0)
        + b"\0\x2c"
        + struct.pack("<4HB", *box, 0)
        + b"\2"
        + blocks
        + b"\0"
    )


def gif(*frames: bytes) -> bytes:
    head = struct.pack("<HHBBB", *SIZE, 0xF1, 3, 0)
    return b"GIF89a" + head + bytes(PALETTE) + b"".join(frames) + b";"


ALL, LEFT, RIGHT = (0, 0, 8, 4), (0, 0, 4, 4), (4, 0, 4, 4)
RED, GREEN, BLUE, NOTHING = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), 0
CASES = {
    "one that covers": ([(ALL, 0, CLEAR)], [(RED, RED)]),
    "one of a part": ([(LEFT, 1, LEAVE)], [(GREEN, NOTHING)]),
    "a part and another": (
        [(LEFT, 1, LEAVE), (RIGHT, 2, LEAVE)],
        [(GREEN, NOTHING), (GREEN, BLUE)],
    ),
    "a part that goes": (
        [(LEFT, 1, CLEAR), (RIGHT, 2, LEAVE)],
        [(GREEN, NOTHING), (NOTHING, BLUE)],
    ),
    "all of it goes": ([(ALL, 0, CLEAR), (RIGHT, 2, LEAVE)], [(RED, RED), (NOTHING, BLUE)]),
    "the first is taken back": (
        [(ALL, 0, RESTORE), (RIGHT, 2, LEAVE)],
        [(RED, RED), (NOTHING, BLUE)],
    ),
    "the second goes": (
        [(ALL, 0, LEAVE), (RIGHT, 2, CLEAR), (LEFT, 1, LEAVE)],
        [(RED, RED), (RED, BLUE), (GREEN, NOTHING)],
    ),
    "the second is taken back": (
        [(ALL, 0, LEAVE), (RIGHT, 2, RESTORE), (LEFT, 1, LEAVE)],
        [(RED, RED), (RED, BLUE), (GREEN, RED)],
    ),
    "transparent at first": (
        [(LEFT, 1, LEAVE, 3), (RIGHT, 2, CLEAR), (LEFT, 0, LEAVE)],
        [(GREEN, NOTHING), (GREEN, BLUE), (RED, NOTHING)],
    ),
    "transparent later": (
        [(LEFT, 1, CLEAR), (ALL, 2, CLEAR, 2), (RIGHT, 0, LEAVE)],
        [(GREEN, NOTHING), (NOTHING, NOTHING), (NOTHING, RED)],
    ),
    "covered for good": ([(ALL, 0, LEAVE), (LEFT, 1, LEAVE)], [(RED, RED), (GREEN, RED)]),
}


def halves(picture: Image.Image) -> tuple[object, object]:
    """The colours on the left and on the right, NOTHING where it is transparent."""
    whole = picture.convert("RGBA")
    found = []
    for half in ((0, 0, 4, 4), (4, 0, 8, 4)):
        colours = whole.crop(half).getcolors()
        assert colours is not None
        ((_, colour),) = colours
        assert isinstance(colour, tuple)
        found.append(colour if colour[3] else NOTHING)
    return found[0], found[1]


@pytest.mark.parametrize(("made", "wanted"), CASES.values(), ids=list(CASES))
def test_a_gif_is_transparent_where_nothing_is(
    tmp_path: Path, made: list[tuple[Box, int, int]], wanted: list[tuple[object, object]]
) -> None:
    path = tmp_path / "picture.gif"
    path.write_bytes(gif(*(frame(*each) for each in made)))
    with opened(path, 1_000) as picture:
        every = [to_srgb(each) for each, _ in frames(picture)]
    assert [halves(each) for each in every] == wanted
    with opened(path, 1_000) as picture:
        assert halves(normalised(picture)) == wanted[0]

    if len(every) == 1:
        return
    for kind in ("gif", "png"):
        target = tmp_path / f"made.{kind}"
        save_animation(every, [100] * len(every), str(target), f"image/{kind}")
        with opened(target, 1_000) as picture:
            again = [to_srgb(each).convert("RGBA") for each, _ in frames(picture)]
        alphas = [each.getchannel("A").tobytes() for each in again]
        assert alphas == [each.convert("RGBA").getchannel("A").tobytes() for each in every]


def written(folder: Path, made: Sequence[Image.Image], times: Sequence[int]) -> list[bytes]:
    """What a GIF of these frames shows, for each hundredth of a second."""
    target = folder / "made.gif"
    save_animation(made, times, str(target), "image/gif")
    with opened(target, 10_000) as picture:
        return [pixels(each) for each, time in frames(picture) for _ in range(time // 10)]


def pixels(picture: Image.Image) -> bytes:
    """The colours of what is there at all, that is, transparent by half at most."""
    whole = picture.convert("RGBA")
    there = whole.getchannel("A").point(lambda alpha: 255 * (alpha >= 128))
    opaque = whole.convert("RGB").convert("RGBA")
    return Image.composite(opaque, Image.new("RGBA", whole.size), there).tobytes()


def test_black_stays_where_the_first_frame_is_transparent(tmp_path: Path) -> None:
    made = [Image.new("RGBA", (40, 40), (0, 0, 0, 255 * bool(at))) for at in range(4)]
    for at, each in enumerate(made):
        each.paste((255 * bool(at), 255 * (not at), 0, 255), (5 * at, 5, 5 * at + 9, 14))
    shown = written(tmp_path, made, [50] * 4)
    assert shown == [pixels(each) for each in made for _ in range(5)]


COLOURS = ((0, 0, 0), (0, 0, 1), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))
ALPHAS = {"opaque": (255,), "clear": (0,), "mixed": (255, 128, 127, 0)}


def some_frames(luck: random.Random) -> list[Image.Image]:
    """Small ones of few colours, so that much of each is as in another."""
    size = (luck.randint(1, 6), luck.randint(1, 6))
    colours = luck.sample(COLOURS, luck.randint(1, 4))
    found: list[Image.Image] = []
    for _ in range(luck.randint(2, 5)):
        kind = luck.choice([*ALPHAS, "as before"])
        if kind == "as before":
            found.append(found[-1].copy() if found else Image.new("RGB", size))
            continue
        frame = Image.new("RGBA", size)
        frame.putdata(
            [(*luck.choice(colours), luck.choice(ALPHAS[kind])) for _ in range(size[0] * size[1])]
        )
        found.append(frame.convert("RGB") if kind == "opaque" and luck.random() < 0.5 else frame)
    return found


def test_a_gif_shows_what_was_meant(tmp_path: Path) -> None:
    for seed in range(300):
        luck = random.Random(seed)
        made = some_frames(luck)
        times = [luck.choice((20, 50, 100)) for _ in made]
        meant = [
            pixels(each) for each, time in zip(made, times, strict=True) for _ in range(time // 10)
        ]
        assert written(tmp_path, made, times) == meant, f"seed {seed}"
