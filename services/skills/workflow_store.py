"""Workflows in the database."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import now
from services.chassis.database import Database
from services.chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from services.chassis.ids import is_id, new_id
from services.chassis.names import conflict, fold
from services.chassis.queries import Row
from services.chassis.requests import Claim, claimed
from services.skills.tables import request, workflow
from services.skills.workflow import WORKFLOWS, Workflow, WorkflowInput

_SOUGHT: sa.BindParameter[str] = sa.bindparam("sought")
_ALL = sa.select(workflow)
_BY_ID = _ALL.where(workflow.c.id == _SOUGHT)
_AUTO_RUN = _ALL.where(workflow.c.is_auto_run)
_COUNT = sa.select(sa.func.count()).select_from(workflow)
_NAMED = sa.select(workflow.c.id).where(
    workflow.c.name_folded == sa.bindparam("folded"), workflow.c.id != _SOUGHT
)
_ADD = workflow.insert()
_NONE_IS_AUTO_RUN = workflow.update().where(workflow.c.is_auto_run).values(is_auto_run=False)
_REMOVE = workflow.delete().where(workflow.c.id == _SOUGHT)
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("workflows", 0)))


class WorkflowMissing(NotFound):
    """There is no such workflow, or no longer."""

    def __init__(self, workflow_id: str) -> None:
        super().__init__(
            "WORKFLOW_PROFILE_NOT_FOUND", f"no workflow has the id {workflow_id[:100]!r}"
        )


class WorkflowStore:
    """Reads and writes of workflows; each write is one transaction."""

    def __init__(self, database: Database, require_runnable: Callable[[Workflow], object]) -> None:
        """Takes also what raises if a workflow cannot be run: no auto-run one is such.

        It may run in a thread, and twice.
        """
        self._database = database
        self._require_runnable = require_runnable

    async def all(self) -> list[Workflow]:
        """Every workflow, the auto-run one first, then by name."""
        found = [_workflow(row) for row in await self._database.rows(_ALL)]
        return sorted(found, key=lambda each: (not each.is_auto_run, fold(each.name)))

    async def get(self, workflow_id: str) -> Workflow:
        """One workflow. Raises WORKFLOW_PROFILE_NOT_FOUND."""
        known = is_id(workflow_id)
        rows = await self._database.rows(_BY_ID, {"sought": workflow_id}) if known else []
        return _only(rows, workflow_id)

    async def auto_run(self) -> Workflow | None:
        """The workflow that uploads run."""
        rows = await self._database.rows(_AUTO_RUN)
        return _workflow(rows[0]) if rows else None

    async def create(self, given: WorkflowInput, claim: Claim | None) -> tuple[Workflow, bool]:
        """Adds a workflow; if a request with an equal claim has done so, gives that one, and True.

        Raises WORKFLOW_PROFILE_NAME_CONFLICT, WORKFLOW_PROFILE_LIMIT_REACHED, what
        `require_runnable` raises, IDEMPOTENCY_KEY_REUSED, and WORKFLOW_PROFILE_NOT_FOUND for one
        that was added and removed.
        """

        def work(connection: sa.Connection) -> tuple[Workflow, bool]:
            _lock(connection)
            moment, is_auto_run = now(), bool(given.is_auto_run)
            made = Workflow(
                new_id(), given.name, given.description, is_auto_run, given.graph_json,
                created_at=moment, updated_at=moment,
            )  # fmt: skip
            earlier = None if claim is None else claimed(connection, request, claim, made.id)
            if earlier is not None:
                return _saved(connection, earlier), True
            _check_room(connection)
            _check_name(connection, made)
            if is_auto_run:
                self._require_runnable(made)
                connection.execute(_NONE_IS_AUTO_RUN)
            connection.execute(_ADD, _row_of(made) | {"name_folded": fold(made.name)})
            return made, False

        return await self._database.write(work)

    async def update(self, workflow_id: str, given: WorkflowInput) -> Workflow:
        """Puts other values in place of a workflow's.

        Raises WORKFLOW_PROFILE_NOT_FOUND, WORKFLOW_PROFILE_NAME_CONFLICT, and what
        `require_runnable` raises.
        """

        def changed(saved: Workflow) -> Workflow:
            is_auto_run = saved.is_auto_run if given.is_auto_run is None else given.is_auto_run
            return replace(
                saved,
                name=given.name,
                description=given.description,
                is_auto_run=is_auto_run,
                graph_json=given.graph_json,
            )

        return await self._changed(workflow_id, changed)

    async def switch_on(self, workflow_id: str) -> Workflow:
        """Makes a workflow the auto-run one, and no other.

        Raises WORKFLOW_PROFILE_NOT_FOUND, and what `require_runnable` raises.
        """
        return await self._changed(workflow_id, lambda saved: replace(saved, is_auto_run=True))

    async def delete(self, workflow_id: str) -> None:
        """Removes a workflow. Raises WORKFLOW_PROFILE_NOT_FOUND."""

        def work(connection: sa.Connection) -> None:
            _lock(connection)
            if connection.execute(_REMOVE, {"sought": workflow_id}).rowcount == 0:
                raise WorkflowMissing(workflow_id)

        if not is_id(workflow_id):
            raise WorkflowMissing(workflow_id)
        await self._database.write(work)

    async def _changed(self, workflow_id: str, change: Callable[[Workflow], Workflow]) -> Workflow:
        def work(connection: sa.Connection) -> Workflow:
            _lock(connection)
            saved = _saved(connection, workflow_id)
            changed = change(saved)
            if changed.is_auto_run:
                self._require_runnable(changed)
            if changed == saved:
                return saved
            changed = replace(changed, updated_at=now())
            values = _row_of(changed)
            # One from before, which could not be made now, stays until another one is given.
            if changed.name != saved.name:
                _check_name(connection, changed)
                values["name_folded"] = fold(changed.name)
            if changed.is_auto_run and not saved.is_auto_run:
                connection.execute(_NONE_IS_AUTO_RUN)
            connection.execute(workflow.update().where(workflow.c.id == workflow_id).values(values))
            return changed

        if not is_id(workflow_id):
            raise WorkflowMissing(workflow_id)
        return await self._database.write(work)


def _lock(connection: sa.Connection) -> None:
    """Makes changes wait for each other; on SQLite every write transaction does so anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def _check_room(connection: sa.Connection) -> None:
    count = connection.execute(_COUNT).scalar_one()
    if count >= WORKFLOWS:
        raise FailedPrecondition(
            "WORKFLOW_PROFILE_LIMIT_REACHED",
            f"there are {count} workflows, and no more than {WORKFLOWS} are kept; delete one",
        )


def _check_name(connection: sa.Connection, coming: Workflow) -> None:
    values = {"folded": fold(coming.name), "sought": coming.id}
    if connection.execute(_NAMED, values).first() is not None:
        raise AlreadyExists("WORKFLOW_PROFILE_NAME_CONFLICT", conflict("workflow", coming.name))


def _saved(connection: sa.Connection, workflow_id: str) -> Workflow:
    rows = connection.execute(_BY_ID, {"sought": workflow_id}).mappings().all()
    return _only(rows, workflow_id)


def _only(rows: Sequence[Row], workflow_id: str) -> Workflow:
    if not rows:
        raise WorkflowMissing(workflow_id)
    return _workflow(rows[0])


def _workflow(row: Row) -> Workflow:
    return Workflow(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        is_auto_run=row["is_auto_run"],
        graph_json=row["graph_json"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _row_of(saved: Workflow) -> dict[str, Any]:
    return {
        "id": saved.id,
        "name": saved.name,
        "description": saved.description,
        "is_auto_run": saved.is_auto_run,
        "graph_json": saved.graph_json,
        "created_at": saved.created_at,
        "updated_at": saved.updated_at,
    }
