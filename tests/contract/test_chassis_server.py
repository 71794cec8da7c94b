"""How a service is served: health that asks, reflection, addresses, a graceful end."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from nekohub.assets.v1 import assets_pb2

from services.chassis import server
from services.chassis.channel import channel
from services.chassis.errors import StartRefused, Unavailable
from services.chassis.interceptors import TOKEN_KEY
from services.chassis.server import AddressUnavailable, serving
from tests.conftest import free_port
from tests.contract.chassis_service import (
    CALLS,
    FULL_NAME,
    TOKEN,
    dialled,
    failure,
    get,
    logged,
    service,
)

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

every_kind = pytest.mark.parametrize("call", CALLS)


class Database:
    """Something that a service needs, and that may be away."""

    def __init__(self, *, is_there: bool = True) -> None:
        self.is_there = is_there
        self.asked = 0

    async def check(self) -> None:
        """Raises while it is away."""
        self.asked += 1
        if not self.is_there:
            raise ConnectionError("the database is away")


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Health asks many times a second."""
    monkeypatch.setattr(server, "CHECK_SECONDS", 0.01)


async def state(address: str, name: str = "") -> Any:
    """The health of a service, asked without a token as an orchestrator does."""
    async with grpc.aio.insecure_channel(address) as opened:
        stub: Any = health_pb2_grpc.HealthStub(opened)  # type: ignore[no-untyped-call]
        return (await stub.Check(health_pb2.HealthCheckRequest(service=name))).status


@asynccontextmanager
async def watched(address: str) -> AsyncIterator[Any]:
    """A function that gives the next state of the health."""
    async with grpc.aio.insecure_channel(address) as opened:
        stub: Any = health_pb2_grpc.HealthStub(opened)  # type: ignore[no-untyped-call]
        states = stub.Watch(health_pb2.HealthCheckRequest())

        async def following() -> Any:
            async with asyncio.timeout(10):
                return (await states.read()).status

        try:
            yield following
        finally:
            states.cancel()


async def test_health_is_told_for_the_server_and_the_service(tmp_path: Path) -> None:
    async with serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address:
        assert await state(address) == SERVING
        assert await state(address, FULL_NAME) == SERVING
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await state(address, "nekohub.other.v1.OtherService")

    assert failed.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize(
    ("token", "code"),
    [(TOKEN, None), ("of another hub", grpc.StatusCode.UNAUTHENTICATED)],
)
async def test_health_tells_who_shows_a_token_whether_it_would_do(
    tmp_path: Path, token: str, code: grpc.StatusCode | None
) -> None:
    async with (
        serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        channel(address, token=token) as opened,
    ):
        stub: Any = health_pb2_grpc.HealthStub(opened)  # type: ignore[no-untyped-call]
        try:
            found = (await stub.Check(health_pb2.HealthCheckRequest())).status
        except grpc.aio.AioRpcError as error:
            found = error.code()
    assert found == (code or SERVING)


@pytest.mark.usefixtures("often")
async def test_health_follows_what_the_service_needs(tmp_path: Path) -> None:
    database = Database()
    with logged() as lines:
        async with (
            serving(
                service(check=database.check), f"unix:{tmp_path}/socket", token=TOKEN
            ) as address,
            watched(address) as following,
        ):
            assert await following() == SERVING
            database.is_there = False
            assert await following() == NOT_SERVING
            assert await state(address, FULL_NAME) == NOT_SERVING
            database.is_there = True
            assert await following() == SERVING

    assert lines()[0]["message"] == (
        "assets cannot serve now: ConnectionError: the database is away"
    )


async def test_a_service_that_cannot_serve_says_so_from_the_beginning(tmp_path: Path) -> None:
    database = Database(is_there=False)
    async with serving(
        service(check=database.check), f"unix:{tmp_path}/socket", token=TOKEN
    ) as address:
        assert await state(address) == NOT_SERVING

    assert database.asked == 1


async def test_a_check_that_hangs_is_a_failed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_CHECK_TIMEOUT", 0.05)

    async def hang() -> None:
        await asyncio.Event().wait()

    async with serving(service(check=hang), f"unix:{tmp_path}/socket", token=TOKEN) as address:
        assert await state(address) == NOT_SERVING


@asynccontextmanager
async def reflecting(address: str, *, token: str) -> AsyncIterator[Any]:
    """A call of the reflection service."""
    async with grpc.aio.insecure_channel(address) as opened:
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(opened)  # type: ignore[no-untyped-call]
        yield stub.ServerReflectionInfo(metadata=((TOKEN_KEY, token),))


async def listed(address: str) -> list[str]:
    """The services that reflection tells of."""
    async with reflecting(address, token=TOKEN) as call:
        await call.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        answer = await call.read()
        return [found.name for found in answer.list_services_response.service]


async def refusal(address: str, *, token: str) -> grpc.StatusCode:
    """Why reflection tells nothing. It is not asked anything: that may be cut off as it is sent."""
    async with reflecting(address, token=token) as call:
        code: grpc.StatusCode = await call.code()
        return code


async def test_reflection_is_off(tmp_path: Path) -> None:
    async with serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address:
        assert await refusal(address, token=TOKEN) is grpc.StatusCode.UNIMPLEMENTED


