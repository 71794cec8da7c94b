"""The model that is asked: it takes its time, has moods, and writes everything down."""

import asyncio
from collections import Counter
from random import Random

from tests.chaos.journal import Journal, Outcome, Step
from tests.fakes import Asked, FakeOpenAI, Scripted

MEAN_SECONDS = 0.3
LONGEST_SECONDS = 1.5
REFUSED = 0.12
"""Share of the calls that are refused."""
MOST_REFUSALS = 2
"""In a row, for one step: fewer than the hub's attempts, so that no step may fail for them."""
REFUSALS = (
    Scripted(429, {"error": {"message": "slow down"}}, {"retry-after-ms": "100"}),
    Scripted(500, {"error": {"message": "something broke"}}),
    Scripted(resets=True),
)


class Model(FakeOpenAI):
    """A scripted server that journals its calls."""

    def __init__(self, journal: Journal, random: Random) -> None:
        super().__init__()
        self._journal = journal
        self._random = random
        self._refusals: Counter[Step] = Counter()

    async def _answered(
        self, asked: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        call = self._journal.arrive(asked.headers.get("idempotency-key", ""), asked.schema_name)
        seconds = min(self._random.expovariate(1 / MEAN_SECONDS), LONGEST_SECONDS)
        if await _hung_up(reader, seconds):
            self._journal.end(call, Outcome.CUT)
            return False
        refusal = self._refusal(call.step)
        try:
            goes_on = await self._sent(refusal or await self._reply(asked), writer)
        except BaseException:
            self._journal.end(call, Outcome.CUT)
            raise
        self._journal.end(call, Outcome.REFUSED if refusal else Outcome.ANSWERED)
        return goes_on

    def _refusal(self, step: Step) -> Scripted | None:
        if self._random.random() < REFUSED and self._refusals[step] < MOST_REFUSALS:
            self._refusals[step] += 1
            return self._random.choice(REFUSALS)
        self._refusals[step] = 0
        return None


async def _hung_up(reader: asyncio.StreamReader, seconds: float) -> bool:
    """Whether the other end closes within so long; it sends nothing while it waits."""
    reading = asyncio.create_task(reader.read(1))
    await asyncio.wait({reading}, timeout=seconds)
    hung_up = reading.done()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    return hung_up
