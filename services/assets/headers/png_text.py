"""A text in a PNG that may hold a position: XMP, or EXIF in hexadecimal as some programs write."""

import re
import zlib
from collections.abc import Iterator

from services.assets.headers.exif import Metadata
from services.chassis.exif import MAX_BLOCK

KINDS = frozenset((b"tEXt", b"zTXt", b"iTXt"))
MAX_INFLATED = 4 * 1024 * 1024
"""Bytes of one file that are decompressed or read as digits; behind them may be a position."""

_XMP = b"xml:com.adobe.xmp"
_PROFILE = b"raw profile type "
_PROFILES = frozenset(_PROFILE + name for name in (b"exif", b"app1", b"xmp"))
_HEXADECIMAL = re.compile(rb"\n *\d+ *\n([0-9a-fA-F\s]*)")
_MAX_PROFILE = 3 * MAX_BLOCK
"""Bytes of a profile's text: two digits a byte, and ends of lines."""
_INTERNATIONAL_HEAD = re.compile(rb"([\0\1]).[^\0]*\0[^\0]*\0", re.DOTALL)
"""Whether it is compressed and how, its language, its translated keyword."""
_PIECE = 64 * 1024


class Text:
    """Takes the content of a text chunk in pieces."""

    def __init__(self, kind: bytes, start: bytes, metadata: Metadata, inflated: int) -> None:
        """Takes the first piece for a look; `inflated` counts for MAX_INFLATED."""
        keyword, _, rest = start.partition(b"\0")
        self.inflated = inflated
        self._metadata = metadata
        self._is_profile = keyword.lower() in _PROFILES
        self.is_looked_at = self._is_profile or keyword.lower() == _XMP
        self._profile = bytearray()
        self._head = len(keyword) + 1
        self._inflater = zlib.decompressobj() if kind == b"zTXt" else None
        if kind == b"zTXt":
            self._head += 1
        elif kind == b"iTXt" and self.is_looked_at:
            match = _INTERNATIONAL_HEAD.match(rest)
            metadata.has_location |= match is None
            self._head += match.end() if match else 0
            if match and match[1] == b"\1":
                self._inflater = zlib.decompressobj()

    def add(self, piece: bytes) -> None:
        """Looks at the next piece."""
        passed = min(self._head, len(piece))
        self._head -= passed
        for plain in self._plain(piece[passed:]):
            if self._is_profile:
                self._profile += plain[: _MAX_PROFILE - len(self._profile)]
            else:
                self._metadata.add_xmp(plain)

    def end(self) -> None:
        """Says that all pieces were there."""
        if not self._is_profile:
            return
        match = _HEXADECIMAL.search(self._profile)
        if match is None:
            self._metadata.has_location = True
            return
        digits = b"".join(match[1].split())
        content = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
        self._metadata.add_exif(content, turns=False)
        self._metadata.add_xmp(content)
        # What is no EXIF was searched as XMP, but for what did not fit.
        self._metadata.has_location |= len(self._profile) == _MAX_PROFILE

    def _plain(self, piece: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self.inflated += len(piece) if self._is_profile else 0
            self._metadata.has_location |= self.inflated > MAX_INFLATED
            yield piece
            return
        while not self._inflater.eof:
            if self.inflated >= MAX_INFLATED:
                self._metadata.has_location = True
                return
            try:
                plain = self._inflater.decompress(piece, _PIECE)
            except zlib.error:
                self._metadata.has_location = True
                return
            self.inflated += len(plain)
            yield plain
            piece = self._inflater.unconsumed_tail
            if not piece and len(plain) < _PIECE:
                return
