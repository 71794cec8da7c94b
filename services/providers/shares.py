"""Each replica's part of what the profiles may have in flight. Postgres only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Database
from services.providers.fair_share import fair_shares
from services.providers.profile_lock import locked_moment
from services.providers.profile_rows import profile_of
from services.providers.tables import profile, profile_pause, profile_share

DEAD = timedelta(seconds=5)
"""Without a renewal for this long, a replica's places go to the others."""
TURN_SECONDS = 5
"""How long a replica's turn is when there are fewer places than replicas."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a replica has and wants of one profile."""

    profile_id: str
    in_flight: int
    demand: int
    """Calls in flight and those that wait."""
    pauses: Mapping[str, float]
    """Seconds for which endpoints asked it to wait, by the targets, as far as the others do not
    know."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What came of it."""

    places: int
    """How many calls the replica may have in flight; less than it has when it must give some up."""
    pause: float
    """Seconds for which no replica may start a call to the target."""
    target: str
    """The profile's, as it is saved; "" if it is gone."""


class Shares:
    """One replica's rows among those of all."""

    def __init__(self, database: Database, replica_id: str, limit: int) -> None:
        """Takes how many calls a profile may have in flight, over all replicas."""
        self._database = database
        self._replica_id = replica_id
        self._limit = limit

    async def renew(self, need: Need) -> Renewal:
        """Takes the replica's fair share, as far as the others have given it up.

        The rows of those that live never come to more than the limit, since a replica gives up no
        place that it uses, and takes none that is not given up.
        """
        return await self._database.write(lambda connection: self._renewed(connection, need))

    async def give_back(self, profile_id: str) -> None:
        """Gives up the places of a profile, none of which is in use."""
        await self._remove(profile_share.c.profile_id == profile_id)

    async def give_all_back(self) -> None:
        """Gives up every place; the replica ends."""
        await self._remove(sa.true())

    def _renewed(self, connection: sa.Connection, need: Need) -> Renewal:
        moment = locked_moment(connection, need.profile_id)
        _clean(connection, need.profile_id, moment)
        theirs = sa.select(profile_share).where(
            profile_share.c.profile_id == need.profile_id,
            profile_share.c.replica_id != self._replica_id,
        )
        others = connection.execute(theirs).mappings().all()
        demands = {row["replica_id"]: row["demand"] for row in others}
        demands[self._replica_id] = need.demand
        turn = int(moment.timestamp()) // TURN_SECONDS
        fair = fair_shares(self._limit, demands, turn)[self._replica_id]
        free = self._limit - sum(row["granted"] for row in others)
        places = max(0, min(fair, free))
        row = {
            "profile_id": need.profile_id,
            "replica_id": self._replica_id,
            "granted": max(places, need.in_flight),
            "demand": need.demand,
            "beat_time": moment,
        }
        mine = insert(profile_share).values(row)
        connection.execute(
            mine.on_conflict_do_update(index_elements=profile_share.primary_key, set_=mine.excluded)
        )
        return Renewal(places, *_paused(connection, need, moment))

    async def _remove(self, which: sa.ColumnElement[bool]) -> None:
        mine = profile_share.delete().where(profile_share.c.replica_id == self._replica_id, which)
        await self._database.write(lambda connection: connection.execute(mine))


def _clean(connection: sa.Connection, profile_id: str, moment: datetime) -> None:
    """Removes what has run out, of this profile and of profiles that are gone."""
    profiles = sa.select(profile.c.id)
    for table, over in (
        (profile_share, profile_share.c.beat_time < moment - DEAD),
        (profile_pause, profile_pause.c.until <= moment),
    ):
        id_ = table.c.profile_id
        connection.execute(table.delete().where((id_ == profile_id) | id_.not_in(profiles), over))


def _paused(connection: sa.Connection, need: Need, moment: datetime) -> tuple[float, str]:
    """Tells the pause that the replica was asked for; gives the longest that was told, and of what.

    What was told of a profile is over when it is changed, and what its former endpoint asks for
    after that changes nothing.
    """
    row = connection.execute(_PAUSED, {"profile_id": need.profile_id}).mappings().one_or_none()
    if row is None:
        return 0.0, ""
    target = profile_of(row).target
    until = max(row["until"] or moment, moment + timedelta(seconds=need.pauses.get(target, 0.0)))
    if until > (row["until"] or moment):
        told = insert(profile_pause).values(profile_id=need.profile_id, until=until)
        connection.execute(
            told.on_conflict_do_update(
                index_elements=profile_pause.primary_key, set_={"until": until}
            )
        )
    return (until - moment).total_seconds(), target


_PAUSED = (
    sa.select(profile, profile_pause.c.until)
    .outerjoin(profile_pause, profile_pause.c.profile_id == profile.c.id)
    .where(profile.c.id == sa.bindparam("profile_id"))
)
