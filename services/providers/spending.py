"""What calls to models use: counted by day, profile and skill, and held against budgets."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.chassis.clock import now
from services.chassis.database import AWAY, Database, why_away
from services.chassis.errors import NotFound
from services.chassis.uninterrupted import uninterrupted
from services.providers.estimates import Exchanged, estimated
from services.providers.failures import BudgetExhausted, ProfileChanged, ProviderRefused
from services.providers.model import Profile
from services.providers.prices import shown
from services.providers.tables import ai_usage

_JUST_BELOW = 1 - 1e-9
"""Of a budget is the budget: sums of fractions are a little off."""
WRITE_SECONDS = 1.0
"""How long what needs no haste waits for more, to be written together."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Use:
    """What is counted."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0
    """Answers that were given again without a call."""
    cost: float = 0.0

    def __add__(self, other: "Use") -> "Use":
        """Both."""
        return Use(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached + other.cached,
            self.cost + other.cost,
        )


@dataclass(frozen=True, slots=True, order=True)
class _Key:
    """Where it is counted."""

    day: str
    profile_id: str
    skill_name: str


class Meter:
    """Is asked before each call to a model, and told what it used. This one counts nothing: it is
    for settings that are being tried out.
    """

    async def check(self, target: str, *, has_waited: bool) -> None:
        """Takes what is to be asked, and whether the question had to wait; raises BudgetExhausted
        if no call may be made.
        """

    def believed(self, told: tuple[int, int], call: Exchanged) -> tuple[int, int]:
        """The tokens that a call is to count with, of those that the endpoint told of it."""
        return told

    async def count(self, skill_name: str, input_tokens: int, output_tokens: int) -> float:
        """Counts a call, and gives what it cost."""
        return 0.0


class Spending:
    """What every profile uses, and has used in the present month."""

    def __init__(self, database: Database, read: Callable[[str], Awaitable[Profile]]) -> None:
        """Takes also what reads a saved profile, or raises NotFound."""
        self._database = database
        self._read = read
        self._meters: dict[str, ProfileMeter] = {}
        self._unsaved: dict[_Key, tuple[str, Use]] = {}
        """With the profile's name."""
        self._turn = asyncio.Lock()
        self._has_unsaved = asyncio.Event()

    def meter(self, profile: Profile) -> "ProfileMeter":
        """The profile's meter, which from now on goes by its prices and budget as given here."""
        meter = self._meters.setdefault(profile.id, ProfileMeter(self, profile))
        if profile.update_time > meter.profile.update_time:
            meter.profile = profile
        return meter

    def end(self, profile_id: str) -> None:
        """Lets no call of a profile that was deleted begin."""
        meter = self._meters.pop(profile_id, None)
        if meter is not None:
            meter.is_over = True

    async def catch_up(self, profile: Profile) -> None:
        """Has the profile's meter go by what another replica may have changed."""
        if self._database.dialect == "sqlite":
            return
        try:
            self.meter(await self._read(profile.id))
        except NotFound:
            self.end(profile.id)

    async def count(self, profile: Profile, skill_name: str, use: Use) -> None:
        """Counts what was used. Of a profile with a budget every replica sees it when this returns,
        of others a second later: to write each by itself costs half as much as a call.
        """
        key = _Key(now().date().isoformat(), profile.id, skill_name)
        self._add(key, profile.fields.name, use)
        if profile.fields.monthly_budget is not None:
            await self.save()

    async def run(self) -> None:
        """Writes without end what is not written yet; also what could not be, once it can."""
        while True:
            await self._has_unsaved.wait()
            await asyncio.sleep(WRITE_SECONDS)
            await self.save()

    async def save(self) -> None:
        """Writes what is not written yet, in one transaction, unless the database is away."""
        if self._unsaved:
            # Whoever is cancelled has used it all the same, and gives its place to the next.
            await uninterrupted(self._save())

    async def spent(self, profile_id: str) -> float:
        """What the profile has spent in the present month."""
        first = _first_of_month(now())
        rows = await self._database.rows(_SPENT, {"profile_id": profile_id, "first": first})
        unsaved = sum(
            use.cost
            for key, (_, use) in self._unsaved.items()
            if key.profile_id == profile_id and key.day >= first
        )
        spent: float = rows[0]["cost"]
        return spent + unsaved

    async def this_month(self) -> dict[str, float]:
        """What each profile has spent in the present month, by its id; those lack that did not."""
        rows = await self._database.rows(_THIS_MONTH, {"first": _first_of_month(now())})
        return {row["profile_id"]: row["cost"] for row in rows}

    def _add(self, key: _Key, profile_name: str, use: Use) -> None:
        _, before = self._unsaved.get(key, ("", Use()))
        self._unsaved[key] = (profile_name, before + use)
        self._has_unsaved.set()

    async def _save(self) -> None:
        async with self._turn:
            taken, self._unsaved = self._unsaved, {}
            self._has_unsaved.clear()
            if not taken:
                return
            # In one order, or replicas would wait for each other in a circle.
            rows = [_row(key, *taken[key]) for key in sorted(taken)]
            statement = _COUNT[self._database.dialect]
            try:
                await self._database.write(lambda connection: connection.execute(statement, rows))
            except AWAY as error:
                _log.warning("usage of AI is written later, no database: %s", why_away(error))
                for key, (name, use) in taken.items():
                    self._add(key, name, use)


