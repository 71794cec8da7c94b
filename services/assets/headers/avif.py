"""AVIF: a walk over the boxes of its ISO container, nested ones as part of the same flat walk."""

from collections import Counter
from dataclasses import dataclass, field

from services.assets.headers import avif_items
from services.assets.headers.exif import Metadata
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileInvalid
from services.assets.headers.window import MAX_READ, Parse, Window

# Boxes whose content is boxes, and how many bytes come before these.
_CONTAINERS = {
    **dict.fromkeys((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"iprp", b"ipco"), 0),
    b"meta": 4,
}
_TABLES = frozenset((b"pitm", b"iinf", b"iloc", b"ipma"))
_MAX_DEPTH = 8
_MAX_BOXES = 4096


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    end: int
    """Offset in the file of the first byte behind it."""


@dataclass(slots=True)
class _Found:
    """What the walk has gathered so far."""

    limits: Limits
    is_sequence: bool = False
    tables: dict[bytes, bytes] = field(default_factory=dict)
    property_count: int = 0
    sizes: dict[int, tuple[int, int]] = field(default_factory=dict)
    turns: dict[int, int] = field(default_factory=dict)
    track_size: tuple[int, int] | None = None
    is_picture_track: bool = False
    frames: int = 1
    pieces: list[avif_items.Piece] = field(default_factory=list)
    data_end: int = 0
    metadata: Metadata = field(default_factory=Metadata)


def is_avif(start: bytes) -> bool:
    """Whether a file type box, or the first part of one, names AVIF."""
    brands = [start[8:12], *(start[at : at + 4] for at in range(16, len(start), 4))]
    return b"avif" in brands or b"avis" in brands


def parse(window: Window, limits: Limits) -> Parse[Header]:
    """Reads up to the end of the file, which must be the end of its last box."""
    found = _Found(limits)
    parents: list[_Box] = []
    for _ in range(_MAX_BOXES):
        while parents and window.offset >= parents[-1].end:
            if parents.pop().kind == b"meta":
                _resolve_items(found)
        if not parents and not (yield from window.available(1)):
            return (yield from _header(window, found))
        box = yield from _next_box(window)
        if box is None:
            if parents:
                raise FileInvalid("an AVIF box inside another has no length")
            yield from _pass_all(window, found)
            continue
        if parents and box.end > parents[-1].end:
            raise FileInvalid("an AVIF box is longer than the one it is in")
        if box.kind in _CONTAINERS:
            window.position += _CONTAINERS[box.kind]
            parents.append(box)
            if len(parents) > _MAX_DEPTH or window.offset > box.end:
                raise FileInvalid("its AVIF boxes are not nested as they should be")
        else:
            if parents and parents[-1].kind == b"ipco":
                found.property_count += 1
            yield from _read_box(window, box, found)
            yield from _pass_box(window, box.end, found)
    raise FileInvalid(f"it has more than {_MAX_BOXES} AVIF boxes")


def _next_box(window: Window) -> Parse[_Box | None]:
    """Passes the head of a box; None stands for one that reaches to the end of the file."""
    start = window.offset
    head = yield from window.read(8)
    size = int.from_bytes(head[:4], "big")
    if size == 0:
        return None
    if size == 1:
        size = int.from_bytes((yield from window.read(8)), "big")
    if start + size < window.offset:
        raise FileInvalid("an AVIF box is shorter than its head")
    return _Box(head[4:], start + size)


def _read_box(window: Window, box: _Box, found: _Found) -> Parse[None]:
    length = box.end - window.offset
    if box.kind in _TABLES:
        found.tables.setdefault(box.kind, (yield from window.read(length)))
    elif box.kind == b"ispe":
        content = yield from window.read(length)
        size = int.from_bytes(content[4:8], "big"), int.from_bytes(content[8:12], "big")
        found.limits.check_size(*size)
        found.sizes[found.property_count] = size
    elif box.kind == b"irot":
        content = yield from window.read(length)
        found.turns[found.property_count] = int.from_bytes(content[:1], "big") & 3
    elif box.kind == b"ftyp":
        found.is_sequence = (yield from window.read(length))[:4] == b"avis"
    elif box.kind == b"tkhd":
        content = yield from window.read(length)
        size = int.from_bytes(content[-8:-6], "big"), int.from_bytes(content[-4:-2], "big")
        found.track_size = found.track_size or size
    elif box.kind == b"hdlr":
        found.is_picture_track = (yield from window.peek(min(length, 12)))[8:12] == b"pict"
    elif box.kind == b"stsz" and found.is_picture_track:
        content = yield from window.peek(min(length, 12))
        found.frames = max(found.frames, int.from_bytes(content[8:12], "big"))
        found.limits.check_frames(found.frames)


def _resolve_items(found: _Found) -> None:
    """Finds out where the metadata of the picture is, once all tables are there."""
    locations = avif_items.locations(found.tables.get(b"iloc"))
    kinds = avif_items.kinds(found.tables.get(b"iinf"))
    found.data_end = max((piece.end for piece in locations), default=0)
    metadata = {item for item, kind in kinds.items() if kind in (b"Exif", b"mime")}
    places = Counter(piece.item for piece in locations)
    # Those in other places than the file itself, or in several pieces, nobody looks at.
    found.metadata.has_location |= any(places[item] != 1 for item in metadata)
    found.pieces = sorted(
        (piece for piece in locations if piece.item in metadata),
        key=lambda piece: piece.start,
    )


def _pass_box(window: Window, end: int, found: _Found) -> Parse[None]:
    """Passes the rest of a box, reading the metadata that lies in it on the way."""
    while found.pieces and found.pieces[0].start < end:
        piece = found.pieces.pop(0)
        if piece.start < window.offset:
            found.metadata.has_location = True
            continue
        window.skip_to(piece.start)
        content = yield from window.peek(min(piece.end - piece.start, MAX_READ))
        # An Exif item begins with the distance to its TIFF header.
        skipped = 4 + int.from_bytes(content[:4], "big")
        found.metadata.add_exif(content[skipped:])
        yield from window.hand_over(piece.end, found.metadata.add_xmp)
    window.skip_to(max(end, window.offset))


def _pass_all(window: Window, found: _Found) -> Parse[None]:
    """Passes the rest of the file."""
    yield from _pass_box(window, max(found.data_end, window.offset), found)
    while (yield from window.available(1)):
        window.position = len(window.data)


def _header(window: Window, found: _Found) -> Parse[Header]:
    complete = yield from window.available(0)
    if not complete or window.offset < found.data_end:
        raise FileInvalid("it ends too early")
    properties = avif_items.properties(found.tables.get(b"ipma"), found.tables.get(b"pitm"))
    size = next((found.sizes[at] for at in properties if at in found.sizes), None)
    turns = next((found.turns[at] for at in properties if at in found.turns), 0)
    if found.is_sequence or size is None:
        size = found.track_size or size
    if size is None:
        raise FileInvalid("the AVIF holds no image")
    found.limits.check_size(*size)
    width, height = reversed(size) if turns % 2 else size
    return Header(
        "image/avif",
        ".avif",
        width,
        height,
        found.frames if found.is_sequence else 1,
        found.metadata.has_location or bool(found.pieces),
    )
