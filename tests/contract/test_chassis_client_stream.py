"""Streams to a server that may end the call before everything was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from nekohub.assets.v1 import assets_pb2 as pb

from services.chassis.client_stream import ClientStream, StreamEnded
from services.chassis.errors import (
    DeadlineExceeded,
    HubError,
    InvalidArgument,
    Unauthenticated,
    Unavailable,
)
from services.chassis.server import Service, serving
from tests.contract.chassis_service import TOKEN, Servicer, dialled, failure, nothing, service

CHUNK = pb.UploadAssetRequest(chunk=bytes(64 * 1024))
REFUSAL = InvalidArgument("ASSET_FILE_TOO_LARGE", "the file is too large", limit="7")
Upload = ClientStream[pb.UploadAssetRequest, pb.UploadAssetResponse]
Receive = Callable[[AsyncIterator[pb.UploadAssetRequest]], Awaitable[None]]


class Receiver(Servicer):
    """Receives as it was told to."""

    def __init__(self, receive: Receive) -> None:
        super().__init__(nothing)
        self._receive = receive

    async def UploadAsset(
        self, requests: AsyncIterator[pb.UploadAssetRequest], context: Any
    ) -> pb.UploadAssetResponse:
        """Answers when it has received."""
        await self._receive(requests)
        return pb.UploadAssetResponse(asset=pb.Asset(id="done"))


@asynccontextmanager
async def uploading(folder: Path, receive: Receive, **options: Any) -> AsyncIterator[Upload]:
    """An upload to a server that receives like that."""
    async with (
        asyncio.timeout(20),
        serving(
            receiving(receive),
            f"unix:{folder}/socket",
            token=TOKEN,
            grace_seconds=0,
        ) as address,
        dialled(address) as stub,
    ):
        stream: Upload = ClientStream(stub.UploadAsset(**options))
        try:
            yield stream
        finally:
            await stream.close()


def receiving(receive: Receive) -> Service:
    """A service that receives like that."""
    return service(servicer=Receiver(receive))  # type: ignore[abstract]  # the rest is not called


async def all_of(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
    """Receives everything."""
    async for _ in requests:
        pass


async def never(_requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
    """Receives nothing, without end."""
    await asyncio.Event().wait()


async def send_for_ever(stream: Upload) -> None:
    """Sends until the server has ended the call."""
    while True:
        await stream.write(CHUNK)


async def refusal_of(stream: Upload) -> HubError:
    """What the server says when the stream has ended."""
    with pytest.raises(StreamEnded):
        await send_for_ever(stream)
    return await failure(stream.answer())


async def test_a_stream_is_answered_at_its_end(tmp_path: Path) -> None:
    received: list[int] = []

    async def count(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        async for request in requests:
            received.append(len(request.chunk))

    async with uploading(tmp_path, count) as stream:
        for _ in range(40):
            await stream.write(CHUNK)
        await stream.finish()
        answer = await stream.answer()

    assert answer.asset.id == "done"
    assert received == [64 * 1024] * 40


@pytest.mark.parametrize("read_first", [0, 1, 5])
async def test_a_refusal_says_why(read_first: int, tmp_path: Path) -> None:
    async def refuse(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        for _ in range(read_first):
            await anext(aiter(requests))
        raise REFUSAL

    for number in range(10):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with uploading(folder, refuse) as stream:
            error = await refusal_of(stream)

        assert type(error) is InvalidArgument
        assert (error.reason, error.message) == (REFUSAL.reason, REFUSAL.message)
        assert error.metadata == {"limit": "7"}


async def test_a_refusal_at_the_end_says_why(tmp_path: Path) -> None:
    async def refuse(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        await all_of(requests)
        raise REFUSAL

    async with uploading(tmp_path, refuse) as stream:
        await stream.write(CHUNK)
        await stream.finish()
        error = await failure(stream.answer())

    assert (type(error), error.reason) == (InvalidArgument, REFUSAL.reason)


async def test_an_answer_before_the_end_is_an_answer(tmp_path: Path) -> None:
    async def one(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        await anext(aiter(requests))

    async with uploading(tmp_path, one) as stream:
        with pytest.raises(StreamEnded):
            await send_for_ever(stream)
        answer = await stream.answer()

    assert answer.asset.id == "done"


async def test_a_wrong_token_ends_the_stream(tmp_path: Path) -> None:
    async with (
        asyncio.timeout(20),
        serving(service(), f"unix:{tmp_path}/socket", token=TOKEN) as address,
        dialled(address, token="wrong") as stub,
    ):
        stream: Upload = ClientStream(stub.UploadAsset())
        error = await refusal_of(stream)
        await stream.close()

    assert (type(error), error.reason) == (Unauthenticated, "INTERNAL_TOKEN_INVALID")


async def test_a_service_that_is_away_ends_the_stream(tmp_path: Path) -> None:
    async with asyncio.timeout(20), dialled(f"unix:{tmp_path}/nobody") as stub:
        stream: Upload = ClientStream(stub.UploadAsset())
        error = await refusal_of(stream)
        await stream.close()

    assert type(error) is Unavailable
    assert "nobody" not in error.message


async def test_a_service_that_dies_ends_the_stream(tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/socket"
    dying = serving(receiving(all_of), address, token=TOKEN, grace_seconds=0)
    async with asyncio.timeout(20), dialled(address) as stub:
        async with dying:
            stream: Upload = ClientStream(stub.UploadAsset())
            await stream.write(CHUNK)
        error = await refusal_of(stream)
        await stream.close()

    assert type(error) is Unavailable


async def test_a_deadline_ends_the_stream(tmp_path: Path) -> None:
    async with uploading(tmp_path, never, timeout=0.1) as stream:
        error = await refusal_of(stream)

    assert type(error) is DeadlineExceeded


async def test_closing_ends_the_call(tmp_path: Path) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait(requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        try:
            await anext(aiter(requests))
            begun.set()
            await all_of(requests)
        finally:
            ended.set()

    async with uploading(tmp_path, wait) as stream:
        await stream.write(CHUNK)
        await begun.wait()
        await stream.close()
        await ended.wait()
        with pytest.raises(StreamEnded):
            await send_for_ever(stream)


async def test_closing_before_anything_was_sent_leaves_nothing_behind(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    async with uploading(tmp_path, never) as stream:
        await stream.close()
        await stream.close()

    async with asyncio.timeout(10):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0.01)


async def test_a_cancelled_sender_can_close(tmp_path: Path) -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(_requests: AsyncIterator[pb.UploadAssetRequest]) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with uploading(tmp_path, wait) as stream:
        sending = asyncio.create_task(send_for_ever(stream))
        await begun.wait()
        sending.cancel()
        await asyncio.wait((sending,))
        await stream.close()
        await cancelled.wait()

    assert sending.cancelled()
