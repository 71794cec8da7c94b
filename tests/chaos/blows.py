"""What the monkey is going to do, decided before it begins."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from tests.chaos.moments import Moment

T = TypeVar("T")

MOMENTS: Sequence[Moment | None] = (*Moment, None)
"""None is any moment."""
PARTS = ("gateway", "accounts", "assets", "providers", "skills", "worker-1", "worker-2")
KILLED_OF_100 = 75
FROZEN_OF_100 = 12
"""The rest is told to end in order."""
OUTAGE_SECONDS = 10.0
ABSENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Blow:
    """A signal to a process. One that was frozen wakes up when it has been down for long enough."""

    victim: str
    number: signal.Signals
    moment: Moment | None
    seconds_down: float = 0.0
    until_taken_over: bool = False
    """Whether it stays down until another has taken over what it was at."""

    def __str__(self) -> str:
        return f"{self.number.name} to {self.victim} when {self.moment or 'nothing in particular'}"


@dataclass(frozen=True, slots=True)
class Outage:
    """A server goes away for a while."""

    server: str
    seconds: float = OUTAGE_SECONDS

    def __str__(self) -> str:
        return f"{self.server} is away for {self.seconds:g} s"


def embedded_blows(count: int, random: Random) -> list[Blow | Outage]:
    """So many blows to a hub and its child."""
    victims = _dealt(("hub", "hub", "skills"), count, random)
    moments = _dealt(MOMENTS, count, random)
    numbers = _dealt((signal.SIGKILL,) * 4 + (signal.SIGTERM,), count, random)
    return [
        Blow(victim, number, moment)
        for victim, number, moment in zip(victims, numbers, moments, strict=True)
    ]


def scaled_blows(count: int, random: Random) -> list[Blow | Outage]:
    """So many blows to a hub of many processes, and outages among them when there are many."""
    victims = _dealt((*PARTS, "worker-1", "worker-2"), count, random)
    moments = _dealt(MOMENTS, count, random)
    blows: list[Blow | Outage] = [
        _blow(victim, moment, random) for victim, moment in zip(victims, moments, strict=True)
    ]
    outages: list[Blow | Outage] = []
    for _ in range(count // 50):
        away = random.choice(PARTS[:5])
        absence = Blow(away, signal.SIGKILL, None, seconds_down=ABSENCE_SECONDS)
        outages += [Outage("postgres"), Outage("s3"), absence]
    for outage in outages:
        blows.insert(random.randrange(len(blows) + 1), outage)
    return blows


def few_scaled_blows(random: Random) -> list[Blow | Outage]:
    """One blow to each part, of each kind; one worker stays away until it was taken over."""
    blows: list[Blow | Outage] = [
        Blow(victim, signal.SIGKILL, random.choice(MOMENTS))
        for victim in ("gateway", "assets", "providers", "skills")
    ]
    blows += [
        Blow("accounts", signal.SIGTERM, None),
        Blow("worker-1", signal.SIGKILL, Moment.ARRIVAL, until_taken_over=True),
        Blow("worker-2", signal.SIGKILL, Moment.ANSWER),
        Blow("worker-2", signal.SIGSTOP, Moment.ARRIVAL, seconds_down=2.0),
    ]
    random.shuffle(blows)
    return blows


def _blow(victim: str, moment: Moment | None, random: Random) -> Blow:
    draw = random.randrange(100)
    if draw < KILLED_OF_100:
        taken_over = victim.startswith("worker") and random.random() < 0.5
        down = random.choice([0.0, 0.0, random.uniform(0, 3)])
        return Blow(victim, signal.SIGKILL, moment, down, until_taken_over=taken_over)
    if draw < KILLED_OF_100 + FROZEN_OF_100:
        return Blow(victim, signal.SIGSTOP, moment, random.uniform(6, 12))
    return Blow(victim, signal.SIGTERM, moment)


def _dealt(cards: Sequence[T], count: int, random: Random) -> list[T]:
    """So many cards, from decks that are shuffled one after the other."""
    dealt: list[T] = []
    while len(dealt) < count:
        dealt += random.sample(cards, len(cards))
    return dealt[:count]
