"""Profiles that could not be reached a moment ago: passed over while others can be asked."""

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from services.providers.model import Profile

REST_SECONDS = 30.0


@dataclass(slots=True)
class _Rest:
    """How long a profile is passed over. One that was changed meanwhile is not."""

    profile: Profile
    until: float


class Rests:
    """What this process has found of profiles lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Takes what tells the time, in seconds."""
        self._clock = clock
        self._rests: dict[str, _Rest] = {}
        """By the profile's id."""

    def order(self, chain: Sequence[Profile]) -> list[tuple[Profile, bool]]:
        """Whom to ask one after the other, and of each whether it is worth more patience.

        Those that rest come last; when all do, all are asked as if none did. Who has nobody after
        it but those is the last hope, and so are they.
        """
        resting = [profile for profile in chain if self._is_resting(profile)]
        if len(resting) == len(chain):
            resting = []
        awake = [profile for profile in chain if profile not in resting]
        return [
            *((profile, profile is awake[-1]) for profile in awake),
            *((profile, True) for profile in resting),
        ]

    def asked(self, profile: Profile) -> None:
        """Says that a question goes to it. If it had a rest, others let it be meanwhile; one that
        was changed since has had none.
        """
        rest = self._rests.get(profile.id)
        if rest is None:
            return
        if rest.profile == profile:
            self.begin(profile)
        else:
            self.end(profile)

    def begin(self, profile: Profile) -> None:
        """Lets it rest: it could not be reached."""
        self._rests[profile.id] = _Rest(profile, self._clock() + REST_SECONDS)

    def end(self, profile: Profile) -> None:
        """Says that it answered."""
        self._rests.pop(profile.id, None)

    def keep_only(self, ids: Set[str]) -> None:
        """Forgets all other profiles."""
        for gone in self._rests.keys() - ids:
            del self._rests[gone]

    def _is_resting(self, profile: Profile) -> bool:
        rest = self._rests.get(profile.id)
        return rest is not None and self._clock() < rest.until and rest.profile == profile
