"""Protos to the JSON of the HTTP contract, field by field."""

from __future__ import annotations

from functools import lru_cache
from time import gmtime
from typing import Any
from urllib.parse import quote

import orjson
from google.protobuf.timestamp_pb2 import Timestamp
from nekohub.assets.v1 import assets_pb2
from nekohub.assets.v1.assets_pb2 import Asset, Derivative, StructuredResult
from nekohub.providers.v1.providers_pb2 import Profile, TestProfileResponse
from nekohub.skills.v1 import skills_pb2
from nekohub.skills.v1.skills_pb2 import Execution, ExecutionStep, Skill, SkillParameter

Json = dict[str, Any]

ASSET_STATUS = {assets_pb2.ASSET_STATUS_READY: "ready"}
TRIGGER_SOURCE = {
    skills_pb2.TRIGGER_SOURCE_UPLOAD: "upload",
    skills_pb2.TRIGGER_SOURCE_MANUAL: "manual",
}
EXECUTION_STATUS = {
    skills_pb2.EXECUTION_STATUS_QUEUED: "queued",
    skills_pb2.EXECUTION_STATUS_RUNNING: "running",
    skills_pb2.EXECUTION_STATUS_SUCCEEDED: "succeeded",
    skills_pb2.EXECUTION_STATUS_FAILED: "failed",
    skills_pb2.EXECUTION_STATUS_CANCELLED: "cancelled",
}
ENDED = frozenset(
    {
        skills_pb2.EXECUTION_STATUS_SUCCEEDED,
        skills_pb2.EXECUTION_STATUS_FAILED,
        skills_pb2.EXECUTION_STATUS_CANCELLED,
    }
)


def utc(timestamp: Timestamp) -> str:
    """RFC 3339 in UTC with milliseconds, for example "2026-04-08T10:05:00.123Z"."""
    return f"{_second(timestamp.seconds)}.{timestamp.nanos // 1_000_000:03}Z"


@lru_cache(maxsize=4096)  # An asset repeats its few seconds many times over.
def _second(seconds: int) -> str:
    year, month, day, hour, minute, second, *_ = gmtime(seconds)
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"


def content_url(base: str, storage_key: str) -> str:
    """Where anybody reads the object `storage_key` of a public asset."""
    return f"{base}/content/{quote(storage_key, safe='/')}"


def asset(message: Asset, latest: Execution | None, base: str) -> Json:
    """The full asset; `latest` is its newest execution, `base` starts every URL."""
    return {
        "id": message.id,
        "type": "image",
        "status": ASSET_STATUS[message.status],
        "originalFileName": message.original_file_name,
        "storedFileName": message.stored_file_name,
        "contentType": message.content_type,
        "extension": message.extension,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "checksumSha256": message.checksum_sha256,
        "storageProvider": message.storage_provider,
        "storageKey": message.storage_key,
        "publicUrl": content_url(base, message.storage_key) if message.is_public else None,
        "isPublic": message.is_public,
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "hasLocation": message.has_location,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "derivatives": [
            derivative(each, base if message.is_public else None) for each in message.derivatives
        ],
        "structuredResults": [structured_result(each) for each in message.structured_results],
        "latestExecutionSummary": None if latest is None else execution_summary(latest),
    }


def asset_item(message: Asset, base: str) -> Json:
    """The asset as lists show it."""
    return {
        "id": message.id,
        "type": "image",
        "status": ASSET_STATUS[message.status],
        "originalFileName": message.original_file_name,
        "contentType": message.content_type,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "storageProvider": message.storage_provider,
        "publicUrl": content_url(base, message.storage_key) if message.is_public else None,
        "thumbnailUrl": f"{base}/api/v1/assets/{message.id}/derivatives/thumbnail_256/content",
        "isPublic": message.is_public,
        "description": message.description if message.HasField("description") else None,
        "altText": message.alt_text if message.HasField("alt_text") else None,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
    }


def derivative(message: Derivative, base: str | None) -> Json:
    """A rendition; without `base` its asset is private and it has no public URL."""
    return {
        "kind": message.kind,
        "contentType": message.content_type,
        "extension": message.extension,
        "size": message.size,
        "width": message.width,
        "height": message.height,
        "publicUrl": None if base is None else content_url(base, message.storage_key),
        "createdAtUtc": utc(message.create_time),
    }


