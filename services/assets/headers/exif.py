"""The two things in a picture's metadata that its header tells of: orientation and position."""

from dataclasses import dataclass

from services.chassis.exif import Exif

_GPS_DIRECTORY = 0x8825
_GPS_VERSION = 0
_POSITIONS = tuple(
    name.encode(coding)
    for name in ("GPSLatitude", "GPSLongitude")
    for coding in ("ascii", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
"""How XMP names a position, under whatever prefix, in the encodings that it may have."""
_LONGEST_POSITION = max(map(len, _POSITIONS))


@dataclass(slots=True)
class Metadata:
    """What has been gathered so far from all metadata of one file."""

    turned: bool = False
    """Whether the picture is shown turned by a quarter, so that width and height change places."""
    has_location: bool = False
    """Whether there is a GPS position, or there may be one where nobody has looked."""
    _seen_exif: bool = False
    _xmp_end: bytes = b""

    def add_exif(self, block: bytes, *, turns: bool = True) -> None:
        """Reads an EXIF block, with or without its "Exif" prefix.

        The first block's orientation counts, of those that may turn the picture at all; a position
        counts wherever it is. What points out of what was read may have one.
        """
        exif = Exif(block)
        gps = exif.directory(_GPS_DIRECTORY)
        self.has_location |= exif.is_exif and not exif.main.is_whole
        if gps is not None:
            self.has_location |= not gps.is_whole or bool(gps.entries.keys() - {_GPS_VERSION})
        if turns and not self._seen_exif:
            self.turned = exif.orientation >= 5
            self._seen_exif = True

    def add_xmp(self, piece: bytes) -> None:
        """Looks for a position in an XMP packet, or in the next piece of one."""
        if self.has_location:
            return
        seen = self._xmp_end + piece
        self.has_location = any(position in seen for position in _POSITIONS)
        self._xmp_end = seen[1 - _LONGEST_POSITION :]

    def displayed(self, width: int, height: int) -> tuple[int, int]:
        """Returns width and height as displayed."""
        return (height, width) if self.turned else (width, height)
