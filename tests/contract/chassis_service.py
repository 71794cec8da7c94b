"""A small service on a real socket, for tests of what every service has around its methods."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from nekohub.assets.v1 import assets_pb2 as pb
from nekohub.assets.v1 import assets_pb2_grpc as pb_grpc

from services.chassis.channel import channel
from services.chassis.errors import HubError
from services.chassis.logs import JsonFormatter
from services.chassis.server import Service, serving
from services.chassis.status import from_rpc_error
from services.chassis.trace import current_trace_id

TOKEN = "an internal token for the tests, long enough"
FULL_NAME = "nekohub.assets.v1.AssetService"
Act = Callable[[Any], Awaitable[None]]


async def nothing(_context: Any = None) -> None:
    """Does nothing, without trouble."""


class Servicer(pb_grpc.AssetServiceServicer):
    """A method of each kind; each does the act and answers with its trace id.

    The one that answers with a stream does it after its first message.
    """

    def __init__(self, act: Act) -> None:
        self._act = act

    async def GetAsset(self, request: pb.GetAssetRequest, context: Any) -> pb.GetAssetResponse:
        """One message for one."""
        await self._act(context)
        return pb.GetAssetResponse(asset=pb.Asset(id=current_trace_id()))

    async def DeleteAsset(
        self, request: pb.DeleteAssetRequest, context: Any
    ) -> pb.DeleteAssetResponse:
        """One message for one, not to be repeated."""
        await self._act(context)
        return pb.DeleteAssetResponse()

    async def ReadContent(
        self, request: pb.ReadContentRequest, context: Any
    ) -> AsyncIterator[pb.ReadContentResponse]:
        """Two messages for one."""
        yield pb.ReadContentResponse(chunk=b"first")
        await self._act(context)
        yield pb.ReadContentResponse(chunk=current_trace_id().encode())

    async def UploadAsset(
        self, requests: AsyncIterator[pb.UploadAssetRequest], context: Any
    ) -> pb.UploadAssetResponse:
        """One message for many."""
        size = 0
        async for request in requests:
            size += len(request.chunk)
        await self._act(context)
        return pb.UploadAssetResponse(asset=pb.Asset(id=current_trace_id(), size=size))


def service(
    act: Act = nothing,
    check: Callable[[], Coroutine[Any, Any, None]] = nothing,
    servicer: pb_grpc.AssetServiceServicer | None = None,
) -> Service:
    """The service, put together."""
    made = servicer or Servicer(act)  # type: ignore[abstract]  # the rest is not called
    return Service(
        name="assets",
        full_name=FULL_NAME,
        register=lambda server: pb_grpc.add_AssetServiceServicer_to_server(made, server),
        check=check,
    )


@asynccontextmanager
async def dialled(
    address: str, *, token: str = TOKEN
) -> AsyncIterator[pb_grpc.AssetServiceAsyncStub]:
    """A stub of the service at an address."""
    async with channel(address, token=token) as opened:
        yield pb_grpc.AssetServiceStub(opened)


@asynccontextmanager
async def running(folder: Path, act: Act = nothing) -> AsyncIterator[pb_grpc.AssetServiceAsyncStub]:
    """The service on a unix socket, and a stub of it."""
    async with (
        serving(service(act), f"unix:{folder}/socket", token=TOKEN) as address,
        dialled(address) as stub,
    ):
        yield stub


async def get(stub: pb_grpc.AssetServiceAsyncStub, **options: Any) -> str:
    """Calls the method with one message each way; gives the trace id over there."""
    answer: pb.GetAssetResponse = await stub.GetAsset(pb.GetAssetRequest(), **options)
    return answer.asset.id


async def read(stub: pb_grpc.AssetServiceAsyncStub, **options: Any) -> str:
    """Calls the method that answers with a stream; gives the trace id over there."""
    messages = stub.ReadContent(pb.ReadContentRequest(), **options)
    try:
        chunks = [message.chunk async for message in messages]
    finally:
        # A reader that is cancelled before the first message does not cancel the call.
        messages.cancel()
    assert chunks[0] == b"first"
    return b"".join(chunks[1:]).decode()


async def upload(stub: pb_grpc.AssetServiceAsyncStub, **options: Any) -> str:
    """Calls the method that takes a stream; gives the trace id over there."""
    requests = [pb.UploadAssetRequest(chunk=b"four") for _ in range(3)]
    answer: pb.UploadAssetResponse = await stub.UploadAsset(iter(requests), **options)
    assert answer.asset.size == 12
    return answer.asset.id


CALLS = [get, read, upload]
"""A call of every kind that the protos have."""


async def failure(call: Awaitable[Any]) -> HubError:
    """The error that a call ends with, as its caller sees it."""
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    return from_rpc_error(failed.value)


@contextmanager
def logged() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What is logged meanwhile, in the form that it has outside a terminal."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    finally:
        root.removeHandler(handler)