def structured_result(message: StructuredResult) -> Json:
    """What a model left; `payloadJson` stays a string."""
    return {
        "kind": message.kind,
        "payloadJson": message.payload_json,
        "createdAtUtc": utc(message.create_time),
    }


def skill(message: Skill) -> Json:
    """A skill as the list shows it."""
    return {
        "skillName": message.name,
        "description": message.description,
        "steps": list(message.steps),
        "parameters": [skill_parameter(each) for each in message.parameters],
    }


def skill_parameter(message: SkillParameter) -> Json:
    """What a run may set; a limit that does not apply is null."""
    return {
        "name": message.name,
        "type": message.type,
        "default": orjson.loads(message.default_json) if message.default_json else None,
        "description": message.description,
        "minimum": message.minimum if message.HasField("minimum") else None,
        "maximum": message.maximum if message.HasField("maximum") else None,
        "maxLength": message.max_length if message.HasField("max_length") else None,
        "choices": list(message.choices) or None,
    }


def execution_succeeded(message: Execution) -> bool | None:
    """Whether every step succeeded; None before the end."""
    if message.status not in ENDED:
        return None
    return message.status == skills_pb2.EXECUTION_STATUS_SUCCEEDED


def execution_summary(message: Execution) -> Json:
    """The execution as its asset shows it."""
    return {
        "executionId": message.id,
        "skillName": message.skill_name,
        "triggerSource": TRIGGER_SOURCE[message.trigger_source],
        "startedAtUtc": utc(message.start_time) if message.HasField("start_time") else None,
        "completedAtUtc": (
            utc(message.complete_time) if message.HasField("complete_time") else None
        ),
        "succeeded": execution_succeeded(message),
        "steps": [_step_summary(each) for each in message.steps],
    }


def execution(message: Execution) -> Json:
    """The execution with everything that is known of it."""
    return execution_summary(message) | {
        "assetId": message.asset_id,
        "status": EXECUTION_STATUS[message.status],
        "usage": {
            "inputTokens": sum(step.usage.input_tokens for step in message.steps),
            "outputTokens": sum(step.usage.output_tokens for step in message.steps),
            "requests": sum(step.usage.requests for step in message.steps),
        },
        "steps": [execution_step(each) for each in message.steps],
    }


def _step_summary(message: ExecutionStep) -> Json:
    return {
        "stepName": message.name,
        "succeeded": message.succeeded if message.HasField("succeeded") else None,
        "errorMessage": message.error_message if message.HasField("error_message") else None,
        "startedAtUtc": utc(message.start_time) if message.HasField("start_time") else None,
        "completedAtUtc": (
            utc(message.complete_time) if message.HasField("complete_time") else None
        ),
    }


def execution_step(message: ExecutionStep) -> Json:
    """A step with everything that is known of it."""
    return _step_summary(message) | {
        "attempts": message.attempts,
        "profile": message.profile or None,
        "model": message.model or None,
        "usage": {
            "inputTokens": message.usage.input_tokens,
            "outputTokens": message.usage.output_tokens,
            "requests": message.usage.requests,
        },
    }


def run(message: Execution, of: Asset, base: str) -> Json:
    """The answer to a synchronous run: its outcome, and the asset as it is now."""
    return {
        "succeeded": bool(execution_succeeded(message)),
        "skillName": message.skill_name,
        "steps": [
            {
                "name": step.name,
                "succeeded": step.succeeded,
                "errorMessage": step.error_message if step.HasField("error_message") else None,
            }
            for step in message.steps
        ],
        "asset": asset(of, message, base),
    }


def profile(message: Profile) -> Json:
    """An AI provider profile; its key is masked already."""
    return {
        "id": message.id,
        "name": message.name,
        "apiBaseUrl": message.api_base_url,
        "apiKey": message.masked_api_key,
        "modelName": message.model_name,
        "defaultSystemPrompt": (
            message.default_system_prompt if message.HasField("default_system_prompt") else None
        ),
        "isActive": message.is_active,
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
    }


def profile_test(message: TestProfileResponse) -> Json:
    """What came of trying a profile out."""
    return {
        "succeeded": message.succeeded,
        "caption": message.caption if message.HasField("caption") else None,
        "resolvedModelName": message.resolved_model_name,
        "resolvedApiBaseUrl": message.resolved_api_base_url,
        "errorMessage": message.error_message if message.HasField("error_message") else None,
        "canSeeImages": message.can_see_images,
    }
