"""PNG: pixels, animation, and what says how colours are meant are kept."""

import zlib
from collections.abc import Iterator

from services.chassis.pixels.stripping.reading import Reader

COLOURS = frozenset((b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI"))
_KEPT = COLOURS | {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"sBIT", b"bKGD", b"pHYs"),
    *(b"acTL", b"fcTL", b"fdAT"),
}
_SIGNATURE_BYTES = 8
_BESIDES = 8
"""Bytes of a chunk's type and checksum."""
_PROFILE_NAME = b"icc"
"""A profile's name may be any text, and is shown nowhere."""


def stripped(data: bytes) -> Iterator[bytes | memoryview]:
    """The pieces that are kept."""
    reader = Reader(data, "PNG")
    yield reader.take(_SIGNATURE_BYTES)
    kind = b""
    while kind != b"IEND":
        kind, chunk = _chunk(reader)
        if kind in _KEPT:
            yield chunk


def with_colours_of(original: bytes, data: bytes) -> Iterator[bytes | memoryview]:
    """The pieces of another PNG with what the original says of colours, in place of its own."""
    reader = Reader(data, "PNG")
    yield reader.take(_SIGNATURE_BYTES)
    yield _chunk(reader)[1]
    yield from _colours(original)
    kind = b""
    while kind != b"IEND":
        kind, chunk = _chunk(reader)
        if kind not in COLOURS:
            yield chunk


def _colours(data: bytes) -> Iterator[bytes | memoryview]:
    reader = Reader(data, "PNG")
    reader.take(_SIGNATURE_BYTES)
    while True:
        kind, chunk = _chunk(reader)
        if kind in (b"PLTE", b"IDAT", b"IEND"):
            return
        if kind in COLOURS:
            yield chunk


def _chunk(reader: Reader) -> tuple[bytes, bytes | memoryview]:
    """The type of the next chunk, and the chunk as it may be kept."""
    reader.count()
    start = reader.position
    length = reader.number(4, big=True)
    rest = reader.take(_BESIDES + length)
    kind = bytes(rest[:4])
    if kind == b"IEND":
        return kind, _written(kind, b"")
    if kind == b"iCCP":
        _, _, packed = bytes(rest[4:-4]).partition(b"\0")
        return kind, _written(kind, _PROFILE_NAME + b"\0" + packed)
    return kind, reader.since(start)


def _written(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return len(content).to_bytes(4, "big") + kind + content + checksum.to_bytes(4, "big")