class ProfileMeter(Meter):
    """The meter of a saved profile."""

    def __init__(self, spending: Spending, profile: Profile) -> None:
        self.profile = profile
        self.is_over = False
        """Whether the profile was deleted."""
        self._has_warned = False
        self._spending = spending

    async def check(self, target: str, *, has_waited: bool) -> None:
        """Raises BudgetExhausted if the profile's budget is spent, ProviderRefused if it was
        deleted, and ProfileChanged if it has another target by now.

        Only a profile with a budget costs a query; and on Postgres a question that had to wait, in
        which time another replica may have changed the profile.
        """
        if has_waited and not self.is_over:
            await self._spending.catch_up(self.profile)
        if self.is_over:
            raise ProviderRefused(f"profile {self.profile.fields.name!r} was deleted meanwhile")
        self.require(target)
        budget = self.profile.fields.monthly_budget
        if budget is None:
            return
        if budget == 0:
            raise BudgetExhausted(
                f"monthlyBudget of profile {self.profile.fields.name!r} is 0, so that nothing is "
                "asked; raise or remove it"
            )
        spent = await self._spending.spent(self.profile.id)
        if spent >= budget * _JUST_BELOW:
            raise BudgetExhausted(
                f"the budget of profile {self.profile.fields.name!r} for this month is spent: "
                f"{shown(spent)} of {shown(budget)}; raise or remove its monthlyBudget, or wait "
                f"until {_next_month(now())} (UTC)"
            )

    def require(self, target: str) -> None:
        """Raises ProfileChanged if the profile has another target than this by now."""
        if self.profile.target != target:
            raise ProfileChanged(f"profile {self.profile.fields.name!r} was changed meanwhile")

    def believed(self, told: tuple[int, int], call: Exchanged) -> tuple[int, int]:
        """What the endpoint told; if there is a budget, an estimate in place of what it did not."""
        if all(told) or self.profile.fields.monthly_budget is None:
            return told
        sent, received = estimated(call)
        believed = (told[0] or sent, told[1] or received)
        if believed != told and not self._has_warned:
            self._has_warned = True
            _log.warning(
                "the endpoint of profile %r does not tell how many tokens its answers take; they "
                "are estimated for its monthlyBudget",
                self.profile.fields.name,
            )
        return believed

    async def count(self, skill_name: str, input_tokens: int, output_tokens: int) -> float:
        """Counts a call at the prices of the moment, and gives what it cost."""
        cost = self.profile.fields.prices.cost(input_tokens, output_tokens)
        use = Use(1, input_tokens, output_tokens, cost=cost)
        await self._spending.count(self.profile, skill_name, use)
        return cost


def _first_of_month(moment: datetime) -> str:
    return f"{moment:%Y-%m}-01"


def _next_month(moment: datetime) -> str:
    year, month = divmod(moment.year * 12 + moment.month, 12)
    return f"{year:04}-{month + 1:02}-01"


def _row(key: _Key, profile_name: str, use: Use) -> dict[str, Any]:
    return {
        "day": key.day,
        "profile_id": key.profile_id,
        "skill_name": key.skill_name,
        "profile_name": profile_name,
        "requests": use.requests,
        "input_tokens": use.input_tokens,
        "output_tokens": use.output_tokens,
        "cached": use.cached,
        "cost": use.cost,
    }


def _count(insert: Any) -> sa.Insert:
    add = insert(ai_usage)
    names = ("requests", "input_tokens", "output_tokens", "cached", "cost")
    sums = {name: ai_usage.c[name] + add.excluded[name] for name in names}
    put: sa.Insert = add.on_conflict_do_update(
        index_elements=list(ai_usage.primary_key),
        set_={"profile_name": add.excluded.profile_name, **sums},
    )
    return put


_COUNT = {"sqlite": _count(sqlite.insert), "postgresql": _count(postgresql.insert)}
_cost = sa.func.coalesce(sa.func.sum(ai_usage.c.cost), 0.0).label("cost")
_in_month = ai_usage.c.day >= sa.bindparam("first")
_SPENT = sa.select(_cost).where(ai_usage.c.profile_id == sa.bindparam("profile_id"), _in_month)
_THIS_MONTH = (
    sa.select(ai_usage.c.profile_id, _cost).where(_in_month).group_by(ai_usage.c.profile_id)
)
