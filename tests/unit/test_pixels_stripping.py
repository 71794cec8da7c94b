"""Metadata is taken out of every container, and nothing else changes."""

import io
import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from services.chassis.pixels.errors import PictureError, PictureUnreadable
from services.chassis.pixels.stripping import avif, avif_items, reading
from services.chassis.pixels.stripping.strip import stripped
from tests.unit import laden
from tests.unit.laden import PROFILE, SECRET, coloured, moving, secret_exif
from tests.unit.pictures import ORIENTATION

MAX_PIXELS = 1_000_000
pytestmark = pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO file")


def animated(mode: str = "RGB") -> dict[str, Any]:
    first, *others = moving(mode)
    return {"picture": first, "save_all": True, "append_images": others, "duration": [50, 90, 70]}


UPRIGHT = {
    "jpeg": laden.jpeg(),
    "jpeg grey": laden.jpeg("L"),
    "jpeg cmyk": laden.jpeg("CMYK"),
    "jpeg progressive": laden.jpeg(progressive=True, restart_marker_blocks=2),
    "jpeg 444": laden.jpeg(subsampling=0, quality=100),
    "jpeg upright": laden.jpeg(exif=secret_exif(1)),
    **{f"png {mode}": laden.png(coloured(mode)) for mode in ("1", "L", "LA", "I;16", "RGB")},
    "png RGBA": laden.png(coloured("RGBA")),
    "png palette": laden.png(coloured().quantize(16)),
    "png transparent palette": laden.png(coloured().quantize(16), transparency=3),
    "png transparent colour": laden.png(transparency=(200, 30, 40)),
    "png animated": laden.png(**animated("RGBA"), loop=3),
    "png animated beside": laden.png(**animated(), default_image=True),
    "webp": laden.webp(),
    "webp transparent": laden.webp(coloured("RGBA")),
    "webp lossless": laden.webp(coloured("RGBA"), lossless=True),
    "webp animated": laden.webp(**animated("RGBA"), loop=2),
    "gif": laden.gif(),
    "gif interlaced": laden.gif(interlace=True),
    "gif transparent": laden.gif(transparency=5),
    "gif animated": laden.gif(**animated(), loop=4),
    "gif animated once": laden.gif(**animated()),
    "avif": laden.avif(),
    "avif transparent": laden.avif(coloured("RGBA")),
    "avif grey": laden.avif(coloured("L")),
    "avif animated": laden.avif(**animated()),
    "avif turned": laden.avif(exif=secret_exif(6)),
    "one pixel": laden.png(coloured(size=(1, 1))),
    "one column": laden.webp(coloured(size=(1, 3000))),
}


def strip(folder: Path, data: bytes) -> bytes:
    source, target = folder / "source", folder / "target"
    source.write_bytes(data)
    made = stripped(str(source), str(target), MAX_PIXELS)
    result = target.read_bytes()
    with Image.open(io.BytesIO(data)) as picture:
        assert made["content_type"] == Image.MIME[picture.format or ""].replace("mpo", "jpeg")
        shown = ImageOps.exif_transpose(picture)
        assert (made["width"], made["height"]) == shown.size
    return result


def frames(data: bytes) -> Iterator[tuple[Image.Image, Any]]:
    with Image.open(io.BytesIO(data)) as picture:
        for index in range(1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)):
            picture.seek(index)
            picture.load()
            yield picture.copy(), picture.info.get("duration", 0)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("data", UPRIGHT.values(), ids=list(UPRIGHT))
