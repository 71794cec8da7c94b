"""Reading a hostile file from its start to its end."""

from services.chassis.pixels.errors import PictureUnreadable

MOST_PIECES = 1_000_000
"""So many segments, chunks or blocks a file may have."""


class Reader:
    """Takes one piece after the other; one that is not there is a PictureUnreadable."""

    def __init__(self, data: bytes | memoryview, what: str) -> None:
        """`what` names the format in errors."""
        self._data = memoryview(data)
        self._what = what
        self._pieces = 0
        self.position = 0

    @property
    def left(self) -> int:
        """Bytes up to the end."""
        return len(self._data) - self.position

    def take(self, length: int) -> memoryview:
        """The next bytes."""
        if length > self.left:
            raise self.broken("ends too early")
        start, self.position = self.position, self.position + length
        return self._data[start : self.position]

    def since(self, start: int) -> memoryview:
        """What was taken from a position on."""
        return self._data[start : self.position]

    def number(self, length: int, *, big: bool) -> int:
        """The next bytes as an unsigned integer."""
        return int.from_bytes(self.take(length), "big" if big else "little")

    def count(self) -> None:
        """Says that another piece begins."""
        self._pieces += 1
        if self._pieces > MOST_PIECES:
            raise self.broken(f"has more than {MOST_PIECES} pieces")

    def broken(self, how: str) -> PictureUnreadable:
        """The error that says what is wrong."""
        return PictureUnreadable(f"the picture cannot be decoded: the {self._what} {how}")
