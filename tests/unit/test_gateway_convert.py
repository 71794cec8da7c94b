"""What of the conversion the contract tests leave out: times and the states of an execution."""

from __future__ import annotations

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from nekohub.assets.v1 import assets_pb2
from nekohub.skills.v1 import skills_pb2

from gateway.convert import assets, executions
from gateway.convert.shape import utc


@pytest.mark.parametrize(
    ("seconds", "nanos", "expected"),
    [
        (0, 0, "1970-01-01T00:00:00.000Z"),
        (1775642700, 123_999_999, "2026-04-08T10:05:00.123Z"),
        (951782400, 1_000_000, "2000-02-29T00:00:00.001Z"),
        (-1, 999_000_000, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_times_are_utc_with_milliseconds(seconds: int, nanos: int, expected: str) -> None:
    assert utc(Timestamp(seconds=seconds, nanos=nanos)) == expected


@pytest.mark.parametrize(
    ("status", "name", "succeeded"),
    [
        (skills_pb2.EXECUTION_STATUS_QUEUED, "queued", None),
        (skills_pb2.EXECUTION_STATUS_RUNNING, "running", None),
        (skills_pb2.EXECUTION_STATUS_SUCCEEDED, "succeeded", True),
        (skills_pb2.EXECUTION_STATUS_FAILED, "failed", False),
        (skills_pb2.EXECUTION_STATUS_CANCELLED, "cancelled", False),
    ],
)
def test_only_an_ended_execution_has_an_outcome(
    status: skills_pb2.ExecutionStatus, name: str, succeeded: bool | None
) -> None:
    execution = skills_pb2.Execution(status=status, trigger_source=skills_pb2.TRIGGER_SOURCE_MANUAL)
    answer = executions.execution(execution)
    assert (answer["status"], answer["succeeded"]) == (name, succeeded)
    assert answer["startedAtUtc"] is None


def test_every_value_of_an_enum_has_a_name() -> None:
    assert list(assets.STATUS) == assets_pb2.AssetStatus.values()[1:]
    assert list(executions.TRIGGER_SOURCE) == skills_pb2.TriggerSource.values()[1:]
    assert list(executions.STATUS) == skills_pb2.ExecutionStatus.values()[1:]
