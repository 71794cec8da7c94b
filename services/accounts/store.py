"""Users in the database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.accounts import managing
from services.accounts.listing import Listing, Page, page
from services.accounts.managing import Actor
from services.accounts.model import Role, User
from services.accounts.rows import user_of, values_of
from services.accounts.tables import account, account_set, refresh_token, request, session
from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import AlreadyExists, NotFound, PermissionDenied
from services.chassis.ids import is_id, new_id
from services.chassis.names import conflict, fold
from services.chassis.queries import Row
from services.chassis.requests import Claim, claimed

Rule = Callable[[Actor, User], User]
"""What a user becomes when an actor changes it; raises what forbids it, and is pure."""
Clock = Callable[[], datetime]


class UserStore:
    """Reads and writes users. Each write is one transaction, in which it is checked who does it."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    async def get(self, user_id: str) -> User:
        """The user with this id. Raises NotFound."""
        if not is_id(user_id):
            raise _missing(user_id)
        return user_of(_only(await self._database.rows(_WITH_ID, {"user_id": user_id}), user_id))

    async def page(self, wanted: Listing) -> Page:
        """One page of users, newest first."""
        return await page(self._database, wanted)

    async def has_super_admin(self) -> bool:
        """Whether the superAdmin was made."""
        return bool((await self._database.rows(_SET))[0]["super_admin_made"])

    async def make_super_admin(self, username: str, password_hash: str) -> bool:
        """Adds the superAdmin, once ever; says whether it was now.

        Raises AlreadyExists for a name that is taken.
        """

        def work(connection: Connection) -> bool:
            if _locked(connection)["super_admin_made"]:
                return False
            made = self._new(username, Role.SUPER_ADMIN, True, frozenset())
            _add(connection, made, password_hash)
            connection.execute(_SUPER_ADMIN_MADE)
            return True

        return await self._database.write(work)

    async def create(
        self,
        actor: Actor,
        username: str,
        password_hash: str,
        role: Role,
        is_active: bool,
        granted: frozenset[str],
        claim: Claim | None,
    ) -> tuple[User, bool]:
        """Adds a user. If a request with an equal claim has done so before, gives that, and True.

        Raises what `check_created` raises, and AlreadyExists for a name that is taken and for a
        claim with other content.
        """

        def work(connection: Connection) -> tuple[User, bool]:
            _locked(connection)
            managing.check_created(_present(connection, actor), role, granted)
            made = self._new(username, role, is_active, granted)
            earlier = None if claim is None else claimed(connection, request, claim, made.id)
            if earlier is not None:
                return user_of(_locked_row(connection, earlier)), True
            _add(connection, made, password_hash)
            return made, False

        return await self._database.write(work)

    async def change(
        self,
        actor: Actor,
        user_id: str,
        rule: Rule,
        claim: Claim | None = None,
        password_hash: str | None = None,
    ) -> tuple[User, bool]:
        """Puts what `rule` makes of a user in its place, and another password if one is given.

        If a request with an equal claim has done so before, changes nothing, and gives True.
        Access tokens that say otherwise are listed as revoked; where none is valid any more, the
        user's sessions are removed. Raises what `rule` raises, NotFound, PermissionDenied, and
        AlreadyExists for a name that is taken and for a claim with other content.
        """

        def work(connection: Connection) -> tuple[User, bool]:
            _locked(connection)
            row = _locked_row(connection, user_id)
            saved = user_of(row)
            changed = rule(_present(connection, actor), saved)
            if claim is not None and claimed(connection, request, claim, user_id) is not None:
                return saved, True
            if changed == saved:
                return saved, False
            changed = replace(changed, update_time=self._clock())
            if changed.username != saved.username:
                _check_name(connection, changed)
            values = values_of(changed)
            if changed.version != saved.version:
                values["stale_until"] = row["access_expire_time"]
            if password_hash is not None:
                values["password_hash"] = password_hash
            connection.execute(_CHANGE, values | {"user_id": user_id})
            if changed.minimum_version != saved.minimum_version:
                # Their tokens are void by the version; so that they need not be listed one by one.
                for statement in _REMOVE_SESSIONS:
                    connection.execute(statement, {"user_id": user_id})
            return changed, False

        return await self._database.write(work)

    def _new(self, username: str, role: Role, is_active: bool, granted: frozenset[str]) -> User:
        moment = self._clock()
        return User(
            id=new_id(),
            username=username,
            role=role,
            is_active=is_active,
            granted=granted,
            version=1,
            minimum_version=1,
            create_time=moment,
            update_time=moment,
        )


def _present(connection: Connection, actor: Actor) -> Actor:
    """The actor as it is now; what it was when its token was signed may be 15 minutes old."""
    if not is_id(actor.id):
        return actor
    rows = connection.execute(_WITH_ID, {"user_id": actor.id}).mappings().all()
    if not rows:
        raise PermissionDenied("USER_MANAGE_FORBIDDEN", "the caller is no user any more")
    return managing.as_actor(user_of(rows[0]))


def _locked(connection: Connection) -> Row:
    """Makes changes wait for each other; on SQLite every write transaction does so anyway."""
    return connection.execute(_LOCKED_SET).mappings().one()


def _locked_row(connection: Connection, user_id: str) -> Row:
    if not is_id(user_id):
        raise _missing(user_id)
    rows = connection.execute(_LOCKED_WITH_ID, {"user_id": user_id}).mappings().all()
    return _only(rows, user_id)


def _add(connection: Connection, user: User, password_hash: str) -> None:
    _check_name(connection, user)
    connection.execute(_ADD, values_of(user) | {"password_hash": password_hash})


def _check_name(connection: Connection, user: User) -> None:
    others = {"folded": fold(user.username), "own_id": user.id}
    if connection.execute(_OTHER_WITH_NAME, others).first() is not None:
        raise AlreadyExists("USER_USERNAME_CONFLICT", conflict("user", user.username))


def _only(rows: Sequence[Row], user_id: str) -> Row:
    if not rows:
        raise _missing(user_id)
    return rows[0]


def _missing(user_id: str) -> NotFound:
    return NotFound("USER_NOT_FOUND", f"no user has the id {user_id[:100]!r}")


_WITH_ID: sa.Select[Any] = sa.select(account).where(account.c.id == sa.bindparam("user_id"))
_LOCKED_WITH_ID = _WITH_ID.with_for_update()
_OTHER_WITH_NAME = sa.select(account.c.id).where(
    account.c.username_folded == sa.bindparam("folded"), account.c.id != sa.bindparam("own_id")
)
_ADD = sa.insert(account)
_CHANGE = sa.update(account).where(account.c.id == sa.bindparam("user_id"))
_OF_USER = session.c.account_id == sa.bindparam("user_id")
_REMOVE_SESSIONS = (
    sa.delete(refresh_token).where(
        refresh_token.c.session_id.in_(sa.select(session.c.id).where(_OF_USER))
    ),
    sa.delete(session).where(_OF_USER),
)
_SET = sa.select(account_set)
_LOCKED_SET = _SET.with_for_update()
_SUPER_ADMIN_MADE = sa.update(account_set).values(super_admin_made=True)
