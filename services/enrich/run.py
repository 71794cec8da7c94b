"""The run of a skill on an uploaded picture, waited for."""

import asyncio
import time
from urllib.parse import quote

from services.enrich.hub import Hub, Refused
from services.enrich.upload import Uploaded
from services.results import Json

_FIRST_POLL, _POLL, _LONGEST_POLL = 0.5, 1.0, 5.0
_LESS_OFTEN = 1.25


class NoOutcome(Exception):
    """Nothing came of a run in the time that it was given; what is stored stays."""


async def outcome(hub: Hub, upload: Uploaded, skill: str) -> Json:
    """The execution, once it has ended.

    If an earlier upload of the same file has failed, the skill runs once more. Raises NoOutcome,
    and what the hub's methods raise.
    """
    if not upload.replayed:
        await asyncio.sleep(_FIRST_POLL)
    run = await _ended(hub, await _begun(hub, upload.asset_id, skill))
    if run["succeeded"] or not upload.replayed:
        return run
    again: Json = await hub.data(
        "POST",
        f"/assets/{upload.asset_id}/skills/{quote(skill, safe='')}/run",
        headers={"Prefer": "respond-async", "Idempotency-Key": f"after-{run['executionId']}"},
    )
    return await _ended(hub, again)


async def _begun(hub: Hub, asset_id: str, skill: str) -> Json:
    """The newest execution of the skill, once the hub knows of one."""
    ends = time.monotonic() + hub.patience.begin
    while True:
        newest = await _newest(hub, asset_id, skill)
        if newest is not None:
            return newest
        if time.monotonic() > ends:
            raise NoOutcome(
                f"it is stored, but {skill} has not begun within {hub.patience.begin:g} s; see "
                "what the hub logs"
            )
        await asyncio.sleep(_POLL)


async def _newest(hub: Hub, asset_id: str, skill: str) -> Json | None:
    path, wanted = f"/assets/{asset_id}/executions", {"skill": skill}
    while True:
        page = await hub.data("GET", path, params=wanted)
        run: Json
        for run in page["items"]:
            # A workflow may be called as the skill is.
            if run["triggerSource"] != "workflow":
                return run
        if not page["nextCursor"]:
            return None
        wanted["cursor"] = page["nextCursor"]


async def _ended(hub: Hub, run: Json) -> Json:
    path = f"/executions/{run['executionId']}"
    pause, changed_at = _POLL, time.monotonic()
    while run["completedAtUtc"] is None:
        if time.monotonic() - changed_at > hub.patience.still:
            raise NoOutcome(
                f"nothing has happened for {hub.patience.still:g} s; it goes on, see "
                f"{hub.url}/api/v1{path}"
            )
        await asyncio.sleep(pause)
        pause = min(_LONGEST_POLL, pause * _LESS_OFTEN)
        latest = await hub.data("GET", path)
        if latest != run:
            run, changed_at = latest, time.monotonic()
    return run


def is_gone(error: Refused) -> bool:
    """Whether the hub says that there is no such asset any more."""
    return error.code in ("asset_not_found", "execution_not_found")
