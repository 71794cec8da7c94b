"""Clients that upload, run and delete, and ask again when there was no answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from tests.chaos.moments import Moment, Moments
from tests.chaos.stages import Stage
from tests.e2e.hub_process import Client, another_cat

CLIENTS = 3
LONGEST_PAUSE_SECONDS = 0.8
LONGEST_WAIT_SECONDS = 1.5
"""How long an upload that is going to be deleted may have been there."""
PATIENCE_SECONDS = 120.0
"""How long what was begun may take to be answered once all is well."""


@dataclass
class Accepted:
    """What the hub has promised, as its answers say."""

    uploads: dict[str, str] = field(default_factory=dict)
    """Ids of assets with the skill that runs on them, "" for none: 202 was read."""
    deleted: set[str] = field(default_factory=set)
    """Ids of assets: 200 was read, or 404 after a request that was not answered."""
    executions: dict[str, str] = field(default_factory=dict)
    """Ids of executions that were asked for by themselves, with their skills."""
    answered_runs: int = 0
    """Runs that were waited for and told their end."""
    failed_runs: list[str] = field(default_factory=list)
    """Those that told of a failure."""

    @property
    def runs(self) -> int:
        """How many runs must come to an end, or had one."""
        wanted = [asset_id for asset_id, skill in self.uploads.items() if skill]
        return len(wanted) + len(self.executions) + self.answered_runs


class Load:
    """A few clients that go on until they are told to stop."""

    def __init__(self, stage: Stage, moments: Moments, random: Random) -> None:
        self.accepted = Accepted()
        self._client: Client = stage.client()
        self._moments = moments
        self._random = random
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Works until `stop`, and then until what was begun has been answered."""
        acts = (self._enrich, self._thumbnail, self._delete, self._wait_for_a_run, self._leave_run)
        async with self._client, asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(self._go_on(acts, (10, 2, 3, 3, 2)))

    def stop(self) -> None:
        """Lets nothing new begin."""
        self._stopping.set()

    async def _go_on(self, acts: Any, weights: tuple[int, ...]) -> None:
        while not self._stopping.is_set():
            [act] = self._random.choices(acts, weights)
            await act()
            await asyncio.sleep(self._random.uniform(0, LONGEST_PAUSE_SECONDS))

    async def _enrich(self) -> str:
        return await self._uploaded("enrich")

    async def _thumbnail(self) -> str:
        return await self._uploaded("thumbnail", skill="thumbnail")

    async def _delete(self) -> None:
        asset_id = await self._enrich()
        await asyncio.sleep(self._random.uniform(0, LONGEST_WAIT_SECONDS))
        answer = await self._answer("DELETE", f"/assets/{asset_id}")
        assert answer.status_code in {200, 404}, answer.text
        self.accepted.deleted.add(asset_id)

    async def _wait_for_a_run(self) -> None:
        skill = self._random.choice(["enrich", "ai-caption", "thumbnail"])
        answer = await self._run(skill)
        if answer.status_code != 200:
            self._keep(answer, skill)
            return
        self.accepted.answered_runs += 1
        if answer.json()["data"]["succeeded"] is not True:
            self.accepted.failed_runs.append(answer.text)

    async def _leave_run(self) -> None:
        self._keep(await self._run("ai-caption", prefer="respond-async"), "ai-caption")

    async def _run(self, skill: str, **headers: str) -> httpx.Response:
        asset_id = await self._uploaded("", runEnrichment="false")
        path = f"/assets/{asset_id}/skills/{skill}/run"
        return await self._answer("POST", path, json={}, headers=headers)

    def _keep(self, answer: httpx.Response, skill: str) -> None:
        assert answer.status_code in {202, 503, 504}, answer.text
        self.accepted.executions[answer.headers["location"].rpartition("/")[2]] = skill

    async def _uploaded(self, runs: str, **fields: str) -> str:
        self._moments.tell(Moment.UPLOADING)
        file = {"file": ("cat.jpg", another_cat(), "image/jpeg")}
        answer = await self._answer("POST", "/assets", files=file, data=fields)
        assert answer.status_code == 202, answer.text
        asset_id: str = answer.json()["data"]["id"]
        self.accepted.uploads[asset_id] = runs
        self._moments.tell(Moment.UPLOADED)
        return asset_id

    async def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        """The first answer that tells more than to come back later."""
        while True:
            try:
                answer = await self._client.request(method, path, **request)
            except httpx.TransportError:
                pass
            else:
                if answer.status_code < 500 or "location" in answer.headers:
                    return answer
                assert answer.status_code in {503, 504}, answer.text
            await asyncio.sleep(self._random.uniform(0.05, 0.3))


@asynccontextmanager
async def loaded(stage: Stage, moments: Moments, random: Random) -> AsyncIterator[Load]:
    """Keeps a hub busy during the block, and waits for the last answers after it."""
    load = Load(stage, moments, random)
    running = asyncio.create_task(load.run())
    try:
        yield load
        load.stop()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await running
    finally:
        running.cancel()
        await asyncio.wait({running})
