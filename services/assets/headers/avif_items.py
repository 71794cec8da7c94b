"""The tables of an AVIF's meta box: which items there are, where they lie, what describes them."""

from dataclasses import dataclass

from services.assets.headers.refusals import FileInvalid

_MAX_PIECES = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a part of an item lies in the file."""

    item: int
    start: int
    end: int


class _Table:
    """Reads numbers from a table, in their order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._position = 0
        self.version = self.uint(1)
        self.flags = self.uint(3)

    def uint(self, size: int) -> int:
        """Returns the next number, of `size` bytes; zero for none."""
        start = self._position
        self._position += size
        if self._position > len(self._content):
            raise FileInvalid("a table of its AVIF header ends too early")
        return int.from_bytes(self._content[start : self._position], "big")

    def box(self) -> bytes:
        """Returns the next nested box, with its head."""
        start = self._position
        size = self.uint(4)
        if size < 8:
            raise FileInvalid("a table of its AVIF header has an entry without length")
        self._position = start
        self.uint(size)
        return self._content[start : start + size]


def kinds(iinf: bytes | None) -> dict[int, bytes]:
    """Returns the four letters that name the kind of each item; raises FileInvalid."""
    found: dict[int, bytes] = {}
    if iinf is None:
        return found
    table = _Table(iinf)
    for _ in range(table.uint(2 if table.version == 0 else 4)):
        entry = table.box()
        version = entry[8] if len(entry) > 8 else 0
        if version >= 2:
            id_end = 14 if version == 2 else 16
            found[int.from_bytes(entry[12:id_end], "big")] = entry[id_end + 2 : id_end + 6]
    return found


def locations(iloc: bytes | None) -> list[Piece]:
    """Returns where items lie in the file, those in other places left out; raises FileInvalid."""
    found: list[Piece] = []
    if iloc is None:
        return found
    table = _Table(iloc)
    sizes = table.uint(2)
    offset_size, length_size, base_size, index_size = (sizes >> at & 15 for at in (12, 8, 4, 0))
    if table.version == 0:
        index_size = 0
    pieces = 0
    for _ in range(table.uint(2 if table.version < 2 else 4)):
        item = table.uint(2 if table.version < 2 else 4)
        method = table.uint(2) & 15 if table.version else 0
        table.uint(2)
        base = table.uint(base_size)
        count = table.uint(2)
        pieces += count
        if pieces > _MAX_PIECES:
            raise FileInvalid(f"its AVIF items have more than {_MAX_PIECES} pieces")
        for _ in range(count):
            table.uint(index_size)
            start = base + table.uint(offset_size)
            length = table.uint(length_size)
            if method == 0:
                found.append(Piece(item, start, start + length))
    return found


def properties(ipma: bytes | None, pitm: bytes | None) -> list[int]:
    """Returns the numbers of the primary item's properties, counted from 1; raises FileInvalid."""
    if ipma is None or pitm is None:
        return []
    primary_table = _Table(pitm)
    primary = primary_table.uint(2 if primary_table.version == 0 else 4)
    table = _Table(ipma)
    for _ in range(table.uint(4)):
        item = table.uint(2 if table.version == 0 else 4)
        count = table.uint(1)
        size, mask = (2, 0x7FFF) if table.flags & 1 else (1, 0x7F)
        numbers = [table.uint(size) & mask for _ in range(count)]
        if item == primary:
            return numbers
    return []
