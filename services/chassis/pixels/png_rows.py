"""Whether a PNG has all its rows: Pillow leaves those black that are not there."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import ImageFile

from services.chassis.pixels.errors import PictureUnreadable

_HEADER = struct.Struct(">16xIIBBxxB4x")
"""From the start of the file to the end of IHDR: size, depth, colour type, whether interlaced."""
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""By the number of the colour type."""
_WHOLE = ((0, 0, 1, 1),)
_ADAM7 = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
"""The passes of an interlaced picture: the first column and row, and their distances."""
_PIECE = 64 * 1024
_CHECKSUM_BYTES = 4


def check(picture: ImageFile.ImageFile) -> None:
    """Raises PictureUnreadable if a PNG that was just decoded lacks rows.

    Counts what its pixels are inflated to, which takes nearly as long as decoding them; but where
    the last row is not black and rows come in their order, all are there.
    """
    with Path(str(picture.filename)).open("rb") as file:
        width, height, depth, colour, interlaced = _HEADER.unpack(file.read(_HEADER.size))
        if not interlaced and any(picture.crop((0, height - 1, width, height)).tobytes()):
            return
        bits = depth * _CHANNELS[colour]
        needed = sum(
            _length(len(range(left, width, across)), len(range(top, height, down)), bits)
            for left, top, across, down in (_ADAM7 if interlaced else _WHOLE)
        )
        found = _inflated(file, needed)
    if found < needed:
        raise PictureUnreadable(
            "the picture cannot be decoded: rows are missing, "
            f"the PNG has {found} of {needed} bytes of pixels"
        )


def _length(columns: int, rows: int, bits: int) -> int:
    """The bytes of a pass, one a row being for its filter."""
    return rows * (1 + (columns * bits + 7) // 8) if columns else 0


def _inflated(file: BinaryIO, most: int) -> int:
    """How many bytes the pixels are, counted up to `most`; the file stands behind its header."""
    inflater = zlib.decompressobj()
    found = 0
    for piece in _pieces(file):
        rest = piece
        while found < most:
            room = min(_PIECE, most - found)
            length = len(inflater.decompress(rest, room))
            found += length
            rest = inflater.unconsumed_tail
            if not rest and length < room:
                break
        if inflater.eof or found == most:
            break
    return found


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """What is in the IDAT chunks in a row."""
    seen = False
    while len(head := file.read(8)) == 8:
        left, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IDAT":
            seen = True
            while left > 0 and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece
        elif seen:
            return
        file.seek(left + _CHECKSUM_BYTES, 1)
