"""Two processes that serve providers: the limits of a profile are those of both together."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb
from nekohub.providers.v1 import providers_pb2_grpc as pb_grpc

from services.chassis.channel import channel
from tests.e2e.scaled import Scaled
from tests.fakes import FakeOpenAI, Scripted, fake_openai

TOKEN = "internal-token-of-the-tests-0123456789"
NAMES = ("providers-1", "providers-2")
IN_FLIGHT = 4
SCHEMA = json.dumps(
    {"type": "object", "properties": {"caption": {"type": "string"}}, "required": ["caption"]}
)


class Turnstile(asyncio.Event):
    """Lets requests through one by one, and all of them once it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._places = asyncio.Semaphore(0)

    def let_one(self) -> None:
        """Lets the next one through."""
        self._places.release()

    def set(self) -> None:
        """Lets everybody through."""
        super().set()
        for _ in range(1000):
            self._places.release()

    async def wait(self) -> Any:
        """Waits to be let through."""
        if not self.is_set():
            await self._places.acquire()


class Pair:
    """Both processes, what they are asked, and the endpoint that they ask."""

    def __init__(self, hub: Scaled, stubs: dict[str, Any], ai: FakeOpenAI) -> None:
        self.hub = hub
        self.ai = ai
        self.stubs = stubs
        self.answered: Counter[str] = Counter()
        self.asked: dict[str, list[asyncio.Task[None]]] = {name: [] for name in NAMES}

    def ask(self, name: str, count: int) -> None:
        """Asks a process so many questions at once."""
        for _ in range(count):
            self.asked[name].append(asyncio.create_task(self._answer(name, self.question(name))))

    def question(self, name: str) -> pb.DescribeRequest:
        """What a process is asked."""
        return pb.DescribeRequest(
            jpeg=b"\xff\xd8", prompt=name, schema_name="caption", schema_json=SCHEMA
        )

    async def _answer(self, name: str, request: pb.DescribeRequest) -> None:
        with suppress(grpc.aio.AioRpcError):
            await self.stubs[name].Describe(request, timeout=100)
            self.answered[name] += 1

    async def answers(self, name: str) -> None:
        """Waits until a process has answered all that it was asked."""
        async with asyncio.timeout(60):
            await asyncio.gather(*self.asked[name])
        assert self.answered[name] == len(self.asked[name])

    def in_flight(self) -> Counter[str]:
        """How many questions each process has at the endpoint."""
        arrived = Counter(
            asked.body["messages"][0]["content"][0]["text"] for asked in self.ai.requests
        )
        return arrived - self.answered

    async def end(self) -> None:
        """Asks no more."""
        calls = [call for calls in self.asked.values() for call in calls]
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


@asynccontextmanager
async def pair(folder: Path, database_url: str, **settings: str) -> AsyncIterator[Pair]:
    """Starts both, with a profile of a scripted endpoint."""
    hub = Scaled(
        folder,
        {
            "NEKOHUB_INTERNAL_TOKEN": TOKEN,
            "NEKOHUB_SECRET_KEY": "secret-of-the-tests-0123456789abcdef",
            "NEKOHUB_DATABASE_URL": database_url,
            "NEKOHUB_PROVIDER_ALLOW_HOSTS": "loopback",
            "NEKOHUB_PROVIDER_CONCURRENCY": str(IN_FLIGHT),
            **settings,
        },
    )
    async with AsyncExitStack() as stack:
        ai = await stack.enter_async_context(fake_openai())
        stubs = {}
        try:
            for name in NAMES:
                await hub.start(name)
                opened = await stack.enter_async_context(channel(hub.address(name), token=TOKEN))
                stubs[name] = pb_grpc.ProviderServiceStub(opened)
            profile = pb.ProfileInput(
                name="fake", api_base_url=ai.base_url, api_key="sk-planted", model_name="m-1"
            )
            await stubs[NAMES[0]].CreateProfile(pb.CreateProfileRequest(profile=profile))
            both = Pair(hub, stubs, ai)
            yield both
            await both.end()
        finally:
            for name in list(hub.processes):
                hub.processes[name].send_signal(signal.SIGCONT)
                await hub.stop(name, signal.SIGKILL)


