"""Executions in the database: accepted, claimed by who executes them, ended, removed.

Their steps are what makes a run durable: one that has ended is never run again, and only who holds
the claim of an execution may note anything about it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.queries import Prepared
from services.chassis.requests import Claim, claimed, known
from services.skills import asset_usage, usage, writes
from services.skills.accepted import accepted, row_of
from services.skills.model import Execution, Outcome, PlannedStep, Status, Trigger
from services.skills.refusals import AlreadyFinished, AssetDeleted, ExecutionMissing
from services.skills.rows import (
    BY_ID,
    BY_REQUEST,
    LATEST,
    LATEST_OF_SEVERAL,
    Latest,
    execution_of,
    latest_of,
    row_of_step,
)
from services.skills.tables import deleted_asset, execution, request

CANCELLED = "cancelled"
"""What a step says that had not ended when its execution was cancelled."""
TOMBSTONES_KEPT = timedelta(days=7)
_UNFINISHED = (Status.QUEUED, Status.RUNNING)


class ExecutionStore:
    """Reads and writes of executions; one query a read, one transaction a write."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def accept(
        self,
        request_id: str,
        asset_id: str,
        skill_name: str,
        trigger: Trigger,
        steps: Sequence[PlannedStep],
        *,
        fingerprint: str = "",
        skill_ids: tuple[str, ...] = (),
    ) -> tuple[Execution, bool]:
        """Makes an execution, or gives that of an earlier, equal request; says whether it did.

        A hand-over of an upload stands for one execution as long as that is kept, and has no
        fingerprint. Raises RequestReused, and AssetDeleted.
        """
        if not fingerprint:
            found = await self._one(BY_REQUEST, request_id)
            if found is not None:
                return found, True
        made = accepted(asset_id, skill_name, trigger, steps, skill_ids)

        def work(connection: sa.Connection) -> str | None:
            writes.lock_asset(connection, asset_id)
            if fingerprint:
                claim = Claim(request_id, fingerprint)
                earlier = claimed(connection, request, claim, made.id)
                if earlier is not None:
                    return earlier
            if connection.execute(writes.IS_DELETED, {"asset": asset_id}).first() is not None:
                raise AssetDeleted(asset_id)
            own_request = made.id if fingerprint else request_id
            connection.execute(writes.ADD, row_of(made, own_request))
            rows = [row_of_step(made.id, at, each) for at, each in enumerate(steps)]
            connection.execute(writes.ADD_STEP, rows)
            usage.count(connection, skill_name)
            return None

        try:
            earlier = await self.database.write(work)
        except sa.exc.IntegrityError:
            # An equal hand-over came at the same time and was first.
            found = await self._one(BY_REQUEST, request_id)
            if found is None:
                raise
            return found, True
        if earlier is None:
            return made, False
        return await self._there(earlier), True

    async def earlier(self, request_id: str, fingerprint: str) -> Execution | None:
        """The execution that an equal request has made before.

        Raises RequestReused, and ExecutionMissing for one that was removed.
        """
        made = await known(self.database, request, Claim(request_id, fingerprint))
        return None if made is None else await self._there(made)

    async def get(self, execution_id: str) -> Execution | None:
        """One execution."""
        return await self._one(BY_ID, execution_id)

    async def latest(self, asset_id: str) -> Latest | None:
        """An asset's newest execution."""
        found = await self.latest_of_several([asset_id])
        return found[0] if found else None

    async def latest_of_several(self, asset_ids: Sequence[str]) -> list[Latest]:
        """The newest execution of each of some assets, of those that have any."""
        # A list in SQL costs more than the rest of a query for one.
        rows = (
            await self.database.rows(LATEST_OF_SEVERAL, {"asset_ids": asset_ids})
            if len(asset_ids) > 1
            else await self.database.rows(LATEST, {"sought": asset_ids[0]})
        )
        return latest_of(rows)

    async def unfinished(
        self, since: datetime, until: datetime, after_id: str, limit: int
    ) -> list[str]:
        """Ids beyond `after_id` of those accepted from `since` to before `until` and not ended."""
        query = (
            sa.select(execution.c.id)
            .where(
                execution.c.status.in_(_UNFINISHED),
                execution.c.id > after_id,
                execution.c.created_at >= since,
                execution.c.created_at < until,
            )
            .order_by(execution.c.id)
            .limit(limit)
        )
        return [row["id"] for row in await self.database.rows(query)]

    async def lost_claims(self, claims: Sequence[str]) -> set[str]:
        """Those of some claims whose executions have ended, are gone or belong to others."""
        rows = await self.database.rows(
            sa.select(execution.c.claim).where(
                execution.c.claim.in_(claims), execution.c.status == Status.RUNNING
            )
        )
        return set(claims).difference(row["claim"] for row in rows)

    async def claim(
        self, execution_id: str, claim: str, beginning: Callable[[Execution], Sequence[int]]
    ) -> Execution | None:
        """Takes an execution over from whoever had it, and begins the steps that `beginning` says.

        `claim` is 1 to 36 characters, unlike any other. None if it has ended or is gone.
        """

        def work(connection: sa.Connection) -> Execution | None:
            values = {"sought": execution_id, "new_claim": claim, "moment": now()}
            if connection.execute(writes.CLAIM, values).rowcount == 0:
                return None
            rows = connection.execute(BY_ID.query, {"sought": execution_id}).mappings().all()
            found = execution_of(rows)
            if found is not None:
                writes.begin(connection, execution_id, claim, beginning(found))
            return found

        return await self.database.write(work)

    async def begin_steps(self, execution_id: str, claim: str, positions: Sequence[int]) -> bool:
        """Notes that steps begin, once more perhaps; False if the claim is lost."""
        return await self.database.write(
            lambda connection: writes.begin(connection, execution_id, claim, positions)
        )

    async def end_step(
        self,
        execution_id: str,
        claim: str,
        position: int,
        outcome: Outcome,
        ends: Status | None,
        begins: Sequence[int] = (),
    ) -> bool:
        """Notes how a step ended, with `ends` how its execution did, and which steps begin now;
        False if the claim is lost.
        """

        def work(connection: sa.Connection) -> bool:
            values = {"sought": execution_id, "held": claim, "count": 1}
            held = connection.execute(writes.COUNT_ON, values).first()
            if held is None:
                return False
            moment = now()
            noted = {"sequence_now": held.sequence, "moment": moment, **writes.values_of(outcome)}
            ended = connection.execute(
                writes.END_STEP, {"sought": execution_id, "place": position, **noted}
            )
            # Once, though it may be told twice.
            if ended.rowcount == 1:
                if outcome.used:
                    asset_usage.add(connection, held.asset_id, outcome)
                if begins:
                    writes.begin(connection, execution_id, claim, begins)
            if ends is not None:
                writes.end(connection, execution_id, ends, moment)
            return True

        return await self.database.write(work)

    async def end(self, execution_id: str, claim: str, status: Status) -> None:
        """Notes how an execution ended of which no step was left, if the claim is held."""

        def work(connection: sa.Connection) -> None:
            values = {"sought": execution_id, "held": claim, "count": 0}
            if connection.execute(writes.COUNT_ON, values).scalar() is not None:
                writes.end(connection, execution_id, status, now())

        await self.database.write(work)

    async def give_up(self, execution_id: str, message: str, claim: str | None = None) -> None:
        """Ends an execution, and its steps that have not ended, as failed.

        With a claim only if that is held, so that nobody ends what is another's by now.
        """

        def work(connection: sa.Connection) -> None:
            values = {"sought": execution_id, "held": claim, "count": 0}
            if claim is None or connection.execute(writes.COUNT_ON, values).scalar() is not None:
                writes.break_off(connection, execution_id, Status.FAILED, message)

        await self.database.write(work)

    async def cancel(self, execution_id: str, request_id: str) -> tuple[Execution, bool]:
        """Ends an execution, and its steps that have not ended, as cancelled.

        With a request id, an equal request gives what the first one gave; says whether it did.
        Raises ExecutionMissing, AlreadyFinished, RequestReused.
        """

        def work(connection: sa.Connection) -> bool:
            if request_id:
                claim = Claim(request_id, execution_id)
                if claimed(connection, request, claim, execution_id) is not None:
                    return True
            if not writes.break_off(connection, execution_id, Status.CANCELLED, CANCELLED):
                found = execution_of(
                    connection.execute(BY_ID.query, {"sought": execution_id}).mappings().all()
                )
                if found is None:
                    raise ExecutionMissing(execution_id)
                raise AlreadyFinished(execution_id, found.status)
            return False

        replayed = await self.database.write(work)
        return await self._there(execution_id), replayed

    async def delete_of_asset(self, asset_id: str) -> list[str]:
        """Removes an asset's executions for good and gives their ids; no other is accepted."""

        def work(connection: sa.Connection) -> list[str]:
            writes.lock_asset(connection, asset_id)
            writes.bury(connection, asset_id)
            found = connection.execute(
                execution.delete().where(execution.c.asset_id == asset_id).returning(execution.c.id)
            )
            ids = list(found.scalars())
            asset_usage.remove(connection, asset_id)
            return ids

        return await self.database.write(work)

    async def forget_deleted_assets(self) -> None:
        """Forgets assets of which no start can be under way any more."""
        old = deleted_asset.delete().where(deleted_asset.c.deleted_at < now() - TOMBSTONES_KEPT)
        await self.database.write(lambda connection: connection.execute(old))

    async def _there(self, execution_id: str) -> Execution:
        found = await self.get(execution_id)
        if found is None:
            raise ExecutionMissing(execution_id)
        return found

    async def _one(self, query: Prepared, sought: str) -> Execution | None:
        return execution_of(await self.database.rows(query, {"sought": sought}))
