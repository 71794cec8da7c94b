"""The two things in a picture's metadata that its header tells of: orientation and position."""

import struct
from dataclasses import dataclass

_ORIENTATION = 0x0112
_GPS_DIRECTORY = 0x8825
_GPS_VERSION = 0
_ENTRY_BYTES = 12


@dataclass(slots=True)
class Metadata:
    """What has been gathered so far from all metadata of one file."""

    turned: bool = False
    """Whether the picture is shown turned by a quarter, so that width and height change places."""
    has_location: bool = False
    """Whether there is a GPS position."""
    _seen_exif: bool = False

    def add_exif(self, block: bytes) -> None:
        """Reads an EXIF block, with or without its "Exif" prefix; damaged ones say nothing.

        The first block's orientation counts; a position counts wherever it is.
        """
        tiff = block[6:] if block.startswith(b"Exif\0\0") else block
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
        if order is None or len(tiff) < 8:
            return
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        entries = _directory(tiff, start, order)
        gps = entries.get(_GPS_DIRECTORY)
        if gps is not None:
            (gps_start,) = struct.unpack(order + "I", gps)
            tags = _directory(tiff, gps_start, order)
            # A directory outside of what was read can't be looked into: better to say there is one.
            self.has_location |= gps_start >= len(tiff) or bool(tags.keys() - {_GPS_VERSION})
        if not self._seen_exif and _ORIENTATION in entries:
            (orientation,) = struct.unpack_from(order + "H", entries[_ORIENTATION])
            self.turned = 5 <= orientation <= 8
        self._seen_exif = True

    def add_xmp(self, block: bytes) -> None:
        """Looks for a position in an XMP packet, or in the first part of one."""
        self.has_location |= b"exif:GPSLatitude" in block

    def displayed(self, width: int, height: int) -> tuple[int, int]:
        """Returns width and height as displayed."""
        return (height, width) if self.turned else (width, height)


def _directory(tiff: bytes, start: int, order: str) -> dict[int, bytes]:
    """Returns the tags of an image file directory with the four bytes of their values."""
    if start + 2 > len(tiff):
        return {}
    (count,) = struct.unpack_from(order + "H", tiff, start)
    stop = min(start + 2 + count * _ENTRY_BYTES, len(tiff) - _ENTRY_BYTES + 1)
    entries: dict[int, bytes] = {}
    for entry in range(start + 2, stop, _ENTRY_BYTES):
        (tag,) = struct.unpack_from(order + "H", tiff, entry)
        entries.setdefault(tag, tiff[entry + 8 : entry + 12])
    return entries
