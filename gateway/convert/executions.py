"""Executions and their steps."""

from __future__ import annotations

import math
from typing import Literal

import orjson
from nekohub.skills.v1 import skills_pb2 as pb
from pydantic import JsonValue
from typing_extensions import TypedDict

from gateway.convert.shape import Id, Utc, documented, money, utc

Trigger = Literal["upload", "manual", "workflow"]
Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]

TRIGGER_SOURCE: dict[pb.TriggerSource, Trigger] = {
    pb.TRIGGER_SOURCE_UPLOAD: "upload",
    pb.TRIGGER_SOURCE_MANUAL: "manual",
    pb.TRIGGER_SOURCE_WORKFLOW: "workflow",
}
STATUS: dict[pb.ExecutionStatus, Status] = {
    pb.EXECUTION_STATUS_QUEUED: "queued",
    pb.EXECUTION_STATUS_RUNNING: "running",
    pb.EXECUTION_STATUS_SUCCEEDED: "succeeded",
    pb.EXECUTION_STATUS_FAILED: "failed",
    pb.EXECUTION_STATUS_CANCELLED: "cancelled",
}
ENDED = frozenset(
    {
        pb.EXECUTION_STATUS_SUCCEEDED,
        pb.EXECUTION_STATUS_FAILED,
        pb.EXECUTION_STATUS_CANCELLED,
    }
)


@documented
class CallsUsageJson(TypedDict):
    """What AI calls used."""

    inputTokens: int
    outputTokens: int
    requests: int
    """Calls made, retries included."""
    cost: float
    """Of the tokens, at the prices of the profiles; 0 if they have none."""


@documented
class StepSummaryJson(TypedDict):
    """A step as its asset shows it."""

    stepName: str
    succeeded: bool | None
    """Null until it has ended."""
    errorMessage: str | None
    """Why it failed, for people."""
    startedAtUtc: Utc | None
    completedAtUtc: Utc | None


@documented
class ExecutionStepJson(StepSummaryJson):
    """A step with everything that is known of it."""

    parameters: dict[str, JsonValue]
    """What was set for it, as a run takes it; the others have their defaults."""
    attempts: int
    """How often it was begun."""
    profile: str | None
    """Name of the AI provider profile that answered."""
    model: str | None
    cached: bool
    """Whether the model's answer is one that was kept, so that nothing was used."""
    usage: CallsUsageJson


@documented
class ExecutionSummaryJson(TypedDict):
    """An execution as its asset shows it."""

    executionId: Id
    skillName: str
    """The skill's, or the workflow's."""
    triggerSource: Trigger
    startedAtUtc: Utc | None
    """Null while it is queued."""
    completedAtUtc: Utc | None
    succeeded: bool | None
    """Whether every step succeeded; null before the end."""
    steps: list[StepSummaryJson]


@documented
class ExecutionJson(TypedDict):
    """An execution with everything that is known of it."""

    executionId: Id
    assetId: Id
    skillName: str
    """The skill's, or the workflow's."""
    triggerSource: Trigger
    status: Status
    startedAtUtc: Utc | None
    """Null while it is queued."""
    completedAtUtc: Utc | None
    succeeded: bool | None
    """Whether every step succeeded; null before the end."""
    usage: CallsUsageJson
    """The sum over all steps."""
    steps: list[ExecutionStepJson]


def succeeded(message: pb.Execution) -> bool | None:
    """Whether every step succeeded; None before the end."""
    if message.status not in ENDED:
        return None
    return message.status == pb.EXECUTION_STATUS_SUCCEEDED


def summary(message: pb.Execution) -> ExecutionSummaryJson:
    """The execution as its asset shows it."""
    return {
        "executionId": message.id,
        "skillName": message.skill_name,
        "triggerSource": TRIGGER_SOURCE[message.trigger_source],
        "startedAtUtc": utc(message.start_time) if message.HasField("start_time") else None,
        "completedAtUtc": (
            utc(message.complete_time) if message.HasField("complete_time") else None
        ),
        "succeeded": succeeded(message),
        "steps": [_step_summary(each) for each in message.steps],
    }


def execution(message: pb.Execution) -> ExecutionJson:
    """The execution with everything that is known of it."""
    return {
        "executionId": message.id,
        "assetId": message.asset_id,
        "skillName": message.skill_name,
        "triggerSource": TRIGGER_SOURCE[message.trigger_source],
        "status": STATUS[message.status],
        "startedAtUtc": utc(message.start_time) if message.HasField("start_time") else None,
        "completedAtUtc": (
            utc(message.complete_time) if message.HasField("complete_time") else None
        ),
        "succeeded": succeeded(message),
        "usage": {
            "inputTokens": sum(each.usage.input_tokens for each in message.steps),
            "outputTokens": sum(each.usage.output_tokens for each in message.steps),
            "requests": sum(each.usage.requests for each in message.steps),
            "cost": money(math.fsum(each.usage.cost for each in message.steps)),
        },
        "steps": [step(each) for each in message.steps],
    }


def _step_summary(message: pb.ExecutionStep) -> StepSummaryJson:
    return {
        "stepName": message.name,
        "succeeded": message.succeeded if message.HasField("succeeded") else None,
        "errorMessage": message.error_message if message.HasField("error_message") else None,
        "startedAtUtc": utc(message.start_time) if message.HasField("start_time") else None,
        "completedAtUtc": (
            utc(message.complete_time) if message.HasField("complete_time") else None
        ),
    }


def step(message: pb.ExecutionStep) -> ExecutionStepJson:
    """A step with everything that is known of it."""
    return {
        **_step_summary(message),
        # An older service does not tell them.
        "parameters": orjson.loads(message.parameters_json or "{}"),
        "attempts": message.attempts,
        "profile": message.profile or None,
        "model": message.model or None,
        "cached": message.cached,
        "usage": usage(message.usage),
    }


def usage(message: pb.Usage) -> CallsUsageJson:
    """What AI calls used."""
    return {
        "inputTokens": message.input_tokens,
        "outputTokens": message.output_tokens,
        "requests": message.requests,
        "cost": money(message.cost),
    }
