"""Time: aware, UTC, in microseconds."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> Timestamp:
    """A moment as protos carry it."""
    made = Timestamp()
    made.FromDatetime(moment)
    return made


def datetime_of(stamp: Timestamp) -> datetime:
    """A moment from a proto, in UTC."""
    return stamp.ToDatetime(tzinfo=UTC)
