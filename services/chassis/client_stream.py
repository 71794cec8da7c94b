"""A client-streaming call that tells why the server ended it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

import grpc

RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")

_LOST = "Internal error from Core"
_STATUS_SECONDS = 5.0


class StreamEnded(Exception):
    """The server has answered, so nothing more can be sent; `ClientStream.answer` tells what."""


class ClientStream(Generic[RequestT, ResponseT]):
    """Wraps a call whose server may refuse it before the client has sent everything.

    When a write fails because the server has ended the call, grpc.aio puts INTERNAL in place of
    the server's status, whichever of the two it learns first (grpc/grpc#36066). Done callbacks run
    for either, so the real status is taken from there.
    """

    def __init__(self, call: grpc.aio.StreamUnaryCall[RequestT, ResponseT]) -> None:
        self._call = call
        self._status: grpc.aio.AioRpcError | None = None
        self._status_known = asyncio.Event()
        call.add_done_callback(self._note)

    async def write(self, message: RequestT) -> None:
        """Send one message, no faster than the server reads. Raises `StreamEnded`."""
        try:
            await self._call.write(message)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            raise StreamEnded from None

    async def finish(self) -> None:
        """Say that nothing more comes. Raises `StreamEnded`."""
        try:
            await self._call.done_writing()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
            raise StreamEnded from None

    async def answer(self) -> ResponseT:
        """The server's response. Raises `AioRpcError` with the status that the server sent."""
        try:
            return await self._call
        except grpc.aio.AioRpcError as error:
            if error.details() != _LOST:
                raise
        async with asyncio.timeout(_STATUS_SECONDS):
            await self._status_known.wait()
        assert self._status is not None  # noqa: S101 - set before the event
        raise self._status

    async def close(self) -> None:
        """End the call, unless it has ended, and let go of it."""
        self._call.cancel()
        # On a channel with interceptors a task waits for the next message until it is told.
        with contextlib.suppress(StreamEnded):
            await self.finish()

    def _note(self, call: Any) -> None:
        details = _value(call.details())
        if details != _LOST:
            self._status = grpc.aio.AioRpcError(
                _value(call.code()),
                grpc.aio.Metadata(),
                _value(call.trailing_metadata()) or grpc.aio.Metadata(),
                details,
            )
            self._status_known.set()


def _value(coroutine: Coroutine[Any, Any, Any]) -> Any:
    # The status is there, so the coroutine ends without waiting; later it may be another.
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise RuntimeError("the status of a finished call was not at hand")
