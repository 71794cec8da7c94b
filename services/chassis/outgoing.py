"""What goes along with every call to another service: the internal token, the trace, a deadline."""

from typing import Any

import grpc

from services.chassis import trace
from services.chassis.interceptors import TOKEN_KEY, TRACE_KEY

UNARY_SECONDS = 10.0
STREAM_SECONDS = 300.0


class _Call:
    """One method of a service."""

    def __init__(self, method: Any, token: str, seconds: float) -> None:
        self._method = method
        self._token = token
        self._seconds = seconds

    def __call__(self, request: Any = None, *, timeout: float | None = None, **options: Any) -> Any:
        return self._method(
            request,
            timeout=self._seconds if timeout is None else timeout,
            metadata=((TOKEN_KEY, self._token), (TRACE_KEY, trace.traceparent())),
            **options,
        )


class OutgoingChannel(grpc.aio.Channel):
    """A channel whose calls carry all that.

    Interceptors could add it too, but each of them costs a call two tasks, and every message of a
    stream a queue.
    """

    def __init__(self, inner: grpc.aio.Channel, token: str) -> None:
        self._inner = inner
        self._token = token

    def unary_unary(self, *args: Any, **options: Any) -> Any:
        """One request, one response."""
        return _Call(self._inner.unary_unary(*args, **options), self._token, UNARY_SECONDS)

    def unary_stream(self, *args: Any, **options: Any) -> Any:
        """One request, a stream of responses."""
        return _Call(self._inner.unary_stream(*args, **options), self._token, STREAM_SECONDS)

    def stream_unary(self, *args: Any, **options: Any) -> Any:
        """A stream of requests, one response."""
        return _Call(self._inner.stream_unary(*args, **options), self._token, STREAM_SECONDS)

    def stream_stream(self, *args: Any, **options: Any) -> Any:
        """A stream both ways."""
        return _Call(self._inner.stream_stream(*args, **options), self._token, STREAM_SECONDS)

    async def __aenter__(self) -> "OutgoingChannel":
        """Opens the channel."""
        await self._inner.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        """Closes the channel."""
        await self._inner.__aexit__(*error)

    async def close(self, grace: float | None = None) -> None:
        """Closes the channel."""
        await self._inner.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """Whether it is connected."""
        return self._inner.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Waits until the state is another."""
        await self._inner.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Waits until it is connected."""
        await self._inner.channel_ready()