async def becomes(what: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await what():
            await asyncio.sleep(0.05)


async def rows(database_url: str, query: str) -> list[tuple[Any, ...]]:
    connection = await psycopg.AsyncConnection.connect(database_url)
    async with connection:
        return await (await connection.execute(query)).fetchall()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_two_processes_share_the_places_and_one_that_dies_leaves_its_own(
    tmp_path: Path, postgres_url: str, number: int
) -> None:
    first, second = NAMES
    async with pair(tmp_path, postgres_url) as both:
        ai = both.ai
        ai.gate = gate = Turnstile()
        both.ask(first, 60)
        async with asyncio.timeout(20):
            await ai.arrived(IN_FLIGHT)
        both.ask(second, 30)

        async def are_shared() -> bool:
            if both.in_flight() == {first: 2, second: 2}:
                return True
            if ai.in_flight == IN_FLIGHT:
                gate.let_one()
            return False

        await becomes(are_shared)
        if number == signal.SIGKILL:
            await both.hub.stop(first, number)
        else:
            both.hub.processes[first].send_signal(number)
        # What is in flight is answered, and what comes next is held.
        ai.gate = held = asyncio.Event()
        before = len(ai.requests)
        gate.set()
        async with asyncio.timeout(20):
            await ai.arrived(before + IN_FLIGHT)
        assert both.in_flight()[second] == IN_FLIGHT
        if number == signal.SIGSTOP:
            both.hub.processes[first].send_signal(signal.SIGCONT)

            async def is_back() -> bool:
                query = "SELECT granted FROM providers.profile_share ORDER BY granted"
                return await rows(postgres_url, query) == [(0,), (IN_FLIGHT,)]

            await becomes(is_back)
            assert ai.in_flight == IN_FLIGHT
            held.set()
            await both.answers(first)
        held.set()
        await both.answers(second)
        assert ai.most_in_flight == IN_FLIGHT


async def test_calls_of_a_minute_are_those_of_both(tmp_path: Path, postgres_url: str) -> None:
    async with pair(tmp_path, postgres_url, NEKOHUB_PROVIDER_RPM="5") as both:
        for name in NAMES:
            both.ask(name, 6)
        async with asyncio.timeout(20):
            await both.ai.arrived(5)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await both.ai.arrived(6)
        assert await rows(postgres_url, "SELECT count(*) FROM providers.profile_start") == [(5,)]


async def test_an_endpoint_that_asks_one_to_wait_is_left_alone_by_both(
    tmp_path: Path, postgres_url: str
) -> None:
    first, second = NAMES
    async with pair(tmp_path, postgres_url) as both:
        both.ask(second, 1)
        await both.answers(second)

        async def is_idle() -> bool:
            return await rows(postgres_url, "SELECT 1 FROM providers.profile_share") == []

        await becomes(is_idle)
        both.ai.script(Scripted(429, headers={"Retry-After": "100"}))
        both.ask(first, 1)

        async def is_told() -> bool:
            return len(await rows(postgres_url, "SELECT 1 FROM providers.profile_pause")) == 1

        await becomes(is_told)
        assert len(both.ai.requests) == 2
        both.ask(second, 1)

        async def is_waiting() -> bool:
            query = "SELECT 1 FROM providers.profile_share WHERE demand = 1"
            return len(await rows(postgres_url, query)) == 1

        await becomes(is_waiting)
        assert len(both.ai.requests) == 2
        [saved] = (await both.stubs[first].ListProfiles(pb.ListProfilesRequest())).profiles
        change = pb.UpdateProfileRequest(
            profile_id=saved.id,
            profile=pb.ProfileInput(model_name="m-2"),
            update_mask=FieldMask(paths=["model_name"]),
        )
        await both.stubs[second].UpdateProfile(change)
        # What is changed is asked at once, also by those that waited.
        for name in NAMES:
            await both.stubs[name].Describe(both.question(name), timeout=20)
            await both.answers(name)
        assert [asked.body["model"] for asked in both.ai.requests] == ["m-1"] * 2 + ["m-2"] * 4
        assert await rows(postgres_url, "SELECT 1 FROM providers.profile_pause") == []
