"""What is kept for a while."""

from services.chassis.recent import Recent


class Clock:
    """A time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        """The time in seconds."""
        return self.now


def test_it_is_kept_for_a_while() -> None:
    clock = Clock()
    recent = Recent[str, int](2, clock)
    recent.keep("a", 1, 10.0)
    clock.now = 9.9
    assert recent.get("a") == 1
    assert recent.get("b") is None
    clock.now = 10.0
    assert recent.get("a") is None


def test_the_oldest_makes_room() -> None:
    recent = Recent[str, int](2, Clock())
    for key in ("a", "b", "a", "c"):
        recent.keep(key, ord(key), 10.0)
    assert [recent.get(key) for key in ("a", "b", "c")] == [97, None, 99]
