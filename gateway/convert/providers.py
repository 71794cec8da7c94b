"""AI provider profiles."""

from __future__ import annotations

from typing import Literal

from nekohub.providers.v1 import providers_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert.shape import Id, Utc, documented, utc


@documented
class ProfileJson(TypedDict):
    """Where and how AI steps ask."""

    id: Id
    name: str
    apiBaseUrl: str
    apiKey: str
    """Masked."""
    modelName: str
    defaultSystemPrompt: str | None
    isActive: bool
    createdAtUtc: Utc
    updatedAtUtc: Utc


@documented
class DeletedProfileJson(TypedDict):
    """What is left to say of a profile that was deleted."""

    id: Id
    wasActive: bool
    status: Literal["deleted"]
    deletedAtUtc: Utc


@documented
class TrialJson(TypedDict):
    """What came of trying a profile out."""

    succeeded: bool
    """Whether a well-formed answer came."""
    caption: str | None
    resolvedModelName: str
    resolvedApiBaseUrl: str
    errorMessage: str | None
    canSeeImages: bool
    """Whether the answer held the word in the picture that was sent."""


def profile(message: pb.Profile) -> ProfileJson:
    """A profile; its key is masked already."""
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


def trial(message: pb.TestProfileResponse) -> TrialJson:
    """What came of trying a profile out."""
    return {
        "succeeded": message.succeeded,
        "caption": message.caption if message.HasField("caption") else None,
        "resolvedModelName": message.resolved_model_name,
        "resolvedApiBaseUrl": message.resolved_api_base_url,
        "errorMessage": message.error_message if message.HasField("error_message") else None,
        "canSeeImages": message.can_see_images,
    }
