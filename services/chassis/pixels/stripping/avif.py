"""AVIF: what is no part of its picture is overwritten, so that nothing that is has to move."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.chassis.pixels.errors import PictureUnreadable
from services.chassis.pixels.stripping import avif_items
from services.chassis.pixels.stripping.reading import Reader

_KEPT = {
    b"": (b"ftyp", b"meta", b"moov", b"mdat"),
    b"meta": (b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp", b"idat", b"grpl", b"dinf"),
    b"moov": (b"mvhd", b"trak", b"mvex"),
    b"trak": (b"tkhd", b"tref", b"edts", b"mdia"),
}
"""By the box that they are in; "" is the file."""
_FLAGS_BYTES = 4
_PICTURE_TRACKS = (b"pict", b"auxv")
_SKIPPED, _FREE = b"skip", b"free"


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box is."""

    kind: bytes
    start: int
    content: int
    """Behind its head."""
    end: int


def stripped(data: bytes) -> Iterator[bytes | memoryview]:
    """The whole file, as long as it was. Turning and mirroring are left to who shows it."""
    result = bytearray(data)
    _strip(data, result, b"", 0, len(data))
    yield bytes(result)


def _strip(data: bytes, result: bytearray, parent: bytes, start: int, end: int) -> None:
    for box in _boxes(data, start, end):
        if box.kind not in _KEPT[parent]:
            if box.kind == b"meta":
                # That of a film or a track, which describes and shows nothing.
                _strip_items(data, result, box, lambda _: frozenset())
            _overwrite(result, box)
        elif box.kind == b"meta":
            _strip(data, result, box.kind, box.content + _FLAGS_BYTES, box.end)
            _strip_items(data, result, box, avif_items.of_picture)
        elif box.kind in _KEPT:
            if box.kind == b"trak":
                _check_track(data, box)
            _strip(data, result, box.kind, box.content, box.end)


def _check_track(data: bytes, track: Box) -> None:
    """Refuses what is no pictures: its samples lie among theirs, and would be left there."""
    found = {box.kind: box for box in _boxes(data, track.content, track.end)}
    media = found.get(b"mdia")
    inside = _boxes(data, media.content, media.end) if media else ()
    for box in inside:
        at = box.content + _FLAGS_BYTES + 4
        if box.kind == b"hdlr" and data[at : at + 4] not in _PICTURE_TRACKS:
            raise PictureUnreadable("the picture has an AVIF track that holds no pictures")


def _overwrite(result: bytearray, box: Box) -> None:
    result[box.start + 4 : box.start + 8] = _FREE
    result[box.content : box.end] = bytes(box.end - box.content)


def _strip_items(
    data: bytes,
    result: bytearray,
    meta: Box,
    kept_of: Callable[[avif_items.Tables], frozenset[int]],
) -> None:
    """Overwrites the items that do not belong to the picture, and makes them unknown ones."""
    found = {box.kind: box for box in _boxes(data, meta.content + _FLAGS_BYTES, meta.end)}

    def content(kind: bytes) -> memoryview:
        box = found.get(kind)
        return memoryview(data)[box.content : box.end] if box else memoryview(b"")

    tables = avif_items.Tables(*map(content, (b"pitm", b"iinf", b"iloc", b"iref")))
    kept = kept_of(tables)
    infos = found.get(b"iinf")
    for item, start, end in avif_items.entries(tables.iinf):
        if infos is not None and item not in kept:
            unknown = _SKIPPED + bytes(end - start - len(_SKIPPED))
            result[infos.content + start : infos.content + end] = unknown
    pieces = avif_items.pieces(tables.iloc, found[b"idat"].content if b"idat" in found else None)
    for piece in pieces:
        if piece.item not in kept:
            stop = min(piece.end, len(result))
            result[piece.start : stop] = bytes(max(0, stop - piece.start))
    # Of what lies in two of them, the picture's remains.
    for piece in pieces:
        if piece.item in kept:
            result[piece.start : piece.end] = data[piece.start : piece.end]


def _boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    reader = Reader(memoryview(data)[:end], "AVIF")
    reader.position = start
    while reader.left > 0:
        reader.count()
        at = reader.position
        size, kind = reader.number(4, big=True), bytes(reader.take(4))
        if size == 1:
            size = reader.number(8, big=True)
        content = reader.position
        stop = at + size if size else end
        if stop < content:
            raise reader.broken("has a box without length")
        reader.take(stop - content)
        yield Box(kind, at, content, stop)
