"""PNG: a walk from chunk to chunk up to IEND. Animated ones (APNG) tell their frames."""

import struct
import zlib

from services.assets.headers import png_text
from services.assets.headers.exif import Metadata
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileInvalid
from services.assets.headers.window import MAX_READ, Parse, Window

_SIGNATURE_BYTES = 8
_HEADER_BYTES = 25
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_CHUNK = struct.Struct(">I4s")
_CHECKSUM_BYTES = 4
_READ = png_text.KINDS | {b"IHDR", b"acTL", b"eXIf", b"IEND"}
_MAX_READ_CHUNKS = 4096


def parse(window: Window, limits: Limits) -> Parse[Header]:
    """Reads up to the IEND chunk."""
    window.position += _SIGNATURE_BYTES
    size = yield from _image_header(window, limits)
    metadata = Metadata()
    frames = 1
    inflated = 0
    drawn = False
    for _ in range(_MAX_READ_CHUNKS):
        kind, length, drawn_here = yield from _next_chunk(window)
        drawn |= drawn_here
        end = window.offset + length + _CHECKSUM_BYTES
        if kind == b"IEND":
            yield from window.read(length + _CHECKSUM_BYTES)
            break
        if kind == b"IHDR":
            raise FileInvalid("it has two PNG headers")
        content = yield from window.peek(min(length, MAX_READ))
        if kind == b"eXIf":
            metadata.add_exif(content, turns=not drawn)
        elif kind in png_text.KINDS and not metadata.has_location:
            text = png_text.Text(kind, content, metadata, inflated)
            if text.is_looked_at:
                yield from window.hand_over(window.offset + length, text.add)
                text.end()
                inflated = text.inflated
        elif kind == b"acTL" and not drawn:
            frames = max(1, int.from_bytes(content[:4], "big"))
            limits.check_frames(frames)
        window.skip_to(end)
    else:
        raise FileInvalid(f"it has more than {_MAX_READ_CHUNKS} PNG metadata chunks")
    if not drawn:
        raise FileInvalid("the PNG holds no image")
    width, height = metadata.displayed(*size)
    return Header("image/png", ".png", width, height, frames, metadata.has_location)


def _image_header(window: Window, limits: Limits) -> Parse[tuple[int, int]]:
    block = yield from window.read(_HEADER_BYTES)
    if block[:8] != b"\0\0\0\x0dIHDR":
        raise FileInvalid("the PNG does not begin with its header")
    width, height, depth, colour = struct.unpack_from(">IIBB", block, 8)
    limits.check_size(width, height)
    if zlib.crc32(block[4:21]) != int.from_bytes(block[21:], "big"):
        raise FileInvalid("the checksum of its PNG header is wrong")
    if depth not in _DEPTHS.get(colour, ()):
        raise FileInvalid(f"its PNG header says {depth} bits of colour type {colour}")
    return width, height


def _next_chunk(window: Window) -> Parse[tuple[bytes, int, bool]]:
    """Passes chunks up to one that says something, and its length and type.

    Returns its type, its length, and whether image data was passed. One tight loop, because a
    hostile file can have a chunk every twelve bytes.
    """
    drawn = False
    unpack = _CHUNK.unpack_from
    while True:
        if not (yield from window.available(_CHUNK.size)):
            raise FileInvalid("the PNG has no end chunk")
        data, position = window.data, window.position
        last = len(data) - _CHUNK.size
        while position <= last:
            length, kind = unpack(data, position)
            position += _CHUNK.size
            if kind in _READ:
                window.position = position
                return kind, length, drawn
            drawn |= kind == b"IDAT"
            position += length + _CHECKSUM_BYTES
        window.position = position