async def test_reflection_can_be_switched_on_for_those_who_have_the_token(tmp_path: Path) -> None:
    async with serving(
        service(), f"unix:{tmp_path}/socket", token=TOKEN, reflection=True
    ) as address:
        assert FULL_NAME in await listed(address)
        assert await refusal(address, token="wrong") is grpc.StatusCode.UNAUTHENTICATED


async def test_a_free_port_is_told() -> None:
    async with serving(service(), "127.0.0.1:0", token=TOKEN) as address:
        host, _, port = address.rpartition(":")
        assert host == "127.0.0.1"
        assert int(port) > 0


@pytest.mark.parametrize("kind", ["unix", "tcp"])
async def test_an_address_in_use_is_refused(kind: str, tmp_path: Path) -> None:
    listen = f"unix:{tmp_path}/socket" if kind == "unix" else "127.0.0.1:0"
    async with serving(service(), listen, token=TOKEN) as address:
        with pytest.raises(AddressUnavailable) as refused:
            async with serving(service(), address, token=TOKEN):
                pytest.fail("two services at one address")
        async with dialled(address) as stub:
            assert await get(stub)

    assert str(refused.value) == (
        f"the assets service cannot listen on {address}; set NEKOHUB_LISTEN to a free host:port "
        "or unix:path"
    )
    assert isinstance(refused.value, StartRefused)


async def test_a_port_that_another_program_has_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(AddressUnavailable):
        async with serving(service(), f"127.0.0.1:{other.getsockname()[1]}", token=TOKEN):
            pytest.fail("a service on another program's port")


@pytest.mark.parametrize("listen", ["nonsense", "192.0.2.1:50052", "unix:/no/such/folder/socket"])
async def test_what_cannot_be_listened_on_is_refused(listen: str) -> None:
    with pytest.raises(AddressUnavailable, match=listen):
        async with serving(service(), listen, token=TOKEN):
            pytest.fail("a service that nobody can reach")


async def test_a_port_is_free_again_when_the_service_has_ended() -> None:
    listen = f"127.0.0.1:{free_port()}"

    async def serve_and_fail() -> None:
        async with serving(service(), listen, token=TOKEN) as address, dialled(address) as stub:
            await get(stub)
            raise LookupError

    for _ in range(3):
        with pytest.raises(LookupError):
            await serve_and_fail()


async def test_a_socket_that_a_killed_service_left_is_taken_over(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(f"{tmp_path}/socket")
    left.close()

    async with (
        serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        dialled(address) as stub,
    ):
        assert await get(stub)


async def test_health_does_not_wait_for_a_check_that_does_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_CHECK_TIMEOUT", 0.01)
    monkeypatch.setattr(server, "CHECK_SECONDS", 0.01)
    frozen, thawed = False, asyncio.Event()

    async def check() -> None:
        while frozen and not thawed.is_set():
            # As what waits for a thread does not: it heeds no cancellation.
            with contextlib.suppress(asyncio.CancelledError):
                await thawed.wait()

    async with asyncio.timeout(10):
        async with (
            serving(service(check=check), f"unix:{tmp_path}/socket", token=TOKEN) as address,
            watched(address) as following,
        ):
            assert await following() == SERVING
            frozen = True
            assert await following() == NOT_SERVING
            thawed.set()
            assert await following() == SERVING
            thawed.clear()
            assert await following() == NOT_SERVING
        thawed.set()


@every_kind
async def test_a_call_under_way_ends_normally(call: Any, tmp_path: Path) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def wait(_context: Any) -> None:
        begun.set()
        await finish.wait()

    address = f"unix:{tmp_path}/socket"
    stop = asyncio.Event()
    async with asyncio.timeout(20), dialled(address) as stub, asyncio.TaskGroup() as tasks:
        ended = tasks.create_task(served(service(wait), address, stop, grace_seconds=15))
        calling = tasks.create_task(call(stub, wait_for_ready=True))
        await begun.wait()
        async with watched(address) as following:
            assert await following() == SERVING
            stop.set()
            assert await following() == NOT_SERVING
        # A new call is refused although the one under way goes on.
        assert isinstance(await failure(get_anew(address)), Unavailable)
        assert not ended.done()
        assert not calling.done()
        finish.set()

    assert len(calling.result()) == 32


async def test_a_call_that_takes_longer_than_the_grace_is_ended(tmp_path: Path) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_context: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    address = f"unix:{tmp_path}/socket"
    async with asyncio.timeout(10), dialled(address) as stub:
        async with serving(service(wait), address, token=TOKEN, grace_seconds=0.05):
            calling = asyncio.create_task(failure(delete(stub)))
            await begun.wait()
        await cancelled.wait()
        assert isinstance(await calling, Unavailable)


async def test_the_grace_is_not_waited_for_without_need(tmp_path: Path) -> None:
    async with asyncio.timeout(10):
        async with serving(service(), f"unix:{tmp_path}/socket", token=TOKEN, grace_seconds=600):
            pass


async def served(what: server.Service, address: str, stop: asyncio.Event, **options: Any) -> None:
    """Serves until it is told to stop."""
    async with serving(what, address, token=TOKEN, **options):
        await stop.wait()


async def get_anew(address: str) -> None:
    """A call over a connection of its own."""
    async with dialled(address) as stub:
        await get(stub)


async def delete(stub: Any) -> None:
    """A call that is not made again."""
    await stub.DeleteAsset(assets_pb2.DeleteAssetRequest())
