"""WebP: pixels, animation and the colour profile are kept."""

from collections.abc import Iterator

from services.chassis.pixels.stripping.reading import Reader

_PICTURE = (b"VP8 ", b"VP8L", b"ALPH")
_KEPT = (*_PICTURE, b"VP8X", b"ICCP", b"ANIM", b"ANMF")
_HEAD_BYTES = 8
_FRAME_BYTES = 16
"""What an ANMF chunk says of its frame, before the chunks of its picture."""
_METADATA_FLAGS = 0x08 | 0x04
"""Of VP8X: there is Exif, there is XMP."""


def stripped(data: bytes) -> Iterator[bytes | memoryview]:
    """The pieces that are kept."""
    reader = Reader(data, "WebP")
    reader.take(4)
    size = reader.number(4, big=False)
    if size < 4 or size > reader.left:
        raise reader.broken("ends too early")
    content = Reader(reader.take(size)[4:], "WebP")
    pieces = list(_kept(content))
    yield b"RIFF" + (4 + sum(len(piece) for piece in pieces)).to_bytes(4, "little") + b"WEBP"
    yield from pieces


def is_lossless(data: bytes) -> bool:
    """Whether the first picture in it is stored without loss."""
    lossless, lossy = data.find(b"VP8L", 12), data.find(b"VP8 ", 12)
    return lossless >= 0 and (lossy < 0 or lossless < lossy)


def _kept(reader: Reader) -> Iterator[bytes | memoryview]:
    while reader.left >= _HEAD_BYTES:
        kind, content = _chunk(reader)
        if kind == b"VP8X":
            yield from _written(kind, bytes((content[0] & ~_METADATA_FLAGS,)), content[1:])
        elif kind == b"ANMF":
            yield from _written(kind, content[:_FRAME_BYTES], *_frame(reader, content))
        elif kind in _KEPT:
            yield from _written(kind, content)


def _frame(reader: Reader, content: memoryview) -> Iterator[bytes | memoryview]:
    """The pieces of a frame's picture."""
    inner = Reader(content, "WebP")
    inner.take(_FRAME_BYTES)
    while inner.left >= _HEAD_BYTES:
        reader.count()
        kind, part = _chunk(inner)
        if kind in _PICTURE:
            yield from _written(kind, part)


def _chunk(reader: Reader) -> tuple[bytes, memoryview]:
    reader.count()
    kind = bytes(reader.take(4))
    length = reader.number(4, big=False)
    content = reader.take(length)
    if kind == b"VP8X" and not content:
        raise reader.broken("has an empty header")
    reader.take(min(length % 2, reader.left))
    return kind, content


def _written(kind: bytes, *parts: bytes | memoryview) -> Iterator[bytes | memoryview]:
    length = sum(len(part) for part in parts)
    yield kind + length.to_bytes(4, "little")
    yield from parts
    if length % 2:
        yield b"\0"
