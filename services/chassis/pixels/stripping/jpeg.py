"""JPEG: tables, scans and the colour profile are kept, in a file that ends with its picture."""

import re
from collections.abc import Iterator

from services.chassis.pixels.stripping.reading import Reader

_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_APP0, _APP2, _APP14 = 0xE0, 0xE2, 0xEE
_CODING = range(0xC0, 0xE0)
"""Frames, scans and their tables."""
_RESTARTS = range(0xD0, 0xD8)
_JFIF, _JFIF_BYTES = b"JFIF\0", 14
_PROFILE = b"ICC_PROFILE\0"
_ADOBE, _ADOBE_BYTES = b"Adobe", 12
# What ends a scan: a marker that is neither an escaped FF nor a restart.
_SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
_MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)


def stripped(data: bytes) -> Iterator[bytes | memoryview]:
    """The pieces that are kept; a thumbnail and whatever follows the picture are not among them."""
    reader = Reader(data, "JPEG")
    yield reader.take(2)
    scanned = False
    while True:
        reader.count()
        marker = _next_marker(reader, data)
        if marker == _EOI:
            break
        if marker in (_SOI, _TEM) or marker in _RESTARTS:
            continue
        length = reader.number(2, big=True)
        if length < 2:
            raise reader.broken(f"has a segment {marker:02X} without length")
        content = reader.take(length - 2)
        kept = _kept(marker, content)
        if kept is not None:
            yield bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2, "big")
            yield kept
        if marker == _SOS:
            scanned = True
            yield _scan(reader, data)
    if not scanned:
        raise reader.broken("holds no image")
    yield bytes((0xFF, _EOI))


def _next_marker(reader: Reader, data: bytes) -> int:
    match = _MARKER.search(data, reader.position)
    if match is None:
        raise reader.broken("has no end marker")
    reader.position = match.end()
    return data[match.end() - 1]


def _scan(reader: Reader, data: bytes) -> memoryview:
    """The coded pixels up to the next marker, which is not taken."""
    match = _SCAN_END.search(data, reader.position)
    if match is None:
        raise reader.broken("has no end marker")
    return reader.take(match.start() - reader.position)


def _kept(marker: int, content: memoryview) -> bytes | memoryview | None:
    if marker in _CODING:
        return content
    if marker == _APP0 and content[:5] == _JFIF and len(content) >= _JFIF_BYTES:
        # Its last two bytes are the size of a thumbnail.
        return bytes(content[: _JFIF_BYTES - 2]) + b"\0\0"
    if marker == _APP2 and content[:12] == _PROFILE:
        return content
    if marker == _APP14 and content[:5] == _ADOBE and len(content) >= _ADOBE_BYTES:
        return content[:_ADOBE_BYTES]
    return None
