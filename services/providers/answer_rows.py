"""The statements for answers that are kept, and for pictures that were forgotten."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.database import UtcDateTime
from services.chassis.queries import Prepared
from services.providers.tables import answer, forgotten_picture, profile


def lock(connection: sa.Connection, pictures: Sequence[str]) -> None:
    """Makes what concerns the answers about a picture wait for each other, until the commit. The
    locks are taken in the order that is given.

    On SQLite every transaction waits for every other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"pictures": pictures})


def _keeping(insert: Any) -> sa.Insert:
    add = insert(answer).from_select(list(_NEW), sa.select(*_NEW.values()).where(_MAY_BE_KEPT))
    put: sa.Insert = add.on_conflict_do_update(
        index_elements=[answer.c.key],
        set_={name: add.excluded[name] for name in _NEW if name != "key"},
    )
    return put


def _noting(insert: Any) -> sa.Insert:
    add = insert(forgotten_picture).values(picture_sha256=_PICTURE, forget_time=_MOMENT)
    put: sa.Insert = add.on_conflict_do_update(
        index_elements=[forgotten_picture.c.picture_sha256],
        set_={"forget_time": add.excluded.forget_time},
    )
    return put


_EACH: sa.ColumnElement[str] = sa.func.unnest(
    sa.bindparam("pictures", type_=postgresql.ARRAY(sa.Text))
).column_valued("each")
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(_EACH, 0)))
_SOUGHT = sa.bindparam("sought", type_=sa.String())
_PICTURE = sa.bindparam("picture", type_=sa.String())
_MOMENT = sa.bindparam("moment", type_=UtcDateTime())
_KNOWN = sa.bindparam("known", type_=UtcDateTime())
_NOTE_OF_PICTURE = forgotten_picture.c.picture_sha256 == _PICTURE
_KEPT = answer.c.key == _SOUGHT
LOOK_UP = Prepared(
    sa.select(
        sa.select(forgotten_picture.c.forget_time)
        .where(_NOTE_OF_PICTURE)
        .scalar_subquery()
        .label("forget_time"),
        sa.select(answer.c.output_json).where(_KEPT).scalar_subquery().label("output_json"),
        sa.select(answer.c.model_name).where(_KEPT).scalar_subquery().label("model_name"),
    )
)
"""One row, whatever there is; takes `sought` and `picture`."""
# Whether it was forgotten meanwhile is not told by clocks, which differ: the note is another then.
_MAY_BE_KEPT = sa.and_(
    ~sa.exists().where(
        _NOTE_OF_PICTURE, sa.or_(_KNOWN.is_(None), forgotten_picture.c.forget_time != _KNOWN)
    ),
    sa.exists().where(profile.c.id == sa.bindparam("of_profile", type_=sa.Text())),
)
_NEW: dict[str, sa.ColumnElement[Any]] = {
    "key": _SOUGHT,
    "picture_sha256": _PICTURE,
    "profile_id": sa.bindparam("of_profile", type_=sa.Text()),
    "model_name": sa.bindparam("model", type_=sa.Text()),
    "output_json": sa.bindparam("output", type_=sa.Text()),
    "create_time": _MOMENT,
}
KEEP = {"sqlite": _keeping(sqlite.insert), "postgresql": _keeping(postgresql.insert)}
"""Keeps answers whose pictures were not forgotten meanwhile, by dialect. Takes of each `sought`,
`picture`, `of_profile`, `model`, `output`, `moment` and what was `known` of forgetting before.
"""
NOTE = {"sqlite": _noting(sqlite.insert), "postgresql": _noting(postgresql.insert)}
"""Notes that a `picture` was forgotten at a `moment`, by dialect."""
FORGET = answer.delete().where(answer.c.picture_sha256 == _PICTURE)
"""Removes the answers about a `picture`."""
REMOVE_NOTES = forgotten_picture.delete().where(
    forgotten_picture.c.forget_time < sa.bindparam("oldest", type_=UtcDateTime())
)
"""Removes notes from before the `oldest` moment."""
