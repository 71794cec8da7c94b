"""Strikes, and notes when."""

import asyncio
import logging
import signal
import time
from collections.abc import Sequence
from random import Random

from tests.chaos import bound
from tests.chaos.blows import Blow, Outage
from tests.chaos.journal import Journal
from tests.chaos.moments import Moment, Moments
from tests.chaos.stages import Stage
from tests.chaos.struck import Struck

LONGEST_LULL_SECONDS = 0.8
LONGEST_WAIT_SECONDS = 3.0
"""For a moment to come."""
LONGEST_DELAY_SECONDS = 0.03
"""From a moment to the blow, so that what follows it is hit as well."""
TAKEOVER_SECONDS = 15.0
"""How long a takeover is waited for, if there is one to come."""
CUT_SECONDS = 0.5
"""After this a call of a dead process has broken off."""
READY_OF_100 = 85
"""How often a blow waits until the last victim is back."""
_log = logging.getLogger(__name__)


class Monkey:
    """Deals blows one after the other."""

    def __init__(self, stage: Stage, journal: Journal, moments: Moments, random: Random) -> None:
        self.struck: list[Struck] = []
        self._stage = stage
        self._journal = journal
        self._moments = moments
        self._random = random

    async def rage(self, blows: Sequence[Blow | Outage]) -> None:
        """Deals all of them, and leaves everything running or about to."""
        for number, blow in enumerate(blows, 1):
            _log.info("%d of %d: %s", number, len(blows), blow)
            if self._random.randrange(100) < READY_OF_100:
                await self._stage.ready()
            await asyncio.sleep(self._random.uniform(0, LONGEST_LULL_SECONDS))
            if isinstance(blow, Outage):
                await self._take_away(blow)
            else:
                await self._deal(blow)

    async def _take_away(self, outage: Outage) -> None:
        server = self._stage.servers[outage.server]
        self.struck.append(Struck(time.time(), outage.server, signal.SIGKILL))
        await asyncio.to_thread(server.crash)
        await asyncio.sleep(outage.seconds)
        await asyncio.to_thread(server.start)

    async def _deal(self, blow: Blow) -> None:
        if blow.moment is not None:
            await self._moments.next(blow.moment, LONGEST_WAIT_SECONDS)
            await asyncio.sleep(max(0.0, self._random.uniform(-1, 1)) * LONGEST_DELAY_SECONDS)
        held = bool(blow.seconds_down) or blow.until_taken_over
        if held:
            self._stage.kept[blow.victim].hold()
        self._strike(blow.victim, blow.number)
        await asyncio.sleep(blow.seconds_down)
        if blow.number is signal.SIGSTOP:
            self._strike(blow.victim, signal.SIGCONT)
        elif blow.until_taken_over:
            await self._taken_over(self.struck[-1])
        if held:
            self._stage.kept[blow.victim].release()

    def _strike(self, victim: str, number: signal.Signals) -> None:
        self.struck.append(Struck(time.time(), victim, number))
        self._stage.strike(victim, number)

    async def _taken_over(self, blow: Struck) -> None:
        """Waits until another asks what the victim had asked, if it was asking anything."""
        ends = blow.at + TAKEOVER_SECONDS
        await asyncio.sleep(CUT_SECONDS)
        while time.time() < ends and bound.was_cut(self._journal, blow):
            if blow in bound.takeovers(self._journal, self.struck):
                return
            await self._moments.next(Moment.ARRIVAL, CUT_SECONDS)
