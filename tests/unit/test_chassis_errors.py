"""Errors and the statuses that they travel as."""

from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from services.chassis import errors
from services.chassis.errors import HubError, Internal, NotFound, StartRefused, Unavailable
from services.chassis.status import CODES, from_rpc_error, to_status

DETAILS = "grpc-status-details-bin"
ADDRESS = "failed to connect to all addresses; last error: ipv4:10.0.0.7:50052: refused"


def received(status: Any, text: str | None = None) -> grpc.aio.AioRpcError:
    """What a client makes of a status."""
    return grpc.aio.AioRpcError(
        status.code,
        grpc.aio.Metadata(),
        grpc.aio.Metadata(*(status.trailing_metadata or ())),
        status.details if text is None else text,
    )


def without_details(code: grpc.StatusCode) -> grpc.aio.AioRpcError:
    """A status that gRPC made itself."""
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), ADDRESS)


def test_an_error_says_its_message() -> None:
    error = NotFound("ASSET_NOT_FOUND", "no asset has this id", asset_id="7")

    assert str(error) == error.message == "no asset has this id"
    assert error.reason == "ASSET_NOT_FOUND"
    assert error.metadata == {"asset_id": "7"}


def test_a_refused_start_is_none_of_them() -> None:
    assert not issubclass(StartRefused, HubError)


@pytest.mark.parametrize("kind", CODES)
def test_a_status_says_all_that_the_error_does(kind: type[HubError]) -> None:
    status = to_status(kind("SOME_REASON", "told to people", name="x"))

    assert status.code is CODES[kind]
    assert status.details == "told to people"
    [(key, packed)] = status.trailing_metadata
    assert key == DETAILS
    rich = status_pb2.Status.FromString(packed)
    info = error_details_pb2.ErrorInfo()
    assert rich.details[0].Unpack(info)
    assert (info.reason, info.domain, dict(info.metadata)) == (
        "SOME_REASON",
        "nekohub",
        {"name": "x"},
    )


def test_a_subclass_has_its_parents_status() -> None:
    class CatNotFound(NotFound):
        """More exact."""

    class BlackCatNotFound(CatNotFound):
        """More exact still."""

    status = to_status(BlackCatNotFound("CAT_NOT_FOUND", "no cat"))

    assert status.code is grpc.StatusCode.NOT_FOUND
    assert type(from_rpc_error(received(status))) is NotFound


@pytest.mark.parametrize("code", [code for code in grpc.StatusCode if code is not code.OK])
def test_a_status_of_grpc_itself_never_tells_its_text(code: grpc.StatusCode) -> None:
    error = from_rpc_error(without_details(code))

    expected: dict[grpc.StatusCode, type[HubError]] = {
        grpc.StatusCode.UNAVAILABLE: Unavailable,
        grpc.StatusCode.CANCELLED: Unavailable,
        grpc.StatusCode.DEADLINE_EXCEEDED: errors.DeadlineExceeded,
    }
    assert type(error) is expected.get(code, Internal)
    assert "10.0.0.7" not in f"{error} {error.reason} {error.metadata}"


def test_a_status_of_somebody_else_never_tells_its_text() -> None:
    info = error_details_pb2.ErrorInfo(reason="QUOTA", domain="cloud.example")
    rich = status_pb2.Status(code=5, message=ADDRESS)
    rich.details.add().Pack(info)
    error = grpc.aio.AioRpcError(
        grpc.StatusCode.NOT_FOUND,
        grpc.aio.Metadata(),
        grpc.aio.Metadata((DETAILS, rich.SerializeToString())),
        ADDRESS,
    )

    assert type(from_rpc_error(error)) is Internal
    assert "10.0.0.7" not in str(from_rpc_error(error))


def test_plain_errors_are_made_anew_each_time() -> None:
    """A shared one would collect a traceback at every raise."""
    error = without_details(grpc.StatusCode.UNAVAILABLE)

    assert from_rpc_error(error) is not from_rpc_error(error)


def test_a_message_of_usual_length_stays_whole() -> None:
    message = "猫" * 500

    assert to_status(NotFound("CAT_NOT_FOUND", message)).details == message
