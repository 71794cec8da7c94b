"""Who executes, and who has died: each executor beats, the others take over from who stopped.

The beat comes from the event loop, so a process that is frozen or cut off counts as dead as well.
Moments are the database's, so that clocks need not agree. Postgres only: on SQLite one process
executes, which takes up its own runs when it starts.
"""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from services.chassis.database import AWAY, Database, why_away
from services.chassis.errors import ProcessUseless
from services.chassis.supervision import supervised
from services.chassis.within import within
from services.skills.tables import executor

BEAT_SECONDS = 1.0
DEAD_SECONDS = 5
"""Without a beat for this long, an executor's runs go to another."""
_LAST_BEAT_SECONDS = 1.0
LOOK_SECONDS = 0.5
"""How often the beats of the others are looked at."""
_SILENCE = sa.func.make_interval(0, 0, 0, 0, 0, 0, DEAD_SECONDS)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class TakenOver(ProcessUseless):
    """This process was frozen or cut off for so long that its runs belong to others."""


class Pulse:
    """How steadily this process has beaten."""

    def __init__(self) -> None:
        self._since: float | None = None
        self.is_lost = False
        """Whether the others have buried this process."""

    def note(self, beaten: bool) -> None:
        """Notes that it has beaten, or could not."""
        if not beaten:
            self._since = None
        elif self._since is None:
            self._since = _now()

    @property
    def is_steady(self) -> bool:
        """Whether it has beaten without a break for as long as it takes to be dead.

        While the database takes nothing nobody can beat, so the first to notice that it does again
        must not bury the others.
        """
        return self._since is not None and _now() - self._since > DEAD_SECONDS


@asynccontextmanager
async def beating(database: Database, executor_id: str, version: str) -> AsyncIterator[Pulse]:
    """Makes an executor known before it executes anything, and beats until it no longer does.

    `version` is that of the runs which it can execute.

    At the end the others may take over at once what it has left. Raises TakenOver at the end if
    they have done so before, which is what the process was ended for.
    """
    known = executor.insert().values(id=executor_id, beat_at=sa.func.now(), version=version)
    await database.write(lambda connection: connection.execute(known))
    pulse = Pulse()
    pulse.note(beaten=True)
    async with supervised("heartbeat", partial(_beat_forever, database, executor_id, pulse)):
        yield pulse
    if pulse.is_lost:
        raise TakenOver(f"executor {executor_id} was taken over; have this process started again")
    try:
        await within(_LAST_BEAT_SECONDS, _beat(database, executor_id, sa.literal(_LONG_AGO)))
    except (*AWAY, TimeoutError) as error:
        _log.warning("the others take over later, the database is away: %s", why_away(error))


async def alive(database: Database, host: str) -> bool:
    """Whether an executor of this host, or container, has beaten lately."""
    query = sa.select(executor.c.id).where(
        executor.c.id.startswith(f"{host}-", autoescape=True),
        executor.c.beat_at >= sa.func.now() - _SILENCE,
    )
    # The name of another host may begin in the same way.
    return any(row["id"].rpartition("-")[0] == host for row in await database.rows(query))


async def take_over_forever(
    database: Database,
    executor_id: str,
    pulse: Pulse,
    take_over: Callable[[str], Awaitable[None]],
    adopt: Callable[[Set[str]], Awaitable[int]],
    at_work: Callable[[], Awaitable[Set[str]]],
) -> None:
    """Calls `take_over` with each other executor that has died, until it is cancelled, and `adopt`
    with the versions of which an executor is alive.

    `at_work` tells who has begun runs. One of them that was buried and woke up once more may have
    begun others before it noticed: these are taken over too. Nobody is judged while the own pulse
    is not steady; who has ended in order has said so. Raises what the database raises.
    """
    is_dead = (executor.c.beat_at < sa.func.now() - _SILENCE).label("is_dead")
    has_ended = (executor.c.beat_at == _LONG_AGO).label("has_ended")
    others = sa.select(executor.c.id, executor.c.version, is_dead, has_ended)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        # Asked first: who begins something has made itself known before.
        busy = await at_work()
        known = await database.rows(others)
        for each in known:
            is_over = each["has_ended"] or (each["is_dead"] and pulse.is_steady)
            if is_over and each["id"] != executor_id:
                await _bury(database, each["id"], take_over)
        if not pulse.is_steady:
            continue
        for buried in busy - {executor_id, *(each["id"] for each in known)}:
            _log.warning("executor %s was gone; what it has begun since is taken over", buried)
            await take_over(buried)
        count = await adopt({each["version"] for each in known if not each["is_dead"]})
        if count:
            _log.warning("%d runs of other versions are taken over", count)


async def _bury(
    database: Database, dead_id: str, take_over: Callable[[str], Awaitable[None]]
) -> None:
    _log.warning("executor %s is gone; its runs are taken over", dead_id)
    await take_over(dead_id)
    gone = executor.delete().where(executor.c.id == dead_id)
    await database.write(lambda connection: connection.execute(gone))


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _beat_forever(database: Database, executor_id: str, pulse: Pulse) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            known = await _beat(database, executor_id, sa.func.now())
        except AWAY as error:
            pulse.note(beaten=False)
            _log.warning("no heartbeat, the database is away: %s", why_away(error))
            continue
        pulse.note(beaten=known)
        if not known:
            pulse.is_lost = True
            _log.error("executor %s was taken over; this process ends", executor_id)
            os.kill(os.getpid(), signal.SIGTERM)
            return


async def _beat(database: Database, executor_id: str, moment: sa.ColumnElement[datetime]) -> bool:
    mine = executor.update().where(executor.c.id == executor_id).values(beat_at=moment)
    return await database.write(lambda connection: connection.execute(mine).rowcount == 1)
