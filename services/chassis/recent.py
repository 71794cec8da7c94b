"""What was found out a moment ago, kept so that it need not be found out again."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Recent(Generic[KeyT, ValueT]):
    """Values by key, each for a while, and at most so many: the first that was kept goes first."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: dict[KeyT, tuple[float, ValueT]] = {}

    def get(self, key: KeyT) -> ValueT | None:
        """What was kept under a key and is not too old."""
        kept = self._kept.get(key)
        return kept[1] if kept is not None and kept[0] > self._clock() else None

    def keep(self, key: KeyT, value: ValueT, seconds: float) -> None:
        """Keeps a value for so long, in place of what was there."""
        self._kept.pop(key, None)
        while len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (self._clock() + seconds, value)
