"""What is there when all is over: rows and objects, read where the services keep them."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

import sqlalchemy as sa

from services.assets import sweep
from services.assets.app import object_store
from services.assets.store import AssetStore
from services.assets.tables import asset, derivative, outbox, preview, structured_result
from services.chassis.database import Database, opened
from services.settings import Settings
from services.skills.model import Status
from services.skills.tables import execution, step
from tests.chaos.journal import Step

QUIET_SECONDS = 90.0
_AHEAD = sa.text(
    "SELECT workflow_uuid FROM workflow_status "
    "WHERE name = 'execution' AND status IN ('PENDING', 'ENQUEUED', 'DELAYED')"
)
_UNFINISHED = (Status.QUEUED.value, Status.RUNNING.value)


@dataclass(frozen=True)
class Execution:
    """A row."""

    asset_id: str
    trigger: str
    status: str
    troubles: Sequence[str]
    """What its steps that failed say."""


@dataclass(frozen=True)
class Aftermath:
    """All that counts of two databases and the object store."""

    assets: frozenset[str]
    """Their ids."""
    executions: Mapping[str, Execution]
    steps_ended: Mapping[Step, float]
    """When each step ended, in seconds since 1970."""
    kinds: Mapping[str, frozenset[str]]
    """The structured results and derivatives that each asset has."""
    of_assets: frozenset[str]
    """Ids of assets that a row of any table belongs to."""
    messages: int
    """What skills has not been told yet."""
    ahead: Sequence[str]
    """Executions that the engine would still execute."""
    swept: int
    """Objects that the sweep removed."""
    objects: frozenset[str]
    """Keys of those that are there after it."""
    named_objects: frozenset[str]
    """Keys that a row names."""


async def quiet(where: Settings) -> bool:
    """Waits until no execution is ahead and no message is waiting; False if that takes too long."""
    async with (
        opened(where.database_url_of("assets"), "assets") as assets,
        opened(where.database_url_of("skills"), "skills") as skills,
        opened(where.database_url_of("engine"), "dbos") as engine,
    ):
        waiting = sa.select(outbox.c.id)
        open_ = sa.select(execution.c.id).where(execution.c.status.in_(_UNFINISHED))
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                while (
                    await assets.rows(waiting)
                    or await skills.rows(open_)
                    or await engine.rows(_AHEAD)
                ):
                    await asyncio.sleep(0.25)
        except TimeoutError:
            return False
    return True


async def looked_at(where: Settings) -> Aftermath:
    """Reads everything, and sweeps before it looks at the objects. Nothing may run any more."""
    async with (
        opened(where.database_url_of("assets"), "assets") as assets,
        opened(where.database_url_of("skills"), "skills") as skills,
        opened(where.database_url_of("engine"), "dbos") as engine,
        object_store(where) as blobs,
    ):
        ahead = [row["workflow_uuid"] for row in await engine.rows(_AHEAD)]
        with patch.object(sweep, "ORPHAN_AGE", timedelta(minutes=-1)):
            swept = await sweep.sweep(AssetStore(assets), blobs)
        objects = frozenset([blob.key async for blob in blobs.objects()])
        return await _read(assets, skills, ahead, swept, objects)


async def _read(
    assets: Database,
    skills: Database,
    ahead: Sequence[str],
    swept: int,
    objects: frozenset[str],
) -> Aftermath:
    own = [await assets.rows(sa.select(table)) for table in (derivative, structured_result)]
    previews = await assets.rows(sa.select(preview))
    pictures = await assets.rows(sa.select(asset.c.id, asset.c.storage_key))
    messages = await assets.rows(sa.select(outbox.c.asset_id))
    executions = await skills.rows(sa.select(execution))
    steps = await skills.rows(sa.select(step).where(step.c.completed_at.is_not(None)))
    troubles: dict[str, list[str]] = defaultdict(list)
    for row in steps:
        if not row["succeeded"]:
            troubles[row["execution_id"]].append(f"{row['name']}: {row['error_message']}")
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in (*own[0], *own[1]):
        kinds[row["asset_id"]].add(row["kind"])
    belonging = (*own[0], *own[1], *previews, *messages, *executions)
    return Aftermath(
        assets=frozenset(row["id"] for row in pictures),
        executions={
            row["id"]: Execution(
                row["asset_id"], row["trigger"], row["status"], troubles[row["id"]]
            )
            for row in executions
        },
        steps_ended={
            Step(row["execution_id"], row["name"]): row["completed_at"].timestamp() for row in steps
        },
        kinds={asset_id: frozenset(found) for asset_id, found in kinds.items()},
        of_assets=frozenset(row["asset_id"] for row in belonging),
        messages=len(messages),
        ahead=ahead,
        swept=swept,
        objects=objects,
        named_objects=frozenset(row["storage_key"] for row in (*pictures, *own[0], *previews)),
    )
