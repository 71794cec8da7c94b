"""The part of a file that has arrived and was not yet passed over."""

from collections.abc import Callable, Generator
from typing import TypeVar

from services.assets.headers.refusals import FileInvalid

T = TypeVar("T")

Parse = Generator[None, None, T]
"""A parser that stops at a bare `yield` until more of the file is there, and returns a T."""

MAX_READ = 64 * 1024
"""The most bytes a parser looks at in one piece; it bounds the window."""


class Window:
    """Holds the bytes between what a parser has passed and what has arrived.

    A parser may move `position` beyond the end of `data`; what lies between is then dropped as it
    arrives and never held.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.position = 0
        """Index into `data` of the next byte to look at."""
        self.ended = False
        """Whether the whole file has arrived."""
        self._offset = 0
        self._wanted = 1

    @property
    def offset(self) -> int:
        """Offset in the file of the next byte to look at."""
        return self._offset + self.position

    @property
    def ready(self) -> bool:
        """Whether the parser can go on."""
        return self.ended or len(self.data) - self.position >= self._wanted

    def push(self, chunk: bytes) -> None:
        """Takes the bytes that follow, dropping what was passed over."""
        passed = min(self.position, len(self.data))
        del self.data[:passed]
        self.position -= passed
        self._offset += passed
        if self.position >= len(chunk):
            self.position -= len(chunk)
            self._offset += len(chunk)
        else:
            self.data += chunk

    def available(self, count: int) -> Parse[bool]:
        """Waits for `count` bytes at the position; False if the file ends before them."""
        while len(self.data) - self.position < count:
            if self.ended:
                return False
            self._wanted = count
            yield
        return True

    def peek(self, count: int) -> Parse[bytes]:
        """Returns the next `count` bytes, at most MAX_READ; fewer only where the file ends."""
        yield from self.available(min(count, MAX_READ))
        return bytes(self.data[self.position : self.position + min(count, MAX_READ)])

    def read(self, count: int) -> Parse[bytes]:
        """Returns the next `count` bytes and passes them; raises FileInvalid if there are fewer."""
        if count > MAX_READ:
            raise FileInvalid(f"a part of its header has {count} bytes, more than {MAX_READ}")
        if not (yield from self.available(count)):
            raise FileInvalid("it ends too early")
        start = self.position
        self.position += count
        return bytes(self.data[start : self.position])

    def hand_over(self, end: int, take: Callable[[bytes], None]) -> Parse[None]:
        """Passes everything before an offset in the file, handing it over in pieces."""
        while self.offset < end and (piece := (yield from self.peek(end - self.offset))):
            take(piece)
            self.position += len(piece)

    def skip_to(self, offset: int) -> None:
        """Passes everything before an offset in the file."""
        self.position += offset - self.offset
