"""Which thing is named, of the probabilities of a thousand."""

import pickle
import struct
from itertools import chain
from pathlib import Path

import pytest

from services.providers.local_engine.checkpoint import UnknownCheckpoint, tensors
from services.providers.local_engine.families import FAMILIES, members
from services.providers.local_engine.models import classifier_weights
from services.providers.local_engine.things import named

CLASSES = 1000
TABBY, TIGER_CAT, PERSIAN, EGYPTIAN = 281, 282, 283, 285
CASES = {
    "a sure one with its family": ({967: 0.9}, ["espresso", "coffee"]),
    "one without a family": ({872: 0.7}, ["tripod"]),
    "two of one name": ({657: 0.4, 744: 0.3}, ["missile"]),
    "a cat, though not which": ({TABBY: 0.2, PERSIAN: 0.2, EGYPTIAN: 0.4}, ["cat"]),
    "names that mean the same": ({TABBY: 0.4, TIGER_CAT: 0.3}, ["tabby cat", "cat"]),
    "just enough": ({281: 0.65}, ["tabby cat", "cat"]),
    "not quite enough": ({281: 0.64}, []),
    "a family of doubts": (dict.fromkeys(range(151, 161), 0.08), []),
    "several things": ({967: 0.5, 281: 0.4}, []),
    "nothing": ({}, []),
}


@pytest.mark.parametrize(("likely", "words"), CASES.values(), ids=CASES)
def test_only_what_is_sure_is_named(likely: dict[int, float], words: list[str]) -> None:
    assert named([likely.get(number, 0.0) for number in range(CLASSES)]) == words


def test_every_name_is_a_plain_one() -> None:
    sure = ([float(number == one) for number in range(CLASSES)] for one in range(CLASSES))
    names = [named(probabilities)[0] for probabilities in sure]

    assert len(set(names)) == CLASSES - 3
    assert max(len(name.split()) for name in names) <= 5
    assert [name for name in names if set("(),/") & set(name)] == []


def test_a_thing_has_one_family_at_most() -> None:
    numbers = list(chain.from_iterable(map(members, FAMILIES.values())))

    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(CLASSES))


def test_weights_are_read_without_what_wrote_them() -> None:
    weights = tensors(classifier_weights())

    assert weights["_fc.weight"].shape == (CLASSES, 1280)
    assert weights["_conv_stem.weight"].shape == (32, 3, 3, 3)


class Hostile:
    """Unpickled as usual it would make a file."""

    def __init__(self, made: Path) -> None:
        self.made = made

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.made,)


def test_a_checkpoint_that_calls_something_is_refused(tmp_path: Path) -> None:
    file, made = tmp_path / "hostile.pth", tmp_path / "made"
    parts: tuple[object, ...] = (0x1950A86A20F9469CFC6C, 1001, {}, Hostile(made), [])
    file.write_bytes(b"".join(pickle.dumps(each, 2) for each in parts))

    with pytest.raises(UnknownCheckpoint, match="getattr"):
        tensors(file)
    assert not made.exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.pth"
    file.write_bytes(b"".join(pickle.dumps(each, 2) for each in (1, 2, struct.calcsize("q"))))

    with pytest.raises(UnknownCheckpoint, match=r"other\.pth"):
        tensors(file)
