"""Server-sent events: what happens to an execution, as it happens."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import grpc
import orjson
from nekohub.skills.v1.skills_pb2 import (
    GetExecutionRequest,
    WatchExecutionRequest,
    WatchExecutionResponse,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.body import header, until_gone
from gateway.context import Gateway
from gateway.convert import executions
from services.chassis.errors import HubError

KEEP_ALIVE_SECONDS = 15.0
"""How often a comment is sent while nothing happens, which keeps the connection alive."""
CHECK_SECONDS = 5.0
"""How often it is looked whether the caller may still see this."""
WATCH_SECONDS = 86_400.0
"""How long one connection lasts at most; its client comes back."""
RETRY_MILLISECONDS = 1000
_MOST_DIGITS = 18
_HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    # Told to proxies that would gather what is to arrive at once.
    "x-accel-buffering": "no",
}

Call = grpc.aio.UnaryStreamCall[WatchExecutionRequest, WatchExecutionResponse]


async def response(gateway: Gateway, request: Request) -> Response:
    """The events of an execution from after `Last-Event-ID` on.

    Raises EXECUTION_NOT_FOUND. A last id that is none is as none.
    """
    execution_id = request.path_params["id"]
    await gateway.stubs.skills.GetExecution(GetExecutionRequest(execution_id=execution_id))
    if request.method == "HEAD":
        return Response(headers=_HEADERS)
    last = re.fullmatch(r"0*(\d+)", header(request.scope["headers"], b"last-event-id"), re.ASCII)
    call: Call = gateway.stubs.skills.WatchExecution(
        WatchExecutionRequest(
            execution_id=execution_id,
            after_event_id=int(last[1]) if last and len(last[1]) <= _MOST_DIGITS else 0,
        ),
        timeout=WATCH_SECONDS,
    )
    return EventsResponse(gateway, call, request.state.admitted)


class EventsResponse(Response):
    """Passes events on until the execution, the client or this server has ended.

    It ends too when `admitted` lets the caller in no more, who hears why on connecting again.
    A client whose connection ends before `done` came connects again, with the last id it has seen.
    """

    def __init__(
        self, gateway: Gateway, call: Call, admitted: Callable[[], Awaitable[object]]
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._gateway = gateway
        self._call = call
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        gone = asyncio.create_task(until_gone(receive))
        stopping = asyncio.create_task(self._gateway.stopping.wait())
        shut_out = asyncio.create_task(self._shut_out())
        try:
            await send(start)
            await _send(send, b"retry: %d\n\n" % RETRY_MILLISECONDS)
            async for message in self._messages(gone, stopping, shut_out):
                await _send(send, message)
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._call.cancel()
            gone.cancel()
            stopping.cancel()
            shut_out.cancel()

    async def _shut_out(self) -> None:
        """Returns once the caller's credential is void, or may no longer do this."""
        while True:
            await asyncio.sleep(CHECK_SECONDS)
            try:
                await self._admitted()
            except HubError:
                return
            except grpc.aio.AioRpcError as error:
                # While accounts is away, a key that was right counts.
                if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                    return

    async def _messages(self, *ends: asyncio.Task[Any]) -> AsyncIterator[bytes]:
        events = aiter(self._call)
        coming: asyncio.Task[WatchExecutionResponse] | None = None
        try:
            while True:
                coming = coming or asyncio.create_task(_next(anext(events)))
                await asyncio.wait(
                    {coming, *ends},
                    timeout=KEEP_ALIVE_SECONDS,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if any(end.done() for end in ends):
                    return
                if not coming.done():
                    yield b": still here\n\n"
                    continue
                try:
                    yield _encoded(coming.result())
                except (StopAsyncIteration, _Over, grpc.aio.AioRpcError):
                    # Also when skills went away, or the execution with its asset.
                    return
                coming = None
        finally:
            if coming is not None:
                coming.cancel()


class _Over(Exception):
    """There is no further event."""


async def _next(event: Awaitable[WatchExecutionResponse]) -> WatchExecutionResponse:
    # A task cannot end with StopAsyncIteration.
    try:
        return await event
    except StopAsyncIteration:
        raise _Over from None


def _encoded(message: WatchExecutionResponse) -> bytes:
    kind = message.WhichOneof("event")
    content: object
    if kind == "step":
        content = executions.step(message.step)
    elif kind == "progress":
        content = {
            "completedSteps": message.progress.completed_steps,
            "totalSteps": message.progress.total_steps,
        }
    else:
        content = executions.execution(message.done)
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (
        message.event_id,
        str(kind).encode(),
        orjson.dumps(content),
    )


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
