"""Transactions about the limits of one profile, one after the other over all processes."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import InternalError

from services.chassis.clock import now
from services.chassis.database import AWAY, UtcDateTime

_SPACE = 0x6E656B6F
"""The first half of our advisory locks; the second is of the profile."""
_IDLE = "2s"
"""A process that is frozen between two statements loses its transaction after that."""
LOST = (*AWAY, InternalError)
"""What is raised when such a transaction did not come about; the same may work in a moment."""


def locked_moment(connection: sa.Connection, profile_id: str) -> datetime:
    """Waits until no other transaction has the profile's limits; gives the database's time then.

    On SQLite, where one process writes one transaction after the other, it is this process's.
    """
    if connection.dialect.name == "sqlite":
        return now()
    connection.execute(_BOUND)
    connection.execute(_LOCK, {"profile_id": profile_id})
    moment: datetime = connection.execute(_TIME).scalar_one()
    return moment


_BOUND = sa.select(sa.func.set_config("idle_in_transaction_session_timeout", _IDLE, True))
_LOCK = sa.select(
    sa.func.pg_advisory_xact_lock(
        _SPACE, sa.func.hashtext(sa.bindparam("profile_id", type_=sa.Text))
    )
)
# Not `now()`, which is the beginning of a transaction that may have waited since.
_TIME = sa.select(sa.func.clock_timestamp(type_=UtcDateTime))
