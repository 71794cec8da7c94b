"""Slows down who tries passwords: few failures a minute for one name, and from one address.

Attempts are counted in the database, so it makes no difference which replica is asked. One is
noted before the password is looked at, and struck out when it was right; what is under way counts
as failed, so that many at once are no way around.
"""

import hashlib
import ipaddress
import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.accounts.tables import sign_in
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import InvalidArgument, ResourceExhausted
from services.chassis.ids import new_id
from services.chassis.queries import Row

FAILURES = 10
"""So many may fail; each further attempt has to wait."""
WINDOW = timedelta(minutes=1)
_SPACE = 0x6E656B70
"""The first half of our advisory locks; the second is of the key."""
_IPV6_NETWORK = 64
"""Who has one IPv6 address has as many as this leaves free."""


class Attempts:
    """Counts attempts to sign in."""

    def __init__(self, database: Database, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    async def check(self, keys: Sequence[str]) -> None:
        """Raises ResourceExhausted (AUTH_RATE_LIMITED) if an attempt has to wait."""
        moment = self._clock()
        for key in keys:
            values = {"key": key, "since": moment - WINDOW}
            _check(await self._database.rows(_LAST, values), moment)

    async def begun(self, keys: Sequence[str]) -> str:
        """Notes an attempt, and gives the id by which it can be struck out.

        Raises ResourceExhausted (AUTH_RATE_LIMITED).
        """

        def work(connection: Connection) -> str:
            if connection.dialect.name != "sqlite":
                # In one order, so that no two wait for each other.
                for key in sorted(keys):
                    connection.execute(_LOCK, {"key": key})
            moment, attempt = self._clock(), new_id()
            for key in keys:
                values = {"key": key, "since": moment - WINDOW}
                _check(connection.execute(_LAST, values).mappings().all(), moment)
            rows = [{"id": attempt, "key": key, "time": moment} for key in keys]
            connection.execute(_NOTE, rows)
            return attempt

        return await self._database.write(work)

    async def forget_old(self) -> None:
        """Removes attempts that count no longer."""
        values = {"since": self._clock() - WINDOW}
        await self._database.write(lambda connection: connection.execute(_FORGET, values))


def keys_of(folded_name: str, client_address: str) -> list[str]:
    """By what an attempt is counted; "" is no address. Digests, so that no row names anybody.

    Raises InvalidArgument (REQUEST_INVALID) for an address that is none.
    """
    keys = [_digest("name", folded_name)]
    if client_address:
        keys.append(_digest("address", _network(client_address)))
    return keys


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise InvalidArgument(
            "REQUEST_INVALID", f"client_address {text[:100]!r} is no IP address"
        ) from None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind} {text}".encode()).hexdigest()


def _check(last: Sequence[Row], moment: datetime) -> None:
    if len(last) < FAILURES:
        return
    wait = max(1, math.ceil((last[-1]["time"] + WINDOW - moment).total_seconds()))
    raise ResourceExhausted(
        "AUTH_RATE_LIMITED",
        f"too many attempts to sign in have failed; try again in {wait} s",
        retry_after=str(wait),
    )


_LAST: sa.Select[Any] = (
    sa.select(sign_in.c.time)
    .where(sign_in.c.key == sa.bindparam("key"), sign_in.c.time > sa.bindparam("since"))
    .order_by(sign_in.c.time.desc())
    .limit(FAILURES)
)
_NOTE = sa.insert(sign_in)
_FORGET = sa.delete(sign_in).where(sign_in.c.time <= sa.bindparam("since"))
_LOCK = sa.select(
    sa.func.pg_advisory_xact_lock(_SPACE, sa.func.hashtext(sa.bindparam("key", type_=sa.Text)))
)
