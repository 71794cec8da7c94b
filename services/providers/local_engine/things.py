"""Which thing a picture shows, if that is certain enough to be said."""

import json
from collections.abc import Sequence
from functools import cache

from services.providers.local_engine import models
from services.providers.local_engine.families import FAMILIES, members

SURE = 0.65
"""Least probability of what is named. docs/local-engine.md has the pictures that it comes from."""
LEAST_MEMBER = 0.3
"""Least probability of a family's likeliest member: a little of everything is a doubt, not a dog.
"""
_PLAINER = {
    "a cat having a striped coat": "tabby cat",
    "fruiting spike of a cereal plant": "ear of grain",
    "ford model t": "Ford Model T",
    "tights for gymnastics, a one-piece leotard, or a sport jersey": "leotard",
    "tusker": "elephant",
    "through arch bridge": "arch bridge",
}


def named(probabilities: Sequence[float]) -> list[str]:
    """The thing that is sure and its family, the more exact first; nothing if none is sure.

    Takes one probability for each class of ImageNet. Since they add up to 1 and SURE is more than
    a half, there is one thing at most.
    """
    sums: dict[str, float] = {}
    for name, probability in zip(_names(), probabilities, strict=True):
        sums[name] = sums.get(name, 0.0) + probability
    things = [name for name, total in sums.items() if total >= SURE]
    for family, numbers in _families().items():
        likely = [probabilities[number] for number in numbers]
        if sum(likely) >= SURE and max(likely) >= LEAST_MEMBER:
            things.append(family)
    return list(dict.fromkeys(things))


@cache
def _names() -> tuple[str, ...]:
    names: list[str] = json.loads(models.class_names().read_text(encoding="utf-8"))
    return tuple(_plain(name) for name in names)


def _plain(name: str) -> str:
    """One word or two, as people search: without remarks, and of two names the first."""
    return _PLAINER.get(name, name.partition(" (")[0].partition(" / ")[0]).lower()


@cache
def _families() -> dict[str, list[int]]:
    return {family: members(each) for family, each in FAMILIES.items()}
