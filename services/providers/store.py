"""Profiles in the database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Select,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from services.chassis.ids import is_id, new_id
from services.chassis.names import conflict, fold
from services.chassis.queries import Prepared, Row
from services.chassis.requests import Claim, claimed
from services.chassis.uninterrupted import uninterrupted
from services.providers.base_url import LOCAL, BaseUrl
from services.providers.capability_store import SHOWN, STAMPS, forget_unused
from services.providers.model import (
    BUILT_IN_MODEL,
    BUILT_IN_NAME,
    PROFILES,
    Profile,
    ProfileFields,
)
from services.providers.profile_lock import locked_moment
from services.providers.profile_rows import profile_of, values_of
from services.providers.tables import (
    answer,
    profile,
    profile_pause,
    profile_set,
    profile_share,
    profile_start,
    request,
)

T = TypeVar("T")
_ALL = SHOWN.order_by(profile.c.create_time, profile.c.id)
_ACTIVE = SHOWN.where(profile.c.is_active)
_IN_CHAIN = or_(profile.c.is_active, profile.c.fallback_order.is_not(None))
_CHAIN = SHOWN.where(_IN_CHAIN).order_by(
    profile.c.is_active.desc(), profile.c.fallback_order, profile.c.create_time, profile.c.id
)
_STAMPS = Prepared(STAMPS.where(_IN_CHAIN))
_STAMP = ("id", "update_time", "learn_time", "can_see_images")
# The built-in one becomes a person's by another address.
_PERSON_HAS_ONE = select(
    exists().where(or_(~profile.c.is_built_in, profile.c.api_base_url != LOCAL))
)


class ProfileStore:
    """Reads and writes profiles. Each write is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = 0
        self._chain: tuple[Profile, ...] | None = None
        """What was last read. None when it must be read."""

    async def all(self) -> list[Profile]:
        """Every profile with what was learnt of its model, oldest first."""
        return [profile_of(row) for row in await self._database.rows(_ALL)]

    async def active(self) -> Profile | None:
        """The active profile with what was learnt of its model."""
        rows = await self._database.rows(_ACTIVE)
        return profile_of(rows[0]) if rows else None

    async def chain(self) -> tuple[Profile, ...]:
        """The active profile, if there is one, and then those that may take its place.

        They come with what was learnt of their models.
        """
        chain = self._chain
        if chain is None or not await self._is_present(chain):
            writes = self._writes
            chain = tuple(profile_of(row) for row in await self._database.rows(_CHAIN))
            if writes == self._writes:
                self._chain = chain
        return chain

    def read_anew(self) -> None:
        """Has the chain read again, of whose models something was learnt."""
        self._writes += 1
        self._chain = None

    async def _is_present(self, chain: Sequence[Profile]) -> bool:
        """Whether nothing of it was changed; only replicas, which have Postgres, need ask."""
        if self._database.dialect == "sqlite":
            return True
        stamps = await self._database.rows(_STAMPS)
        return {tuple(row[name] for name in _STAMP) for row in stamps} == set(map(_stamp, chain))

    async def get(self, profile_id: str) -> Profile:
        """The profile with this id. Raises NotFound."""
        return _only(await self._database.rows(_with_id(profile_id)), profile_id)

    async def create(
        self,
        fields: ProfileFields,
        sealed_key: str,
        masked_key: str,
        is_active: bool | None,
        claim: Claim | None = None,
    ) -> tuple[Profile, bool]:
        """Adds a profile, active if so told or if it is the first of a person.

        If a request with an equal claim has added one before, gives that as it is now, and True.

        Raises AlreadyExists for a name that is taken and for a claim with other content,
        FailedPrecondition when there are PROFILES of them, and NotFound for one that was added and
        removed.
        """

        def work(connection: Connection) -> tuple[Profile, bool]:
            _lock(connection)
            profile_id = new_id()
            earlier = None if claim is None else claimed(connection, request, claim, profile_id)
            if earlier is not None:
                return _saved(connection, earlier), True
            _check_room(connection)
            active = is_active
            if active is None:
                active = not connection.execute(_PERSON_HAS_ONE).scalar_one()
            return _added(connection, profile_id, fields, sealed_key, masked_key, active), False

        return await self._write(work)

    async def update(self, profile_id: str, change: Callable[[Profile], Profile]) -> Profile:
        """Puts what `change` makes of a profile in its place; what it raises undoes everything.

        `change` may run in a thread, and twice. Raises NotFound, and AlreadyExists for a name that
        is taken.
        """

        def work(connection: Connection) -> Profile:
            _lock(connection)
            saved = _saved(connection, profile_id)
            changed = change(saved)
            if changed == saved:
                return saved
            # Later than before whatever the clocks say: meters go by it.
            moment = max(now(), saved.update_time + timedelta(microseconds=1))
            changed = replace(changed, update_time=moment)
            values = values_of(changed)
            # One from before, which could not be given now, stays until another one is given.
            if changed.fields.name != saved.fields.name:
                _check_name(connection, changed.fields.name, profile_id)
                values["name_folded"] = fold(changed.fields.name)
            if changed.is_active:
                _deactivate_all(connection)
            if changed.target != saved.target:
                _end_pause(connection, profile_id)
            connection.execute(update(profile).where(profile.c.id == profile_id).values(values))
            forget_unused(connection)
            return _saved(connection, profile_id)

        return await self._write(work)

    async def delete(self, profile_id: str) -> bool:
        """Removes a profile with its limits and answers; says whether it was the active one.

        Raises NotFound.
        """

        def work(connection: Connection) -> bool:
            _lock(connection)
            saved = _saved(connection, profile_id)
            connection.execute(delete(profile).where(profile.c.id == profile_id))
            for table in (profile_share, profile_pause, profile_start, answer):
                connection.execute(delete(table).where(table.c.profile_id == profile_id))
            forget_unused(connection)
            return saved.is_active

        return await self._write(work)

    async def make_built_in(self) -> None:
        """Adds the profile of the built-in engine to a database that never had a profile."""
        await self._write(_make_built_in)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        # A write whose caller is gone may still be committed, and what is remembered be old then.
        return await uninterrupted(self._written(work))

    async def _written(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self._database.write(work)
        finally:
            self.read_anew()


def _stamp(saved: Profile) -> tuple[Any, ...]:
    known = saved.capabilities
    learnt = (known.learn_time, known.can_see_images) if known else (None, None)
    return (saved.id, saved.update_time, *learnt)


def _make_built_in(connection: Connection) -> None:
    _lock(connection)
    if connection.execute(select(profile_set.c.built_in_made)).scalar_one():
        return
    if not connection.execute(select(exists(select(profile.c.id)))).scalar_one():
        fields = ProfileFields(BUILT_IN_NAME, BaseUrl.parse(LOCAL), BUILT_IN_MODEL, None)
        built_in_id = new_id()
        _added(connection, built_in_id, fields, "", "", is_active=True)
        built_in = profile.c.id == built_in_id
        connection.execute(update(profile).where(built_in).values(is_built_in=True))
    connection.execute(update(profile_set).values(built_in_made=True))


def _lock(connection: Connection) -> None:
    """Makes changes wait for each other; on SQLite every write transaction does so anyway."""
    connection.execute(select(profile_set.c.id).with_for_update())


def _check_room(connection: Connection) -> None:
    count = connection.execute(select(func.count()).select_from(profile)).scalar_one()
    if count >= PROFILES:
        raise FailedPrecondition(
            "AI_PROVIDER_PROFILE_LIMIT_REACHED",
            f"there are {count} AI provider profiles, and no more than {PROFILES} are kept; "
            "delete one",
        )


def _added(
    connection: Connection,
    profile_id: str,
    fields: ProfileFields,
    sealed_key: str,
    masked_key: str,
    is_active: bool,
) -> Profile:
    _check_name(connection, fields.name)
    if is_active:
        _deactivate_all(connection)
    time = now()
    added = Profile(
        id=profile_id,
        fields=fields,
        sealed_api_key=sealed_key,
        masked_api_key=masked_key,
        is_active=is_active,
        create_time=time,
        update_time=time,
    )
    connection.execute(
        insert(profile).values(values_of(added) | {"name_folded": fold(fields.name)})
    )
    return _saved(connection, profile_id)


def _check_name(connection: Connection, name: str, own_id: str = "") -> None:
    query = select(profile.c.id).where(profile.c.name_folded == fold(name), profile.c.id != own_id)
    if connection.execute(query).first() is not None:
        raise AlreadyExists(
            "AI_PROVIDER_PROFILE_NAME_CONFLICT", conflict("AI provider profile", name)
        )


def _end_pause(connection: Connection, profile_id: str) -> None:
    """Ends what the endpoint asked for that the profile had, and keeps it from being told again."""
    locked_moment(connection, profile_id)
    connection.execute(delete(profile_pause).where(profile_pause.c.profile_id == profile_id))


def _deactivate_all(connection: Connection) -> None:
    connection.execute(update(profile).where(profile.c.is_active).values(is_active=False))


def _saved(connection: Connection, profile_id: str) -> Profile:
    return _only(connection.execute(_with_id(profile_id)).mappings().all(), profile_id)


def _with_id(profile_id: str) -> Select[Any]:
    if not is_id(profile_id):
        raise _missing(profile_id)
    return SHOWN.where(profile.c.id == profile_id)


def _only(rows: Sequence[Row], profile_id: str) -> Profile:
    if not rows:
        raise _missing(profile_id)
    return profile_of(rows[0])


def _missing(profile_id: str) -> NotFound:
    return NotFound(
        "AI_PROVIDER_PROFILE_NOT_FOUND", f"no AI provider profile has the id {profile_id[:100]!r}"
    )