def test_metadata_goes_and_pixels_stay_exactly(tmp_path: Path, data: bytes) -> None:
    assert SECRET in data
    result = strip(tmp_path, data)

    assert SECRET not in result
    for mark in (b"Exif", b"eXIf", b"xmpmeta", b"EXIF", b"MPF\0", b"8BIM", b"tEXt", b"XMP"):
        assert mark not in result
    before, after = list(frames(data)), list(frames(result))
    assert [duration for _, duration in after] == [duration for _, duration in before]
    for (was, _), (is_now, _) in zip(before, after, strict=True):
        assert (is_now.mode, is_now.size) == (was.mode, was.size)
        assert is_now.tobytes() == was.tobytes()
        assert is_now.getpalette() == was.getpalette()
        assert is_now.info.get("transparency") == was.info.get("transparency")
    was, now = opened(data), opened(result)
    assert now.info.get("icc_profile") == was.info.get("icc_profile")
    assert now.info.get("loop") == was.info.get("loop")
    for lost in ("xmp", "comment", "photoshop", "Comment", "XML:com.adobe.xmp"):
        assert lost not in now.info
    # Pillow tells of an AVIF's own turn as if it were EXIF.
    assert set(now.getexif()) <= ({ORIENTATION} if now.format == "AVIF" else set())


@pytest.mark.parametrize("data", UPRIGHT.values(), ids=list(UPRIGHT))
def test_what_is_stripped_is_stripped_no_further(tmp_path: Path, data: bytes) -> None:
    once = strip(tmp_path, data)
    assert strip(tmp_path, once) == once


def markers(data: bytes) -> list[int]:
    """The segments of a JPEG up to its first scan."""
    found, at = [], 2
    while data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return found


def test_a_jpeg_keeps_its_tables_its_profile_and_one_header(tmp_path: Path) -> None:
    result = strip(tmp_path, UPRIGHT["jpeg"])
    allowed = {0xE0, 0xE2, 0xDB, 0xC0, 0xC4}
    assert set(markers(result)) == allowed
    assert result.endswith(b"\xff\xd9")
    assert result.count(b"\xff\xd8\xff") == 1
    # The header said that a thumbnail of one pixel follows.
    at = result.index(b"JFIF\0")
    assert result[at + 12 : at + 14] == b"\0\0"


def test_what_stands_between_the_scans_of_a_jpeg_goes(tmp_path: Path) -> None:
    whole = laden.jpeg(progressive=True)
    second = whole.index(b"\xff\xda", whole.index(b"\xff\xda") + 2)
    # Before the tables of the second scan.
    at = whole.rindex(b"\xff\xc4", 0, second)
    hidden = laden.segment(0xFE, SECRET) + laden.segment(0xE1, b"Exif\0\0" + SECRET)
    result = strip(tmp_path, whole[:at] + hidden + whole[at:])
    assert result == strip(tmp_path, whole)


