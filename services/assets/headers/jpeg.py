"""JPEG: a walk from marker to marker up to the end of the image."""

import re

from services.assets.headers.exif import Metadata
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileInvalid
from services.assets.headers.window import Parse, Window

_SIGNATURE_BYTES = 2
# Stuffing (00), fill (FF) and restarts (D0 to D7) are part of what lies between two markers.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_TEM, _SOI, _EOI, _SOS, _APP1 = 0x01, 0xD8, 0xD9, 0xDA, 0xE1
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MORE_XMP_BYTES = len(_MORE_XMP) + 32 + 4 + 4
"""With the digest of the whole, its length, and where in it a segment begins."""
_MAX_SEGMENTS = 4096


def parse(window: Window, limits: Limits) -> Parse[Header]:
    """Reads up to the EOI marker that follows the first scan; anything may come after it."""
    window.position += _SIGNATURE_BYTES
    size: tuple[int, int] | None = None
    metadata = Metadata()
    scanned = False
    for _ in range(_MAX_SEGMENTS):
        marker = yield from _next_marker(window)
        if marker == _EOI:
            if size is None or not scanned:
                raise FileInvalid("the JPEG holds no image")
            width, height = metadata.displayed(*size)
            return Header("image/jpeg", ".jpg", width, height, 1, metadata.has_location)
        if marker in (_TEM, _SOI):
            continue
        length = int.from_bytes((yield from window.read(2)), "big") - 2
        if length < 0:
            raise FileInvalid(f"its JPEG segment {marker:02X} has no length")
        if marker in _FRAMES and size is None:
            size = yield from _frame_size(window, length, limits)
        elif marker == _APP1 and not scanned:
            _add_metadata(metadata, (yield from window.read(length)))
        else:
            scanned |= marker == _SOS
            window.position += length
    raise FileInvalid(f"it has more than {_MAX_SEGMENTS} JPEG segments")


def _next_marker(window: Window) -> Parse[int]:
    """Passes everything up to and including the next marker and returns its code."""
    while True:
        if not (yield from window.available(2)):
            raise FileInvalid("the JPEG has no end marker")
        match = _MARKER.search(window.data, window.position)
        if match:
            window.position = match.end()
            return window.data[match.end() - 1]
        window.position = len(window.data) - (window.data[-1] == 0xFF)


def _frame_size(window: Window, length: int, limits: Limits) -> Parse[tuple[int, int]]:
    segment = yield from window.read(length)
    if length < 6:
        raise FileInvalid("its JPEG frame header is too short")
    height, width = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
    limits.check_size(width, height)
    return width, height


def _add_metadata(metadata: Metadata, segment: bytes) -> None:
    if segment.startswith(b"Exif\0\0"):
        metadata.add_exif(segment)
    elif segment.startswith(_XMP):
        metadata.add_xmp(segment)
    elif segment.startswith(_MORE_XMP):
        metadata.add_xmp(segment[_MORE_XMP_BYTES:])
