"""WebP: a walk over the chunks of its RIFF container."""

from services.assets.headers.exif import Metadata
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileInvalid
from services.assets.headers.window import MAX_READ, Parse, Window

_RIFF_BYTES = 12
_CHUNK_BYTES = 8
_EXTENDED, _LOSSY, _LOSSLESS, _FRAME = b"VP8X", b"VP8 ", b"VP8L", b"ANMF"
_MAX_CHUNKS = 4096
_HAS_EXIF = 0x08
"""Flag of the extended header; without it the EXIF is of no account to decoders."""


def parse(window: Window, limits: Limits) -> Parse[Header]:
    """Reads up to the end that the RIFF header announces; metadata may follow the image."""
    riff = yield from window.read(_RIFF_BYTES)
    end = _CHUNK_BYTES + int.from_bytes(riff[4:8], "little")
    canvas: tuple[int, int] | None = None
    still = turns = False
    frames = 0
    metadata = Metadata()
    for _ in range(_MAX_CHUNKS):
        if window.offset + _CHUNK_BYTES > end:
            break
        head = yield from window.read(_CHUNK_BYTES)
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        chunk_end = window.offset + length + length % 2
        if window.offset + length > end:
            raise FileInvalid("a WebP chunk is longer than the file")
        content = yield from window.peek(_interesting_bytes(kind, length))
        if kind == _EXTENDED and canvas is None:
            canvas = _checked(_canvas_size(content), limits)
            turns = bool(content[0] & _HAS_EXIF)
        elif kind in (_LOSSY, _LOSSLESS):
            size = _checked(
                _lossy_size(content) if kind == _LOSSY else _lossless_size(content), limits
            )
            canvas, still = canvas or size, True
            if size != canvas:
                raise FileInvalid("its WebP image does not fill the canvas")
        elif kind == _FRAME:
            frames += 1
            limits.check_frames(frames)
        elif kind == b"EXIF":
            metadata.add_exif(content, turns=turns)
        elif kind == b"XMP ":
            yield from window.hand_over(window.offset + length, metadata.add_xmp)
        window.skip_to(min(chunk_end, end))
    else:
        raise FileInvalid(f"it has more than {_MAX_CHUNKS} WebP chunks")
    window.skip_to(end)
    if not (yield from window.available(0)):
        raise FileInvalid("it ends too early")
    if canvas is None or not (still or frames):
        raise FileInvalid("the WebP holds no image")
    width, height = metadata.displayed(*canvas)
    return Header("image/webp", ".webp", width, height, max(1, frames), metadata.has_location)


def _interesting_bytes(kind: bytes, length: int) -> int:
    if kind == b"EXIF":
        return min(length, MAX_READ)
    return min(length, 10) if kind in (_EXTENDED, _LOSSY, _LOSSLESS) else 0


def _checked(size: tuple[int, int], limits: Limits) -> tuple[int, int]:
    limits.check_size(*size)
    return size


def _canvas_size(content: bytes) -> tuple[int, int]:
    if len(content) < 10:
        raise FileInvalid("its WebP header is too short")
    return (
        1 + int.from_bytes(content[4:7], "little"),
        1 + int.from_bytes(content[7:10], "little"),
    )


def _lossy_size(content: bytes) -> tuple[int, int]:
    if len(content) < 10 or content[0] & 1 or content[3:6] != b"\x9d\x01\x2a":
        raise FileInvalid("its WebP image does not begin with a key frame")
    return (
        int.from_bytes(content[6:8], "little") & 0x3FFF,
        int.from_bytes(content[8:10], "little") & 0x3FFF,
    )


def _lossless_size(content: bytes) -> tuple[int, int]:
    if len(content) < 5 or content[0] != 0x2F:
        raise FileInvalid("its lossless WebP image has no signature")
    bits = int.from_bytes(content[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
