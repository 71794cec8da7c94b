"""Reads a picture's header while the file arrives."""

from collections.abc import Callable

from services.assets.headers import avif, gif, jpeg, png, webp
from services.assets.headers.header import Header, Limits
from services.assets.headers.refusals import FileEmpty, FileInvalid, TypeNotAllowed
from services.assets.headers.window import Parse, Window

_SNIFFED_BYTES = 12
_MAX_BRANDS_BYTES = 1024

_PARSERS: dict[str, Callable[[Window, Limits], Parse[Header]]] = {
    "image/jpeg": jpeg.parse,
    "image/png": png.parse,
    "image/gif": gif.parse,
    "image/webp": webp.parse,
    "image/avif": avif.parse,
}


def sniff(start: bytes) -> str | None:
    """Returns the content type that the start of a file belongs to, or None.

    12 bytes are enough, but for AVIF, whose file type box must be there.
    """
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp" and avif.is_avif(start):
        return "image/avif"
    return None


class HeaderReader:
    """Takes a file piece by piece and refuses it as soon as what was seen allows it.

    Holds at most one piece and 64 KiB, decodes nothing, and stops looking once it has seen the end
    of the picture. `feed` and `finish` raise FileEmpty, FileInvalid, TypeNotAllowed and
    DimensionsTooLarge, nothing else, whatever the bytes are.
    """

    def __init__(
        self,
        max_pixels: int,
        max_side: int = 30_000,
        max_frames: int = 200,
        declared_type: str | None = None,
    ) -> None:
        """Takes the limits, and the content type that the bytes must be of, if there is one."""
        self._declared_type = declared_type
        self._window = Window()
        self._limits = Limits(max_pixels, max_side, max_frames)
        self._parse = self._read_all()
        self._empty = True
        self._header: Header | None = None

    def feed(self, chunk: bytes) -> None:
        """Takes the bytes that follow."""
        self._empty &= not chunk
        if self._header is None and chunk:
            self._window.push(chunk)
            self._advance()

    def finish(self) -> Header:
        """Says that the file is complete and returns what its header says."""
        if self._empty:
            raise FileEmpty
        self._window.ended = True
        self._advance()
        if self._header is None:
            raise FileInvalid("it ends too early")
        return self._header

    def _advance(self) -> None:
        if self._header is None and self._window.ready:
            try:
                next(self._parse)
            except StopIteration as done:
                self._header = done.value
                self._window.data.clear()

    def _read_all(self) -> Parse[Header]:
        start = yield from self._window.peek(_SNIFFED_BYTES)
        if start[4:8] == b"ftyp":
            brands_bytes = min(int.from_bytes(start[:4], "big"), _MAX_BRANDS_BYTES)
            start = yield from self._window.peek(brands_bytes)
        content_type = sniff(start)
        if content_type is None:
            raise TypeNotAllowed("the file is not a JPEG, PNG, GIF, WebP or AVIF picture")
        if self._declared_type not in (None, content_type):
            raise TypeNotAllowed(
                f"the file was declared as {self._declared_type!r}, but it is {content_type!r}"
            )
        return (yield from _PARSERS[content_type](self._window, self._limits))
