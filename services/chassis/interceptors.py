"""What every gRPC server does around its methods: token, trace id, typed errors."""

import hmac
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import DecodeError

from services.chassis import trace
from services.chassis.database import AWAY, why_away
from services.chassis.errors import HubError, InvalidArgument, Unauthenticated
from services.chassis.status import DATABASE_AWAY, INTERNAL, to_status

TOKEN_KEY = "x-nekohub-internal-token"  # noqa: S105 - a header's name
TRACE_KEY = "traceparent"
_OPEN_METHODS = "/grpc.health.v1.Health/"
_CHECK = f"{_OPEN_METHODS}Check"
_UNREADABLE = object()
_log = logging.getLogger(__name__)

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


class ServerInterceptor(grpc.aio.ServerInterceptor):
    """Wraps each method: grpc.aio lets an interceptor see a method's errors in no other way."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()
        # It is asked at every call, but a method need be wrapped but once.
        self._wrapped: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Gives the wrapped method; health checks need no token, but no wrong one either."""
        name = handler_call_details.method
        if name not in self._wrapped:
            handler = await continuation(handler_call_details)
            if handler is None:
                return None
            if name == _CHECK:
                handler = _wrapped(handler, self._admit_any)
            elif not name.startswith(_OPEN_METHODS):
                handler = _wrapped(handler, self._admit)
            self._wrapped[name] = handler
        return self._wrapped[name]

    async def _admit_any(self, context: Any) -> None:
        # Who shows a token wants to know whether it would do.
        if TOKEN_KEY in dict(context.invocation_metadata()):
            await self._admit(context)

    async def _admit(self, context: Any) -> None:
        metadata = dict(context.invocation_metadata())
        trace.enter(str(metadata.get(TRACE_KEY, "")))
        given = str(metadata.get(TOKEN_KEY, "")).encode()
        if not hmac.compare_digest(given, self._token):
            await _abort(
                context,
                Unauthenticated("INTERNAL_TOKEN_INVALID", "the internal token is missing or wrong"),
            )


def _wrapped(handler: Handler, admit: Callable[[Any], Awaitable[None]]) -> Handler:
    decode: Callable[[bytes], Any] = handler.request_deserializer or bytes

    def decoded(data: bytes) -> Any:
        # gRPC would answer with the decoder's own words, and before anybody was admitted.
        try:
            return decode(data)
        except DecodeError:
            return _UNREADABLE

    async def all_readable(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for request in requests:
            yield _readable(request)

    def given(request: Any) -> Any:
        return all_readable(request) if handler.request_streaming else _readable(request)

    def unary(method: Callable[[Any, Any], Awaitable[Any]]) -> Any:
        async def run(request: Any, context: Any) -> Any:
            await admit(context)
            try:
                return await method(given(request), context)
            except Exception as error:  # noqa: BLE001 - answered and logged in _fail
                await _fail(context, error)

        return run

    def streaming(method: Callable[[Any, Any], AsyncIterator[Any]]) -> Any:
        async def run(request: Any, context: Any) -> AsyncIterator[Any]:
            await admit(context)
            try:
                async for message in method(given(request), context):
                    yield message
            except Exception as error:  # noqa: BLE001 - answered and logged in _fail
                await _fail(context, error)

        return run

    make: Any
    if handler.request_streaming:
        if handler.response_streaming:
            make, method = grpc.stream_stream_rpc_method_handler, streaming(handler.stream_stream)  # type: ignore[arg-type]
        else:
            make, method = grpc.stream_unary_rpc_method_handler, unary(handler.stream_unary)  # type: ignore[arg-type]
    elif handler.response_streaming:
        make, method = grpc.unary_stream_rpc_method_handler, streaming(handler.unary_stream)  # type: ignore[arg-type]
    else:
        make, method = grpc.unary_unary_rpc_method_handler, unary(handler.unary_unary)  # type: ignore[arg-type]
    made: Handler = make(
        method,
        request_deserializer=decoded,
        response_serializer=handler.response_serializer,
    )
    return made


def _readable(request: Any) -> Any:
    if request is _UNREADABLE:
        raise InvalidArgument("REQUEST_INVALID", "the request cannot be decoded")
    return request


async def _fail(context: Any, error: Exception) -> None:
    if isinstance(error, grpc.aio.AbortError):
        raise error
    if isinstance(error, AWAY):
        _log.warning("the database does not answer: %s", why_away(error))
        error = DATABASE_AWAY
    elif not isinstance(error, HubError):
        _log.error("a method failed unexpectedly", exc_info=error)
        error = INTERNAL
    await _abort(context, error)


async def _abort(context: Any, error: HubError) -> None:
    await context.abort_with_status(to_status(error))
