"""This process among all that serve providers: renews what it may have in flight."""

import asyncio
import logging
import math
import time
from contextlib import suppress
from dataclasses import dataclass, field

from services.chassis.database import Database, why_away
from services.chassis.ids import new_id
from services.chassis.within import within
from services.providers.limits import Limits
from services.providers.profile_lock import LOST
from services.providers.shares import Need, Shares
from services.providers.starts import Starts

RENEW_SECONDS = 1.0
VALID_SECONDS = 4.0
"""So long after a renewal was sent calls may start; the others wait a second longer."""
_LAST_SECONDS = 1.0
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Share:
    """One profile, as this process shares it. Moments are of `time.monotonic`."""

    profile_id: str
    limits: Limits
    due: float = math.inf
    """When to renew; never while nothing is held or wanted."""
    asks_at_once: bool = True
    """Whether to renew at once when more is wanted. Who got less than it wanted asks in its time:
    otherwise it would with each call that comes."""
    is_renewing: bool = False
    told: dict[str, float] = field(default_factory=dict)
    """The ends of the longest pauses that the others know of, by their targets."""

    @property
    def untold(self) -> dict[str, float]:
        """Seconds of pauses that the others do not know of, by their targets."""
        moment = time.monotonic()
        return {
            target: until - moment
            for target, until in self.limits.pauses.items()
            if until > self.told.get(target, 0.0)
        }

    @property
    def is_idle(self) -> bool:
        """Whether there has been nothing to do for a while."""
        idle = time.monotonic() - self.limits.idle_since
        return self.limits.demand == 0 and not self.untold and idle >= RENEW_SECONDS


class Replica:
    """The limits of all profiles in this process, while `run` keeps them renewed."""

    def __init__(self, database: Database, limit: int) -> None:
        """Takes how many calls a profile may have in flight, over all replicas."""
        self.id = new_id()
        self._limit = limit
        self._store = Shares(database, self.id, limit)
        self._shares: list[_Share] = []
        self._wake = asyncio.Event()

    def limits(self, profile_id: str, starts: Starts | None) -> Limits:
        """New limits of a profile, which let nothing start before they were renewed."""

        def wanted() -> None:
            if share.is_renewing:
                return
            if share.asks_at_once or share.due == math.inf or share.untold:
                share.due = 0.0
                self._wake.set()

        share = _Share(profile_id, Limits(0, starts, wanted=wanted))
        self._shares.append(share)
        return share.limits

    async def run(self) -> None:
        """Renews without end: each second, and at once when more is wanted than is held."""
        while True:
            self._wake.clear()
            for share in self._shares:
                if share.due <= time.monotonic():
                    await self._attend(share)
            due = min((share.due for share in self._shares), default=math.inf)
            with suppress(TimeoutError):
                async with asyncio.timeout(None if due == math.inf else due - time.monotonic()):
                    await self._wake.wait()

    async def end(self) -> None:
        """Gives everything back, so that the others need not wait. No call is under way."""
        if all(share.due == math.inf for share in self._shares):
            return
        try:
            await within(_LAST_SECONDS, self._store.give_all_back())
        except (*LOST, TimeoutError) as error:
            _log.warning(
                "the others wait for our places, the database does not answer: %s", why_away(error)
            )

    async def _attend(self, share: _Share) -> None:
        share.due = time.monotonic() + RENEW_SECONDS
        share.is_renewing = True
        # Until the answer no call may start that the database is not told of.
        share.limits.hold()
        try:
            if share.is_idle:
                await self._store.give_back(share.profile_id)
                share.due = math.inf if share.limits.demand == 0 else 0.0
            else:
                await self._renew(share)
        except LOST as error:
            _log.warning(
                "calls to AI may have to wait, the database does not answer: %s", why_away(error)
            )
        finally:
            share.is_renewing = False

    async def _renew(self, share: _Share) -> None:
        limits = share.limits
        sent = time.monotonic()
        told = limits.pauses
        need = Need(share.profile_id, limits.in_flight, limits.demand, share.untold)
        renewal = await self._store.renew(need)
        if renewal.pause > 0:
            until = time.monotonic() + renewal.pause
            limits.pause(until, renewal.target)
            told[renewal.target] = max(told.get(renewal.target, 0.0), until)
        share.told = told
        share.asks_at_once = need.demand <= renewal.places < self._limit
        share.is_renewing = False
        limits.allow(renewal.places, sent + VALID_SECONDS)
        if share.untold:
            share.due = 0.0
