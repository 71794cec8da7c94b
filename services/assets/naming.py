"""How long an object may wait for the row that names it.

Objects are written first and named second, so a sweep cannot tell one that was left behind from one
whose row is still to come, but by its age. Whoever was held up for so long that a sweep may have
taken the object, by a computer that slept for instance, must not name it any more.
"""

from datetime import datetime, timedelta

from services.chassis.clock import now
from services.chassis.errors import Unavailable

NAMED_WITHIN = timedelta(minutes=30)
"""From the beginning of the writing to the commit of the row."""


def require_recent(begun_at: datetime) -> None:
    """Raises Unavailable when an object whose writing began then may be named no more.

    To be called in the transaction that names it, so that no wait for the database comes after.
    """
    if now() - begun_at > NAMED_WITHIN:
        raise Unavailable(
            "SERVICE_UNAVAILABLE",
            "the file was stored so long ago that it may have been swept away; send it again",
        )
