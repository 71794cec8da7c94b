"""One run: a hub, what is in it, and the requests."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from PIL import Image

from gateway.endpoint import Endpoint
from tests.e2e.hub_process import Client, Hub
from tests.fuzz.hostile import Hostile, Known, Maker
from tests.fuzz.verdict import faults
from tests.fuzz.wire import CutShort, NoHttp, answers, exchanged
from tests.unit.pictures import encoded

AT_ONCE = 8
BATCH = 100
"""Requests between two looks at what is still there; some delete."""


@dataclass
class Found:
    """What came of a run."""

    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    """Requests that were cut off, and so had no answer."""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = ", ".join(f"{count} × {status}" for status, count in sorted(self.statuses.items()))
        return "\n".join([f"{told}; {self.unanswered} cut off without an answer", *self.faults])


async def played(hub: Hub, table: Sequence[Endpoint], requests: int, seed: int) -> Found:
    """Sends so many requests of a seed and looks at every answer, and at the log afterwards."""
    found = Found()
    picture = encoded(Image.new("RGB", (3, 2), "red"), "PNG")
    maker = Maker(seed, table, Known(hub.api_key(), picture))
    async with hub.client() as client:
        for first in range(0, requests, BATCH):
            maker.known.places = await _places(client, picture)
            batch = [maker.request() for _ in range(min(BATCH, requests - first))]
            await _sent(hub, batch, first, found)
        await client.data("GET", "/system/ping")
        ready = await client.get(f"{hub.url}/health/ready")
    if ready.status_code != 200:
        found.faults.append(f"the hub is not ready afterwards: {ready.text}")
    found.faults += [
        f"in the log: {line[:2000]}"
        for line in hub.log().splitlines()
        if "Traceback" in line or "failed unexpectedly" in line
    ]
    return found


async def _places(client: Client, picture: bytes) -> dict[str, list[str]]:
    """Fills what is missing, and names what is there by the places of paths that it fills."""
    assets = [
        await client.data(
            "POST",
            "/assets",
            status=202,
            files={"file": ("a.png", picture, "image/png")},
            data={"isPublic": public, "skill": "thumbnail"},
        )
        for public in ("true", "false")
    ]
    runs = await client.data("GET", "/executions", params={"pageSize": "3"})
    profiles = await client.data("GET", "/system/ai/providers")
    return {
        "id": [
            *(asset["id"] for asset in assets),
            *(run["executionId"] for run in runs["items"]),
            *(profile["id"] for profile in profiles[:2]),
        ],
        "key": [asset["storageKey"] for asset in assets],
        "kind": ["thumbnail_256"],
        "skillName": ["enrich", "thumbnail"],
    }


async def _sent(hub: Hub, batch: Sequence[Hostile], first: int, found: Found) -> None:
    waiting = list(enumerate(batch, first))

    async def send() -> None:
        while waiting:
            number, hostile = waiting.pop(0)
            for fault in await _judged(hub, hostile, found):
                found.faults.append(f"request {number}: {fault}: {hostile.raw[:600]!r}")

    async with asyncio.TaskGroup() as sending:
        for _ in range(AT_ONCE):
            sending.create_task(send())


async def _judged(hub: Hub, hostile: Hostile, found: Found) -> list[str]:
    address = urlsplit(hub.url)
    assert address.hostname is not None
    assert address.port is not None
    try:
        came = await exchanged(address.hostname, address.port, hostile)
        answered = answers(came, hostile.heads)
    except TimeoutError:
        return ["it was not answered in time"]
    except CutShort as error:
        # What comes after a request and is none ends the connection, whatever is being sent.
        found.unanswered += 1
        return [f"its answer was cut short: {error}"] if hostile.complete else []
    except NoHttp as error:
        return [f"what came is no answer: {error}"]
    found.statuses.update(answer.status for answer in answered)
    found.unanswered += not answered
    return list(faults(hostile, answered))
