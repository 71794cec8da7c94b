"""One table between our errors and gRPC statuses, read in both directions."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

from services.chassis import errors
from services.chassis.errors import HubError

DOMAIN = "nekohub"
MESSAGE_BYTES = 1500
"""A status of more than 8 KiB does not arrive, and an encoded message takes 4.3 times its bytes."""

CODES: dict[type[HubError], grpc.StatusCode] = {
    errors.InvalidArgument: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.OutOfRange: grpc.StatusCode.OUT_OF_RANGE,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.ResourceExhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.Aborted: grpc.StatusCode.ABORTED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
    errors.DeadlineExceeded: grpc.StatusCode.DEADLINE_EXCEEDED,
    errors.Internal: grpc.StatusCode.INTERNAL,
}
_CLASSES = {code: kind for kind, code in CODES.items()}

INTERNAL = errors.Internal("INTERNAL_SERVER_ERROR", "something went wrong; the log says what")
DATABASE_AWAY = errors.Unavailable(
    "SERVICE_UNAVAILABLE", "the service's database does not answer; try again in a moment"
)
_UNAVAILABLE = errors.Unavailable(
    "SERVICE_UNAVAILABLE", "a service behind this one is not there; try again in a moment"
)
_TOO_LARGE = errors.InvalidArgument(
    "REQUEST_TOO_LARGE", "the request has more than the 4 MiB that a service takes at once"
)
_REFUSED_BY_SIZE = "SERVER: Received message larger than max"
"""How gRPC's text begins when it was the request; an answer that is too large is our fault."""
_DEADLINE = errors.DeadlineExceeded("DEADLINE_EXCEEDED", "there was no answer in time")


def to_status(error: HubError) -> Any:
    """The rich status that `abort_with_status` takes."""
    detail = any_pb2.Any()
    detail.Pack(
        error_details_pb2.ErrorInfo(
            reason=error.reason, domain=DOMAIN, metadata=dict(error.metadata)
        )
    )
    codes = (CODES[kind] for kind in type(error).__mro__ if kind in CODES)
    code = next(codes, grpc.StatusCode.INTERNAL).value[0]
    return rpc_status.to_status(  # type: ignore[no-untyped-call]
        status_pb2.Status(code=code, message=_fitting(error.message), details=[detail])
    )


def from_rpc_error(error: grpc.aio.AioRpcError) -> HubError:
    """The error that a service raised, from the status it came as.

    A status without our details comes from gRPC itself. Its text holds addresses, so a plain
    message takes its place.
    """
    info = _error_info(error)
    kind = _CLASSES.get(error.code())
    if info is not None and kind is not None:
        return kind(info.reason, error.details() or "", **info.metadata)
    if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
        return errors.Unavailable(_UNAVAILABLE.reason, _UNAVAILABLE.message)
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return errors.DeadlineExceeded(_DEADLINE.reason, _DEADLINE.message)
    if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and (error.details() or "").startswith(
        _REFUSED_BY_SIZE
    ):
        return errors.InvalidArgument(_TOO_LARGE.reason, _TOO_LARGE.message)
    return errors.Internal(INTERNAL.reason, INTERNAL.message)


@contextmanager
def explained() -> Iterator[None]:
    """Raises what a service answers as one of our errors."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error) from error


def _fitting(message: str) -> str:
    # What came from outside may hold halves of characters, which a proto refuses.
    encoded = message.encode("utf-8", "replace")
    end = "…" if len(encoded) > MESSAGE_BYTES else ""
    return encoded[:MESSAGE_BYTES].decode("utf-8", "ignore") + end


def _error_info(error: grpc.aio.AioRpcError) -> error_details_pb2.ErrorInfo | None:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            status = status_pb2.Status.FromString(value)
            for detail in status.details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info) and info.domain == DOMAIN:
                    return info
    return None
