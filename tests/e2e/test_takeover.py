"""A worker that dies, freezes or is cut off: another goes on with its runs within ten seconds."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.conftest import S3Server, new_database
from tests.e2e.scaled import Scaled, scaled_hub
from tests.e2e.wire import Wire
from tests.fakes import CAPTIONS, FakeOpenAI

STEPS = 3
AGAIN = 2
"""Of them, those that had no answer when the blow fell; the caption had."""
EXECUTES = {"NEKOHUB_WORKER_CONCURRENCY": "4"}
SECONDS = 10.0
"""From the blow until another worker asks the model."""


@dataclass
class Pair:
    """Two workers, of which the first has begun everything and the second is idle."""

    hub: Scaled
    fake: FakeOpenAI
    wire: Wire
    """From the first to Postgres."""
    asset_id: str

    async def taken_over(self) -> None:
        """Waits until every step of the first worker was begun again."""
        async with asyncio.timeout(SECONDS):
            await self.fake.arrived(STEPS + AGAIN)

    async def finished(self) -> None:
        """Lets the model answer, and sees that the run has ended well and left what it must."""
        assert self.fake.gate is not None
        self.fake.gate.set()
        async with self.hub.client() as client:
            asset = await client.enriched(self.asset_id)
        assert asset["latestExecutionSummary"]["succeeded"] is True
        assert len(asset["structuredResults"]) == STEPS
        assert len(self.fake.requests) == STEPS + AGAIN

    async def gives_up(self) -> None:
        """Waits until the first worker has found that it was given up, and has ended."""
        async with asyncio.timeout(20):
            assert await self.hub.processes["worker-1"].wait() == 1


@pytest.fixture(scope="module")
async def hub(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, s3: S3Server, fake: FakeOpenAI
) -> AsyncIterator[Scaled]:
    """A hub in which nobody executes."""
    folder = tmp_path_factory.mktemp("hub")
    with new_database(postgres) as url:
        async with scaled_hub(folder, url, s3, NEKOHUB_WORKER_CONCURRENCY="0") as hub:
            async with hub.client() as client, asyncio.timeout(20):
                while (await client.get("/assets")).status_code != 200:
                    await asyncio.sleep(0.1)
                await client.use(fake)
            yield hub


@pytest.fixture
async def pair(hub: Scaled, fake: FakeOpenAI) -> AsyncIterator[Pair]:
    """Two workers of their own, and what they are at."""
    async with Wire(hub.settings["NEKOHUB_DATABASE_URL"]).laid() as wire:
        try:
            await hub.start("worker-1", NEKOHUB_DATABASE_URL=wire.url, **EXECUTES)
            fake.requests.clear()
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            async with hub.client() as client, asyncio.timeout(20):
                asset_id = (await client.upload(runEnrichment="false"))["id"]
                # By hand: an upload's questions, taken over, would wait for the open ones.
                path, later = f"/assets/{asset_id}/skills/enrich/run", {"Prefer": "respond-async"}
                await client.data("POST", path, status=202, headers=later)
                await fake.arrived(STEPS)
            await hub.start("worker-2", **EXECUTES)
            yield Pair(hub, fake, wire, asset_id)
        finally:
            for name in [name for name in hub.processes if name.startswith("worker")]:
                await hub.stop(name, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_one_that_ends(pair: Pair, number: int) -> None:
    await pair.hub.stop("worker-1", number)
    await pair.taken_over()
    await pair.finished()


async def test_one_that_freezes_and_wakes_up(pair: Pair) -> None:
    worker = pair.hub.processes["worker-1"]
    worker.send_signal(signal.SIGSTOP)
    await pair.taken_over()
    await pair.finished()
    worker.send_signal(signal.SIGCONT)
    await pair.gives_up()
    await pair.finished()


async def test_one_that_wakes_up_before_the_other_has_ended(pair: Pair) -> None:
    worker = pair.hub.processes["worker-1"]
    worker.send_signal(signal.SIGSTOP)
    await pair.taken_over()
    worker.send_signal(signal.SIGCONT)
    await pair.gives_up()
    await pair.finished()


async def test_one_that_wakes_up_keeps_nothing_that_it_finds_then(pair: Pair) -> None:
    worker = pair.hub.processes["worker-1"]
    worker.send_signal(signal.SIGSTOP)
    await pair.taken_over()
    await pair.finished()
    await pair.hub.stop("worker-2")
    async with pair.hub.client() as client:
        found = [(await client.upload())["id"] for _ in range(4)]
        # It is the only one that could begin them until it notices that it must end.
        worker.send_signal(signal.SIGCONT)
        await pair.gives_up()
        await pair.hub.start("worker-3", **EXECUTES)
        for asset_id in found:
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True


async def test_one_that_is_cut_off_from_postgres(pair: Pair) -> None:
    pair.wire.cut()
    await pair.taken_over()
    await pair.finished()
    pair.wire.mend()
    await pair.gives_up()
    await pair.finished()
