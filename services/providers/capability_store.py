"""What was learnt of models, in the database: by the base URL and model name that profiles have."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.database import Database
from services.providers.base_url import BaseUrl
from services.providers.capabilities import Capabilities
from services.providers.dialect import AnswerFormat, Dialect, TokenField
from services.providers.tables import capability, profile

_KEY = ("api_base_url", "model_name")
_SAME = and_(*(capability.c[name] == profile.c[name] for name in _KEY))
_FOUND = tuple(
    column.label(f"learnt_{column.name}") for column in capability.c if column.name not in _KEY
)
SHOWN = select(profile, *_FOUND).select_from(profile.outerjoin(capability, _SAME))
"""Profiles, each with what was learnt of its model."""

STAMPS = select(
    profile.c.id, profile.c.update_time, capability.c.learn_time, capability.c.can_see_images
).select_from(profile.outerjoin(capability, _SAME))
"""What tells whether that is as it was."""

_OF = select(*_FOUND).where(*(capability.c[name] == bindparam(name) for name in _KEY))
_DOUBT = (
    update(capability)
    .where(
        capability.c.api_base_url == bindparam("key_url"),
        capability.c.model_name == bindparam("key_model"),
        capability.c.can_see_images.is_(False),
    )
    .values(can_see_images=None)
)
_UNUSED = delete(capability).where(~exists().where(_SAME).correlate(capability))


class CapabilityStore:
    """Reads and writes what was learnt of one model after the other."""

    def __init__(self, database: Database, changed: Callable[[], None] = lambda: None) -> None:
        """Takes what is called after each write."""
        self._database = database
        self._changed = changed

    async def of(self, base_url: BaseUrl, model_name: str) -> Capabilities | None:
        """What is known of a model."""
        key = {"api_base_url": base_url.text, "model_name": model_name}
        rows = await self._database.rows(_OF, key)
        return capabilities(rows[0]) if rows else None

    async def keep(self, base_url: BaseUrl, model_name: str, known: Capabilities) -> None:
        """Puts it in the place of what was known, unless no profile has this model any more.

        Whether it sees stays known where that is not said.
        """
        row = {
            "api_base_url": base_url.text,
            "model_name": model_name,
            "resolved_base_url": known.dialect.base_url.text,
            "answer_format": known.dialect.answer_format.value,
            "token_field": known.dialect.token_field.value,
            "image_side": known.dialect.image_side,
            "can_see_images": known.can_see_images,
            "learn_time": known.learn_time,
        }
        statement = _KEEP["sqlite" if self._database.dialect == "sqlite" else "postgresql"]
        await self._write(statement, row)

    async def doubt_blindness(self, base_url: BaseUrl, model_name: str) -> None:
        """Makes it unknown whether a model sees that was said not to."""
        key = {"key_url": base_url.text, "key_model": model_name}
        await self._write(_DOUBT, key)

    async def _write(self, statement: Any, values: Mapping[str, Any]) -> None:
        try:
            await self._database.write(lambda connection: connection.execute(statement, values))
        finally:
            self._changed()


def forget_unused(connection: Connection) -> None:
    """Removes what was learnt of models that no profile has any more."""
    connection.execute(_UNUSED)


def capabilities(row: Mapping[Any, Any]) -> Capabilities | None:
    """What a row of SHOWN says of a profile's model; None if nothing was learnt."""
    if row["learnt_learn_time"] is None:
        return None
    return Capabilities(
        Dialect(
            BaseUrl.parse(row["learnt_resolved_base_url"]),
            AnswerFormat(row["learnt_answer_format"]),
            TokenField(row["learnt_token_field"]),
            row["learnt_image_side"],
        ),
        row["learnt_can_see_images"],
        row["learnt_learn_time"],
    )


def _keep(insert: Any) -> Any:
    names = capability.c.keys()
    is_used = exists().where(*(profile.c[name] == bindparam(name) for name in _KEY))
    values = select(*(bindparam(name, type_=capability.c[name].type) for name in names))
    statement = insert(capability).from_select(names, values.where(is_used))
    new = statement.excluded
    changed = {name: new[name] for name in names if name not in _KEY}
    changed["can_see_images"] = func.coalesce(new.can_see_images, capability.c.can_see_images)
    return statement.on_conflict_do_update(index_elements=_KEY, set_=changed)


_KEEP = {"sqlite": _keep(sqlite.insert), "postgresql": _keep(postgresql.insert)}
