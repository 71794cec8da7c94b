"""Pictures to measure with, made anew for each run."""

import random
import struct
import zlib
from io import BytesIO
from math import isqrt
from pathlib import Path

from PIL import Image


def photograph(width: int, height: int, seed: int = 0) -> bytes:
    """A JPEG with about as much detail as a photograph: 12 megapixels come to some 3 MB."""
    blobs = Image.frombytes("RGB", (64, 48), random.Random(seed).randbytes(64 * 48 * 3))
    grain = Image.effect_noise((width, height), 12).convert("RGB")
    picture = Image.blend(blobs.resize((width, height), Image.Resampling.BICUBIC), grain, 0.2)
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def incompressible(path: Path, megabytes: int) -> None:
    """Writes a valid PNG of about so many MB: uncompressed noise, three bytes a pixel."""
    side = isqrt(megabytes * 1_000_000 // 3)
    noise = random.Random(megabytes).randbytes(3 * side)

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    rows = zlib.compressobj(0)
    with path.open("wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)))
        for row in range(side):
            if data := rows.compress(b"\0" + noise[row % 97 :] + noise[: row % 97]):
                file.write(chunk(b"IDAT", data))
        file.write(chunk(b"IDAT", rows.flush()) + chunk(b"IEND", b""))