def test_a_png_keeps_what_says_how_it_looks(tmp_path: Path) -> None:
    result = strip(tmp_path, UPRIGHT["png transparent palette"])
    kinds = {result[at + 4 : at + 8] for at in chunks(result)}
    assert kinds == {b"IHDR", b"gAMA", b"iCCP", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"}


def chunks(data: bytes) -> Iterator[int]:
    at = 8
    while at < len(data):
        yield at
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    assert at == len(data)


def test_the_header_of_a_webp_says_what_is_there(tmp_path: Path) -> None:
    for name in ("webp", "webp transparent", "webp animated"):
        before, after = UPRIGHT[name], strip(tmp_path, UPRIGHT[name])
        at = after.index(b"VP8X") + 8
        assert after[at] == before[at] & ~0x0C
        assert before[at] & 0x0C
        assert int.from_bytes(after[4:8], "little") + 8 == len(after)


def test_what_hides_in_the_frames_of_a_webp_goes(tmp_path: Path) -> None:
    whole = UPRIGHT["webp animated"]
    at = whole.index(b"ANMF")
    size = int.from_bytes(whole[at + 4 : at + 8], "little")
    end = at + 8 + size + size % 2
    frame = whole[at + 8 : at + 8 + size] + b"\0" * (size % 2) + laden.riff(b"seCr", SECRET)
    hiding = whole[:at] + laden.riff(b"ANMF", frame) + whole[end:]
    hiding = hiding[:4] + struct.pack("<I", len(hiding) - 8 - len(SECRET)) + hiding[8:]
    assert strip(tmp_path, hiding) == strip(tmp_path, whole)


def test_a_gif_keeps_its_profile_and_says_once_how_often_it_is_shown(tmp_path: Path) -> None:
    result = strip(tmp_path, UPRIGHT["gif animated"])
    assert b"ICCRGBG1012" + bytes((200,)) + PROFILE[:200] in result
    loop = b"\x21\xff\x0bNETSCAPE2.0"
    more = UPRIGHT["gif animated"].replace(
        loop + b"\x03\x01\x04\0\0", loop + laden.blocks(b"\1\4\0", b"\2" + SECRET)
    )
    assert strip(tmp_path, more) == result


def test_an_avif_keeps_its_length_and_its_turn(tmp_path: Path) -> None:
    data = UPRIGHT["avif turned"]
    result = strip(tmp_path, data)
    assert len(result) == len(data)
    assert b"irot" in result
    assert ImageOps.exif_transpose(opened(result)).size == (48, 64)


def reference(kind: bytes, source: int, *targets: int) -> bytes:
    numbers = (source, len(targets), *targets)
    return laden.box(kind, struct.pack(f">{len(numbers)}H", *numbers))


def test_the_picture_of_an_avif_is_what_it_is_put_together_from() -> None:
    references = (
        reference(b"thmb", 9, 1),
        reference(b"cdsc", 8, 1),
        reference(b"auxl", 4, 2),
        reference(b"dimg", 1, 2, 3),
        reference(b"dimg", 7, 1, 6),
        reference(b"auxl", 10, 9),
    )
    pitm = memoryview(bytes(4) + struct.pack(">H", 1))
    iref = memoryview(bytes(4) + b"".join(references))
    nothing = memoryview(b"")
    tables = avif_items.Tables(pitm, nothing, nothing, iref)
    assert avif_items.of_picture(tables) == {1, 2, 3, 4}
    assert avif_items.of_picture(avif_items.Tables(nothing, nothing, nothing, iref)) == set()


def test_an_avif_with_a_track_of_sound_is_refused() -> None:
    whole = UPRIGHT["avif animated"]
    track = whole.index(b"mdia")
    sound = whole[:track] + whole[track:].replace(b"pict", b"soun", 1)
    with pytest.raises(PictureUnreadable, match="has an AVIF track that holds no pictures"):
        list(avif.stripped(sound))


def error(was: Image.Image, now: Image.Image) -> float:
    difference = ImageChops.difference(was.convert("RGBA"), now.convert("RGBA"))
    return max(ImageStat.Stat(difference).mean)


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize(
    ("make", "options", "allowed"),
    [
        (laden.jpeg, {}, 1.5),
        (laden.jpeg, {"mode": "L"}, 1.5),
        (laden.jpeg, {"mode": "CMYK", "quality": 95}, 1.5),
        (laden.png, {}, 0),
        (laden.png, {"picture": coloured("I;16")}, 0),
        (laden.png, {"picture": coloured("LA")}, 0),
        (laden.png, {"picture": coloured().quantize(9), "transparency": 2}, 0),
        (laden.png, {"transparency": (200, 30, 40)}, 0),
        (laden.webp, {}, 1.5),
        (laden.webp, {"picture": coloured("RGBA"), "lossless": True, "exact": True}, 0),
    ],
)
def test_what_lies_on_its_side_is_turned(
    tmp_path: Path,
    make: Callable[..., bytes],
    options: dict[str, Any],
    allowed: float,
    orientation: int,
) -> None:
    data = make(**options, exif=secret_exif(orientation))
    result = strip(tmp_path, data)

    assert SECRET not in result
    assert not opened(result).getexif()
    was, now = ImageOps.exif_transpose(opened(data)), opened(result)
    assert (now.mode, now.size) == (was.mode, was.size)
    assert error(was, now) <= allowed
    assert now.info.get("icc_profile") == PROFILE
    if now.format == "PNG":
        assert now.info.get("transparency") == was.info.get("transparency")
        assert result.count(b"gAMA") == result.count(b"iCCP") == 1


@pytest.mark.parametrize("make", [laden.png, laden.webp])
def test_an_animation_is_turned_frame_by_frame(tmp_path: Path, make: Callable[..., bytes]) -> None:
    lossless = {"lossless": True} if make is laden.webp else {}
    data = make(**animated(), **lossless, loop=2, exif=secret_exif(8))
    result = strip(tmp_path, data)

    assert SECRET not in result
    before, after = list(frames(data)), list(frames(result))
    assert [duration for _, duration in after] == [duration for _, duration in before]
    for (was, _), (now, _) in zip(before, after, strict=True):
        assert error(was.transpose(Image.Transpose.ROTATE_90), now) == 0
    assert opened(result).info["loop"] == 2


@pytest.mark.parametrize("sampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_a_turned_jpeg_keeps_its_colours(tmp_path: Path, sampling: str) -> None:
    for orientation in (3, 6):
        data = laden.jpeg(subsampling=sampling, quality=92, exif=secret_exif(orientation))
        result = strip(tmp_path, data)
        assert {each[1:3] for each in opened(result).layer} == {(1, 1)}  # type: ignore[attr-defined]
        assert error(ImageOps.exif_transpose(opened(data)), opened(result)) < 0.8


HOSTILE = {
    "jpeg without end": UPRIGHT["jpeg"][: UPRIGHT["jpeg"].index(b"\xff\xd9")],
    "jpeg segment beyond the end": b"\xff\xd8\xff\xe1\xff\xff12",
    "jpeg segment without length": b"\xff\xd8\xff\xe1\0\1\xff\xd9",
    "png chunk beyond the end": UPRIGHT["png RGB"][:33] + b"\x7f\xff\xff\xffIDAT123",
    "png without end": laden.png()[: -2 * len(SECRET) - 12],
    "webp longer than the file": UPRIGHT["webp"][:4] + b"\xff\xff\xff\x7f" + UPRIGHT["webp"][8:],
    "gif without end": UPRIGHT["gif"][: -len(SECRET) - 1],
    "gif of unknown blocks": UPRIGHT["gif"][: -len(SECRET) - 1] + b"\x77" * 9,
    "avif box beyond the end": UPRIGHT["avif"] + b"\xff\xff\xff\xffuuid",
    "avif box of nothing": UPRIGHT["avif"] + b"\0\0\0\3uuid",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=list(HOSTILE))
def test_a_container_that_lies_is_unreadable(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        strip(tmp_path, data)


TINY = {
    "jpeg": (UPRIGHT["jpeg"][:2], b"\xff\xfe\0\2", UPRIGHT["jpeg"][2:]),
    "png": (UPRIGHT["png RGB"][:33], laden.chunk(b"seCr", b""), UPRIGHT["png RGB"][33:]),
    "gif": (UPRIGHT["gif"][:-16], b"\x21\xfe\0", b";"),
}


@pytest.mark.parametrize(("start", "piece", "end"), TINY.values(), ids=list(TINY))
def test_there_is_a_limit_to_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes, piece: bytes, end: bytes
) -> None:
    monkeypatch.setattr(reading, "MOST_PIECES", 2_000)
    assert SECRET not in strip(tmp_path, start + piece * 1_000 + end)
    with pytest.raises(PictureUnreadable, match="has more than 2000 pieces"):
        strip(tmp_path, start + piece * 2_001 + end)


@pytest.mark.parametrize(
    "name",
    ["jpeg", "jpeg progressive", "png animated", "webp animated", "gif animated", "avif animated"],
)
def test_damage_is_an_error_of_the_picture_or_none(tmp_path: Path, name: str) -> None:
    whole = UPRIGHT[name]
    luck = random.Random(name)
    results: set[type] = set()
    messages: list[str] = []
    for _ in range(150):
        data = bytearray(whole)
        # Sometimes none: the checksums of a PNG let hardly any pass.
        for _ in range(luck.choice((0, 1, 1, 3))):
            data[luck.randrange(min(len(data), 2_000))] = luck.randrange(256)
        if luck.random() < 0.3:
            del data[luck.randrange(len(data)) :]
        (tmp_path / "source").write_bytes(data)
        try:
            stripped(str(tmp_path / "source"), str(tmp_path / "target"), MAX_PIXELS)
        except PictureError as failure:
            results.add(type(failure))
            messages.append(str(failure))
        else:
            results.add(bytes)
    assert results >= {bytes, PictureUnreadable}
    assert not [message for message in messages if str(tmp_path) in message]
