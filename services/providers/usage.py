"""What was used of models, for people: by day, profile and skill, and in sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.database import Database
from services.chassis.errors import InvalidArgument
from services.providers.tables import ai_usage, profile

MOST_DAYS = 366
USUAL_DAYS = 30
ITEMS = 3000
"""Most that are told one by one, and"""
GROUPS = 500
"""most profiles and skills, so that with the longest names all fit into a message of 4 MiB."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last of them."""

    first: date
    last: date

    @classmethod
    def given(cls, first: str, last: str, today: date) -> "Days":
        """The days that are named; "" for today and for the 29 days before the last.

        Raises InvalidArgument (AI_USAGE_PERIOD_INVALID).
        """
        end = _day("to", last) if last else today
        start = _day("from", first) if first else _before(end, USUAL_DAYS - 1)
        if start > end:
            raise InvalidArgument("AI_USAGE_PERIOD_INVALID", f"from {start} is after to {end}")
        if (count := (end - start).days + 1) > MOST_DAYS:
            raise InvalidArgument(
                "AI_USAGE_PERIOD_INVALID",
                f"from {start} to {end} are {count} days; at most {MOST_DAYS} are accepted",
            )
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class Row:
    """What was used; "" for what it is the sum over."""

    day: str
    profile_id: str
    profile_name: str
    skill_name: str
    requests: int
    input_tokens: int
    output_tokens: int
    cached: int
    cost: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was used in some days. The sums are of everything, whatever is left out of the rest."""

    days: Days
    total: Row
    by_day: Sequence[Row]
    """Newest first."""
    by_profile: Sequence[Row]
    """What cost most first, as the next."""
    by_skill: Sequence[Row]
    items: Sequence[Row]
    """Newest first, then by profile and skill."""
    is_capped: bool
    """Whether there are more items, profiles or skills."""


async def report(database: Database, days: Days) -> Report:
    """Says what was used in these days."""
    values = {"first": days.first.isoformat(), "last": days.last.isoformat()}
    found: dict[str, list[Row]] = {"day": [], "profile": [], "skill": [], "item": []}
    for row in await database.rows(_REPORT, values):
        fields = dict(row)
        found[fields.pop("kind")].append(Row(**fields))
    by_day, by_profile, by_skill, items = found.values()
    by_day.sort(key=lambda row: row.day, reverse=True)
    for rows in (by_profile, by_skill):
        rows.sort(key=lambda row: (-row.cost, -row.requests, row.profile_name, row.skill_name))
    items.sort(key=lambda row: (row.profile_name, row.profile_id, row.skill_name))
    items.sort(key=lambda row: row.day, reverse=True)
    return Report(
        days=days,
        total=_total(by_day),
        by_day=by_day,
        by_profile=by_profile[:GROUPS],
        by_skill=by_skill[:GROUPS],
        items=items[:ITEMS],
        is_capped=len(items) > ITEMS or max(len(by_profile), len(by_skill)) > GROUPS,
    )


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise InvalidArgument(
            "AI_USAGE_PERIOD_INVALID", f"{name} {text[:40]!r} is no day; it must be like 2026-11-27"
        )
    return day


def _before(day: date, count: int) -> date:
    return day - min(count, day.toordinal() - 1) * _ONE_DAY


def _total(rows: Iterable[Row]) -> Row:
    total = Row("", "", "", "", 0, 0, 0, 0, 0.0)
    for row in rows:
        total = Row(
            "",
            "",
            "",
            "",
            total.requests + row.requests,
            total.input_tokens + row.input_tokens,
            total.output_tokens + row.output_tokens,
            total.cached + row.cached,
            total.cost + row.cost,
        )
    return total


_NOTHING: sa.ColumnElement[str] = sa.literal("", sa.Text)
_COUNTS = ("requests", "input_tokens", "output_tokens", "cached")
_sums: tuple[sa.ColumnElement[Any], ...] = (
    *(sa.cast(sa.func.sum(ai_usage.c[name]), sa.BigInteger).label(name) for name in _COUNTS),
    sa.func.sum(ai_usage.c.cost).label("cost"),
)
_in_days = ai_usage.c.day.between(sa.bindparam("first"), sa.bindparam("last"))
_name_now = (
    sa.select(profile.c.name)
    .where(profile.c.id == ai_usage.c.profile_id)
    .correlate(ai_usage)
    .scalar_subquery()
)


def _part(
    kind: str, named: Sequence[sa.ColumnElement[str]], counted: Iterable[sa.ColumnElement[Any]]
) -> sa.Select[Any]:
    names = ("day", "profile_id", "profile_name", "skill_name")
    columns: list[sa.ColumnElement[Any]] = [sa.literal(kind, sa.Text).label("kind")]
    columns += (column.label(name) for name, column in zip(names, named, strict=True))
    return sa.select(*columns, *counted).where(_in_days)


def _largest(part: sa.Select[Any]) -> sa.Select[Any]:
    most = sa.func.sum(ai_usage.c.cost).desc(), sa.func.sum(ai_usage.c.requests).desc()
    return part.order_by(*most).limit(GROUPS + 1)


_used = ai_usage.c
_last_name = sa.func.coalesce(_name_now, sa.func.max(_used.profile_name))
_REPORT = sa.union_all(
    *(
        sa.select(part.subquery())
        for part in (
            _part("day", (_used.day, _NOTHING, _NOTHING, _NOTHING), _sums).group_by(_used.day),
            _largest(
                _part(
                    "profile", (_NOTHING, _used.profile_id, _last_name, _NOTHING), _sums
                ).group_by(_used.profile_id)
            ),
            _largest(
                _part("skill", (_NOTHING, _NOTHING, _NOTHING, _used.skill_name), _sums).group_by(
                    _used.skill_name
                )
            ),
            _part(
                "item",
                (_used.day, _used.profile_id, _used.profile_name, _used.skill_name),
                (*(_used[name] for name in _COUNTS), _used.cost),
            )
            .order_by(_used.day.desc(), _used.profile_name, _used.profile_id, _used.skill_name)
            .limit(ITEMS + 1),
        )
    )
)
