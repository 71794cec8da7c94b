"""The tables of an AVIF's meta box: which items there are, and which of them are its picture."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.chassis.pixels.stripping.reading import Reader

_MOST_PIECES = 4096


@dataclass(frozen=True, slots=True)
class Tables:
    """The contents of boxes, empty where there is none."""

    pitm: memoryview
    iinf: memoryview
    iloc: memoryview
    iref: memoryview


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a part of an item lies in the file."""

    item: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Reference:
    kind: bytes
    source: int
    targets: tuple[int, ...]


def of_picture(tables: Tables) -> frozenset[int]:
    """The primary item with what it is put together from, and with what lies over these: alpha."""
    if not tables.pitm:
        return frozenset()
    table = _Table(tables.pitm)
    kept = {table.id_from(1)}
    references = list(_references(tables.iref))
    grown = True
    while grown:
        before = len(kept)
        for each in references:
            if each.kind == b"dimg" and each.source in kept:
                kept.update(each.targets)
            if each.kind == b"auxl" and not kept.isdisjoint(each.targets):
                kept.add(each.source)
        grown = len(kept) > before
    return frozenset(kept)


def entries(iinf: memoryview) -> Iterator[tuple[int, int, int]]:
    """Each item, where in the table its kind of four letters stands, and where its names end."""
    if not iinf:
        return
    table = _Table(iinf)
    for _ in range(table.uint(2 if table.version == 0 else 4)):
        start, entry = table.box()
        # Before version 2 there were no kinds, and no AVIF.
        if entry.version < 2:
            raise table.reader.broken("has items without a kind")
        item = entry.id_from(3)
        entry.uint(2)
        kind = start + entry.reader.position
        entry.uint(4)
        yield item, kind, kind + 4 + entry.reader.left


def pieces(iloc: memoryview, idat: int | None) -> list[Piece]:
    """Where items lie; `idat` is where the box of that name has its content."""
    found: list[Piece] = []
    if not iloc:
        return found
    table = _Table(iloc)
    sizes = table.uint(2)
    offset_size, length_size, base_size, index_size = (sizes >> at & 15 for at in (12, 8, 4, 0))
    if table.version == 0:
        index_size = 0
    count = 0
    for _ in range(table.uint(2 if table.version < 2 else 4)):
        item = table.id_from(2)
        method = table.uint(2) & 15 if table.version else 0
        table.uint(2)
        base = table.uint(base_size)
        extents = table.uint(2)
        count += extents
        if count > _MOST_PIECES:
            raise table.reader.broken(f"has items in more than {_MOST_PIECES} pieces")
        for _ in range(extents):
            table.uint(index_size)
            start = base + table.uint(offset_size)
            length = table.uint(length_size)
            found.append(_piece(table, item, method, start, length, idat))
    return found


def _piece(
    table: "_Table", item: int, method: int, start: int, length: int, idat: int | None
) -> Piece:
    if method == 1 and idat is not None:
        start += idat
    elif method != 0:
        raise table.reader.broken("has items that lie in others")
    return Piece(item, start, start + length)


def _references(iref: memoryview) -> Iterator[_Reference]:
    if not iref:
        return
    table = _Table(iref)
    size = 2 if table.version == 0 else 4
    while table.reader.left:
        table.reader.count()
        length, kind = table.uint(4), bytes(table.reader.take(4))
        end = table.reader.position - 8 + length
        source, count = table.uint(size), table.uint(2)
        yield _Reference(kind, source, tuple(table.uint(size) for _ in range(count)))
        if table.reader.position != end:
            raise table.reader.broken("has references of another length than they say")


class _Table:
    """Reads numbers from the content of a box that begins with its version."""

    def __init__(self, content: memoryview) -> None:
        self.reader = Reader(content, "AVIF")
        self.version = self.uint(1)
        self.uint(3)

    def uint(self, size: int) -> int:
        """The next number, of `size` bytes; zero for none."""
        return self.reader.number(size, big=True)

    def id_from(self, version: int) -> int:
        """The next id of an item; from this version of the box on it has four bytes."""
        return self.uint(2 if self.version < version else 4)

    def box(self) -> tuple[int, "_Table"]:
        """The next box inside: where its content begins, and the content."""
        self.reader.count()
        length = self.uint(4)
        self.reader.take(4)
        if length < 8:
            raise self.reader.broken("has a box without length")
        start = self.reader.position
        return start, _Table(self.reader.take(length - 8))
