"""The error envelope, and the one table from our errors to HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

import grpc
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.context import Gateway
from gateway.json import JsonResponse
from services.chassis.errors import (
    Aborted,
    AlreadyExists,
    DeadlineExceeded,
    FailedPrecondition,
    HubError,
    Internal,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
)
from services.chassis.status import from_rpc_error
from services.chassis.trace import current_trace_id

log = logging.getLogger(__name__)

STATUS: Mapping[type[HubError], int] = {
    InvalidArgument: 400,
    FailedPrecondition: 400,
    OutOfRange: 400,
    Unauthenticated: 401,
    PermissionDenied: 403,
    NotFound: 404,
    AlreadyExists: 409,
    Aborted: 409,
    ResourceExhausted: 429,
    Internal: 500,
    Unavailable: 503,
    DeadlineExceeded: 504,
}
"""HTTP status of each category of error."""

REASON_STATUS: Mapping[str, int] = {
    "METHOD_NOT_ALLOWED": 405,
    "REQUEST_TOO_LARGE": 413,
    "ASSET_FILE_TOO_LARGE": 413,
    "ASSET_CONTENT_TYPE_NOT_ALLOWED": 415,
    "CONTENT_RANGE_INVALID": 416,
    "IDEMPOTENCY_KEY_REUSED": 422,
}
"""The reasons that have an HTTP status of their own."""

CREDENTIAL_REASONS = frozenset(
    {
        "AUTH_UNAUTHORIZED",
        "API_KEY_INVALID",
        "AUTH_TOKEN_INVALID",
        "AUTH_TOKEN_EXPIRED",
        "AUTH_INVALID_CREDENTIALS",
        "AUTH_USER_INACTIVE",
        "AUTH_REFRESH_TOKEN_INVALID",
        "AUTH_REFRESH_TOKEN_REUSED",
    }
)
"""What a client can mend; any other UNAUTHENTICATED is between our own processes."""

RETRY_AFTER_SECONDS = 2


def status_of(error: HubError) -> int:
    """The HTTP status that `error` is answered with."""
    if isinstance(error, Unauthenticated) and error.reason not in CREDENTIAL_REASONS:
        return 500
    return REASON_STATUS.get(error.reason) or STATUS.get(type(error), 500)


def headers_of(error: HubError, status: int) -> dict[str, str]:
    """The headers that an answer with `status` owes its reader."""
    headers: dict[str, str] = {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    elif status == 405:
        headers["allow"] = error.metadata["allow"]
    elif status == 416:
        headers["content-range"] = f"bytes */{error.metadata['size']}"
    elif status in (429, 503):
        headers["retry-after"] = error.metadata.get("retry_after", str(RETRY_AFTER_SECONDS))
    if status in (503, 504) and "location" in error.metadata:
        headers["location"] = error.metadata["location"]
    return headers


def response(error: HubError, **details: object) -> JsonResponse:
    """The envelope for `error`; `details` stand beside its code. Says nothing about a bug."""
    status = status_of(error)
    code, message = error.reason.lower(), error.message
    if status == 500:
        code, message = "internal_server_error", "the request failed because of a fault in NekoHub"
    elif status == 503:
        code = "service_unavailable"
    elif status == 504:
        code = "deadline_exceeded"
    body = {"code": code, "message": message, "traceId": current_trace_id(), "status": status}
    return JsonResponse({"error": body | details}, status, headers_of(error, status))


class ErrorMiddleware:
    """Answers every failure with the envelope, and a failure after the first byte with an end."""

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self.app = app
        self.gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request. What goes wrong after the response began cuts the connection."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self.gateway.stopping.is_set() and not started and task is not None:
                # The server has told this request to end, and with its answer it does. While the
                # task counts as cancelled, Python before 3.11.3 takes each timeout for that.
                task.uncancel()
                stopping = Unavailable("SERVICE_UNAVAILABLE", "this server is stopping")
                await response(stopping)(scope, receive, send)
                return
            raise
        except Exception as error:  # noqa: BLE001 - this is the place that answers for all of them
            explained = _explained(error)
            if started:
                log.warning("the answer was cut short: %s", explained.message)
                return
            await response(explained)(scope, receive, send)


def _explained(error: Exception) -> HubError:
    if isinstance(error, grpc.aio.AioRpcError):
        error = from_rpc_error(error)
    if isinstance(error, HubError):
        if status_of(error) == 500:
            log.error("a service failed: %s: %s", error.reason, error.message)
        return error
    log.error("unhandled exception", exc_info=error)
    return Internal("INTERNAL_SERVER_ERROR", "unhandled exception")
