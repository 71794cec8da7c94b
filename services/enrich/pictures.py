"""All files of a command on their way, a bounded number at a time."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from services.enrich import run
from services.enrich.hub import Hub, Refused
from services.enrich.plan import Item, Unreadable
from services.enrich.progress import Progress
from services.enrich.rows import Row
from services.enrich.upload import FileRefused, Uploaded, uploaded
from services.results import Json, Results

AHEAD = 4
"""Pictures under way for each upload that may be: most of them only wait for their results."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What goes for every file."""

    skill: str
    most_bytes: int
    """Of one file."""
    concurrency: int
    """Uploads at once."""


async def enrich(
    hub: Hub,
    items: Sequence[Item],
    terms: Terms,
    progress: Progress,
    ended: Callable[[int, Row], None],
) -> None:
    """Uploads every file, waits for its run and tells `ended` its place in the list and its row.

    A file that fails stops no other. Raises HubAway and NotAllowed.
    """
    ahead = iter(enumerate(items))
    uploads = asyncio.Semaphore(terms.concurrency)

    async def work(ahead: Iterator[tuple[int, Item]]) -> None:
        for place, item in ahead:
            row = await _row(hub, item, terms, uploads, progress)
            progress.end(row)
            ended(place, row)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(items), AHEAD * terms.concurrency)):
                group.create_task(work(ahead))
    except BaseExceptionGroup as errors:
        # One is enough to say why nothing goes on.
        raise errors.exceptions[0] from None


async def _row(
    hub: Hub, item: Item, terms: Terms, uploads: asyncio.Semaphore, progress: Progress
) -> Row:
    if isinstance(item, Unreadable):
        return Row(str(item.path), item.why)
    file = str(item)
    try:
        async with uploads:
            upload = await uploaded(hub, item, terms.skill, terms.most_bytes)
    except FileRefused as error:
        return Row(file, str(error))
    except Refused as error:
        return Row(file, _DELETED_BEFORE if run.is_gone(error) else error.message)
    progress.upload()
    try:
        return await _enriched(hub, file, upload, terms.skill)
    except run.NoOutcome as error:
        return Row(file, str(error), upload.asset_id)
    except Refused as error:
        why = "it was deleted meanwhile" if run.is_gone(error) else error.message
        return Row(file, why, upload.asset_id)


_DELETED_BEFORE = (
    "it was uploaded in the last 24 hours and deleted since; under another name it is taken anew"
)


async def _enriched(hub: Hub, file: str, upload: Uploaded, skill: str) -> Row:
    execution = await run.outcome(hub, upload, skill)
    asset = await hub.data("GET", f"/assets/{upload.asset_id}")
    error = None if execution["succeeded"] else _why(execution)
    return Row(file, error, upload.asset_id, Results.of(asset))


def _why(execution: Json) -> str:
    failed = [step for step in execution["steps"] if not step["succeeded"]]
    return "; ".join(f"{step['stepName']}: {step['errorMessage']}" for step in failed)
