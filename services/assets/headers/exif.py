"""The two things in a picture's metadata that its header tells of: orientation and position."""

from dataclasses import dataclass

from services.chassis.exif import Exif

_GPS_DIRECTORY = 0x8825
_GPS_VERSION = 0


@dataclass(slots=True)
class Metadata:
    """What has been gathered so far from all metadata of one file."""

    turned: bool = False
    """Whether the picture is shown turned by a quarter, so that width and height change places."""
    has_location: bool = False
    """Whether there is a GPS position."""
    _seen_exif: bool = False

    def add_exif(self, block: bytes, *, turns: bool = True) -> None:
        """Reads an EXIF block, with or without its "Exif" prefix; damaged ones say nothing.

        The first block's orientation counts, of those that may turn the picture at all; a position
        counts wherever it is.
        """
        exif = Exif(block)
        gps = exif.directory(_GPS_DIRECTORY)
        if gps is not None:
            # A directory that can't be looked into: better to say that there is a position.
            self.has_location |= not gps.is_whole or bool(gps.entries.keys() - {_GPS_VERSION})
        if turns and not self._seen_exif:
            self.turned = exif.orientation >= 5
            self._seen_exif = True

    def add_xmp(self, block: bytes) -> None:
        """Looks for a position in an XMP packet, or in the first part of one."""
        self.has_location |= b"exif:GPSLatitude" in block

    def displayed(self, width: int, height: int) -> tuple[int, int]:
        """Returns width and height as displayed."""
        return (height, width) if self.turned else (width, height)
