"""Sessions in the database: signing in, going on, signing out, and what that voids.

Whatever is done to a user's sessions begins by locking the user's row, as a change of the user
does. So a token is given out either before a change, and is listed as revoked, or after it.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.accounts.model import User
from services.accounts.rows import user_of
from services.accounts.tables import account, refresh_token, session, sign_in
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import Unauthenticated
from services.chassis.ids import new_id
from services.chassis.queries import Row

SLACK = timedelta(minutes=1)
"""So much longer than it works a token counts as one that does: clocks may differ."""
PART = 1000
"""Rows that are read, and told, at once: a message between services has at most 4 MiB."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens work."""

    access: timedelta
    refresh: timedelta


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is known of who wants to sign in."""

    user_id: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that may go on, with all that its tokens say."""

    id: str
    user: User
    refresh_token: str
    issue_time: datetime
    access_expire_time: datetime
    refresh_expire_time: datetime


@dataclass(frozen=True, slots=True)
class Revoked:
    """A part of what access tokens may no longer say."""

    users: Sequence[User] = ()
    session_ids: Sequence[str] = ()


class SessionStore:
    """Reads and writes sessions. Each write is one transaction."""

    def __init__(
        self, database: Database, lifetimes: Lifetimes, clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._lifetimes = lifetimes
        self._clock = clock

    async def credentials(self, folded_name: str) -> Credentials | None:
        """Who has this name."""
        rows = await self._database.rows(_WITH_NAME, {"folded": folded_name})
        return Credentials(rows[0]["id"], rows[0]["password_hash"]) if rows else None

    async def open(
        self, verified: Credentials, sign_in_id: str, new_hash: str | None
    ) -> Opened | None:
        """A new session for who has shown the password; the attempt counts as one no longer.

        A `new_hash` of the same password takes the place of the old one. None if the password has
        become another meanwhile. Raises Unauthenticated (AUTH_USER_INACTIVE).
        """

        def work(connection: Connection) -> Opened | None:
            row = _locked(connection, verified.user_id)
            if row is None or row["password_hash"] != verified.password_hash:
                return None
            user = user_of(row)
            if not user.is_active:
                raise Unauthenticated("AUTH_USER_INACTIVE", "this user has been disabled")
            opened = self._opened(new_id(), replace(user, last_login_time=self._clock()))
            changes = {
                "user_id": user.id,
                "last_login_time": opened.user.last_login_time,
                "password_hash": new_hash or verified.password_hash,
            }
            connection.execute(_SIGNED_IN, changes)
            started = {"id": opened.id, "account_id": user.id, "end_time": None}
            connection.execute(_ADD_SESSION, started | _times(opened))
            _note_tokens(connection, row, opened)
            connection.execute(_SUCCEEDED, {"sign_in_id": sign_in_id})
            return opened

        return await self._database.write(work)

    async def go_on(self, token: str) -> Opened:
        """Spends a refresh token for a new one; one that was spent before ends its session.

        Raises Unauthenticated (AUTH_REFRESH_TOKEN_INVALID, AUTH_REFRESH_TOKEN_REUSED).
        """
        digest = _digest(token)

        def work(connection: Connection) -> Opened | Unauthenticated:
            owner = connection.execute(_OWNER, {"token_digest": digest}).scalar()
            row = None if owner is None else _locked(connection, owner)
            # What another process did meanwhile is seen by who reads it after the lock.
            found = connection.execute(_TOKEN, {"token_digest": digest}).mappings().one_or_none()
            moment = self._clock()
            if row is None or found is None or _is_over(found, row, moment):
                return Unauthenticated(
                    "AUTH_REFRESH_TOKEN_INVALID",
                    "the refresh token is unknown, has expired, or its session has ended; sign in",
                )
            if found["spent_time"] is not None:
                connection.execute(_END, {"session_id": found["session_id"], "ended": moment})
                return Unauthenticated(
                    "AUTH_REFRESH_TOKEN_REUSED",
                    "the refresh token was used before; the session has ended, for somebody else "
                    "may have the token too; sign in",
                )
            opened = self._opened(found["session_id"], user_of(row))
            connection.execute(_SPEND, {"token_digest": digest, "spent": moment})
            times = _times(opened, found["access_expire_time"])
            connection.execute(_GO_ON, {"session_id": opened.id} | times)
            _note_tokens(connection, row, opened)
            return opened

        outcome = await self._database.write(work)
        if isinstance(outcome, Unauthenticated):
            # Not raised inside, which would undo that the session has ended.
            raise outcome
        return outcome

    async def end(self, token: str) -> None:
        """Ends the session of a refresh token, spent or not, if there is one."""
        values = {"token_digest": _digest(token), "ended": self._clock()}
        await self._database.write(lambda connection: connection.execute(_END_BY_TOKEN, values))

    async def end_all(self, token: str) -> None:
        """Ends all sessions of who has been given a refresh token, whatever became of its own."""

        def work(connection: Connection) -> None:
            owner = connection.execute(_OWNER, {"token_digest": _digest(token)}).scalar()
            if owner is not None and _locked(connection, owner) is not None:
                connection.execute(_END_ALL, {"user_id": owner, "ended": self._clock()})

        await self._database.write(work)

    async def revoked(self) -> AsyncIterator[Revoked]:
        """The users whose access tokens, and the sessions whose, are not what they were.

        A part has at most `PART` of them.
        """
        since = self._clock() - SLACK
        # Before the users: a session that is removed meanwhile is void by its user's version.
        rows = await self._database.rows(_ENDED, {"since": since, "part": PART})
        while rows:
            yield Revoked(session_ids=[row["id"] for row in rows])
            last = {"since": rows[-1]["access_expire_time"], "last_id": rows[-1]["id"]}
            rows = await self._database.rows(_ENDED_AFTER, last | {"part": PART})
        last_id = ""
        while rows := await self._database.rows(
            _STALE, {"since": since, "last_id": last_id, "part": PART}
        ):
            yield Revoked(users=[user_of(row) for row in rows])
            last_id = rows[-1]["id"]

    async def forget_old(self) -> None:
        """Removes expired tokens, and sessions of which no token works."""
        moment = self._clock()
        values = {"now": moment, "since": moment - SLACK}

        def work(connection: Connection) -> None:
            for statement in _FORGET:
                connection.execute(statement, values)

        await self._database.write(work)

    def _opened(self, session_id: str, user: User) -> Opened:
        # A token says when it was signed in whole seconds.
        moment = self._clock().replace(microsecond=0)
        return Opened(
            id=session_id,
            user=user,
            refresh_token=secrets.token_urlsafe(32),
            issue_time=moment,
            access_expire_time=moment + self._lifetimes.access,
            refresh_expire_time=moment + self._lifetimes.refresh,
        )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _locked(connection: Connection, user_id: str) -> Row | None:
    return connection.execute(_LOCKED_ACCOUNT, {"user_id": user_id}).mappings().one_or_none()


def _is_over(token: Row, owner: Row, moment: datetime) -> bool:
    has_ended = token["end_time"] is not None
    return has_ended or token["expire_time"] <= moment or not owner["is_active"]


def _times(opened: Opened, access_before: datetime | None = None) -> dict[str, Any]:
    """When a session's last tokens expire."""
    return {
        "access_expire_time": _later(opened.access_expire_time, access_before),
        "refresh_expire_time": opened.refresh_expire_time,
    }


def _note_tokens(connection: Connection, owner: Row, opened: Opened) -> None:
    """Keeps the digest of the refresh token, and when the user's last access token expires."""
    token = {
        "digest": _digest(opened.refresh_token),
        "session_id": opened.id,
        "expire_time": opened.refresh_expire_time,
        "spent_time": None,
    }
    connection.execute(_ADD_TOKEN, token)
    last = _later(opened.access_expire_time, owner["access_expire_time"])
    connection.execute(_TOKEN_GIVEN, {"user_id": opened.user.id, "last": last})


def _later(expire_time: datetime, before: datetime | None) -> datetime:
    # With a longer lifetime that was set before, an earlier token may expire later.
    return max(before or expire_time, expire_time)


_OF_USER = account.c.id == sa.bindparam("user_id")
_OF_SESSION = session.c.id == sa.bindparam("session_id")
_OF_TOKEN = refresh_token.c.digest == sa.bindparam("token_digest")
_WITH_NAME = sa.select(account.c.id, account.c.password_hash).where(
    account.c.username_folded == sa.bindparam("folded")
)
_LOCKED_ACCOUNT = sa.select(account).where(_OF_USER).with_for_update()
_SIGNED_IN = sa.update(account).where(_OF_USER)
_TOKEN_GIVEN = sa.update(account).where(_OF_USER).values(access_expire_time=sa.bindparam("last"))
_SUCCEEDED = sa.delete(sign_in).where(sign_in.c.id == sa.bindparam("sign_in_id"))
_ADD_SESSION = sa.insert(session)
_GO_ON = sa.update(session).where(_OF_SESSION)
_END = (
    sa.update(session)
    .where(_OF_SESSION, session.c.end_time.is_(None))
    .values(end_time=sa.bindparam("ended"))
)
_END_BY_TOKEN = (
    sa.update(session)
    .where(
        session.c.id.in_(sa.select(refresh_token.c.session_id).where(_OF_TOKEN)),
        session.c.end_time.is_(None),
    )
    .values(end_time=sa.bindparam("ended"))
)
_END_ALL = (
    sa.update(session)
    .where(session.c.account_id == sa.bindparam("user_id"), session.c.end_time.is_(None))
    .values(end_time=sa.bindparam("ended"))
)
_ADD_TOKEN = sa.insert(refresh_token)
_SPEND = sa.update(refresh_token).where(_OF_TOKEN).values(spent_time=sa.bindparam("spent"))
_BY_TOKEN = refresh_token.join(session, session.c.id == refresh_token.c.session_id)
_OWNER = sa.select(session.c.account_id).select_from(_BY_TOKEN).where(_OF_TOKEN)
_TOKEN = (
    sa.select(refresh_token, session.c.end_time, session.c.access_expire_time)
    .select_from(_BY_TOKEN)
    .where(_OF_TOKEN)
)
_SINCE: sa.BindParameter[datetime] = sa.bindparam("since")
_LAST_ID: sa.BindParameter[str] = sa.bindparam("last_id")
_STALE = (
    sa.select(account)
    .where(account.c.stale_until > _SINCE, account.c.id > _LAST_ID)
    .order_by(account.c.id)
    .limit(sa.bindparam("part"))
)
_ENDED_IN_ORDER = (
    sa.select(session.c.id, session.c.access_expire_time)
    .where(session.c.end_time.is_not(None))
    .order_by(session.c.access_expire_time, session.c.id)
    .limit(sa.bindparam("part"))
)
_ENDED = _ENDED_IN_ORDER.where(session.c.access_expire_time > _SINCE)
_ENDED_AFTER = _ENDED_IN_ORDER.where(
    session.c.access_expire_time >= _SINCE,
    sa.or_(session.c.access_expire_time > _SINCE, session.c.id > _LAST_ID),
)
_OVER = sa.and_(
    session.c.access_expire_time <= _SINCE,
    sa.or_(session.c.refresh_expire_time <= sa.bindparam("now"), session.c.end_time.is_not(None)),
)
_FORGET = (
    sa.delete(refresh_token).where(
        sa.or_(
            refresh_token.c.expire_time <= sa.bindparam("now"),
            refresh_token.c.session_id.in_(sa.select(session.c.id).where(_OVER)),
        )
    ),
    sa.delete(session).where(_OVER),
)
