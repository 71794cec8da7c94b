"""How many calls of one profile may start in any minute, over all processes and restarts."""

import logging
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.database import Database, why_away
from services.chassis.ids import new_id
from services.providers.profile_lock import LOST, locked_moment
from services.providers.tables import profile, profile_pause, profile_start

WINDOW = timedelta(minutes=1)
LOST_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Starts:
    """The calls that one profile has started, in the database."""

    def __init__(self, database: Database, profile_id: str, per_minute: int) -> None:
        self._database = database
        self._profile_id = profile_id
        self._per_minute = per_minute

    async def reserve(self) -> float:
        """Notes that a call starts now, and gives 0; or the seconds after which to ask again.

        A second, when the database does not answer.
        """
        try:
            return await self._database.write(self._reserved)
        except LOST as error:
            _log.warning("a call waits, the database does not answer: %s", why_away(error))
            return LOST_SECONDS

    def _reserved(self, connection: sa.Connection) -> float:
        moment = locked_moment(connection, self._profile_id)
        mine = profile_start.c.profile_id == self._profile_id
        pause = sa.select(profile_pause.c.until).where(
            profile_pause.c.profile_id == self._profile_id, profile_pause.c.until > moment
        )
        until: datetime | None = connection.execute(pause).scalar()
        if until is not None:
            return (until - moment).total_seconds()
        gone = profile_start.c.profile_id.not_in(sa.select(profile.c.id))
        connection.execute(
            profile_start.delete().where(mine | gone, profile_start.c.start_time <= moment - WINDOW)
        )
        nth_last = (
            sa.select(profile_start.c.start_time)
            .where(mine)
            .order_by(profile_start.c.start_time.desc())
            .offset(self._per_minute - 1)
            .limit(1)
        )
        in_the_way: datetime | None = connection.execute(nth_last).scalar()
        if in_the_way is not None:
            # A clock that was set back must not hold calls back for longer than the window.
            return min(in_the_way + WINDOW - moment, WINDOW).total_seconds()
        row = {"id": new_id(), "profile_id": self._profile_id, "start_time": moment}
        connection.execute(profile_start.insert().values(row))
        return 0.0
