"""EXIF, read in one way by all who need it: what turns a picture, and where directories are."""

import struct
from dataclasses import dataclass

MAX_BLOCK = 64 * 1024
"""Bytes; what lies behind these in a block is not read."""

_ORIENTATION = 0x0112
_PREFIX = b"Exif\0\0"
_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
_ENTRY_BYTES = 12
_SHORT, _LONG, _DIRECTORY = 3, 4, 13


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tag says: how its values are coded, how many there are, and its last four bytes."""

    type: int
    count: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Directory:
    """The first entry of each tag in a directory."""

    entries: dict[int, Entry]
    is_whole: bool
    """Whether all of it lies inside what was read."""


class Exif:
    """A block of EXIF, with or without its "Exif" prefix; one that is none has no entries."""

    def __init__(self, block: bytes) -> None:
        """Takes a block, or the first part of one."""
        self._tiff = block[:MAX_BLOCK].removeprefix(_PREFIX)
        self._order = _ORDERS.get(self._tiff[:4], "")
        self.main = Directory({}, is_whole=False)
        if self._order and len(self._tiff) >= 8:
            (start,) = struct.unpack_from(self._order + "I", self._tiff, 4)
            self.main = self._directory(start)

    @property
    def is_exif(self) -> bool:
        """Whether it begins as EXIF does."""
        return bool(self._order)

    @property
    def orientation(self) -> int:
        """How the picture is to be turned, 1 to 8.

        1 where that is not said, or not by exactly one SHORT: browsers take no notice of others.
        """
        entry = self.main.entries.get(_ORIENTATION)
        if entry is None or (entry.type, entry.count) != (_SHORT, 1):
            return 1
        (value,) = struct.unpack_from(self._order + "H", entry.value)
        return value if 1 <= value <= 8 else 1

    def directory(self, tag: int) -> Directory | None:
        """The directory that a tag of the main one points to; None without such a tag."""
        entry = self.main.entries.get(tag)
        if entry is None:
            return None
        if entry.type not in (_LONG, _DIRECTORY):
            return Directory({}, is_whole=False)
        (start,) = struct.unpack(self._order + "I", entry.value)
        return self._directory(start)

    def _directory(self, start: int) -> Directory:
        tiff = self._tiff
        if start + 2 > len(tiff):
            return Directory({}, is_whole=False)
        (count,) = struct.unpack_from(self._order + "H", tiff, start)
        end = start + 2 + count * _ENTRY_BYTES
        stop = min(end, len(tiff) - _ENTRY_BYTES + 1)
        entries: dict[int, Entry] = {}
        for at in range(start + 2, stop, _ENTRY_BYTES):
            tag, kind, values = struct.unpack_from(self._order + "HHI", tiff, at)
            entries.setdefault(tag, Entry(kind, values, tiff[at + 8 : at + _ENTRY_BYTES]))
        return Directory(entries, is_whole=end <= len(tiff))
