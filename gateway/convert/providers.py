"""AI provider profiles."""

from __future__ import annotations

from typing import Literal, cast

from nekohub.providers.v1 import providers_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert.shape import Id, Utc, documented, money, utc

AnswerFormat = Literal["json_schema", "json_object", "prompt"]
TokenField = Literal["max_tokens", "max_completion_tokens"]


@documented
class CapabilitiesJson(TypedDict):
    """How an endpoint and its model turned out to want to be asked."""

    answerFormat: AnswerFormat
    """How the schema of an answer is asked for."""
    tokenField: TokenField | None
    """What limits an answer's length; null for nothing."""
    apiBaseUrl: str
    """The one that works; it may have a `/v1` that the profile's has not."""
    canSeeImages: bool | None
    """Null as long as that is not known: a test of the profile tells."""
    maxImageSide: int | None
    """Pixels that a picture may have on its longer side; null if none was too large."""
    learntAtUtc: Utc


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
    fallbackOrder: int | None
    """Its place among those that are asked when the active one cannot answer; null for none."""
    inputPricePerMillion: float | None
    """Of tokens sent."""
    outputPricePerMillion: float | None
    """Of tokens received."""
    monthlyBudget: float | None
    """What may be spent in a calendar month (UTC); null for no limit."""
    spentThisMonth: float
    createdAtUtc: Utc
    updatedAtUtc: Utc
    capabilities: CapabilitiesJson | None
    """Null until something was learnt."""


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
    capabilities: CapabilitiesJson | None
    """What was found out; null if that is nothing."""


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
        "fallbackOrder": message.fallback_order if message.HasField("fallback_order") else None,
        "inputPricePerMillion": (
            message.input_price_per_million if message.HasField("input_price_per_million") else None
        ),
        "outputPricePerMillion": (
            message.output_price_per_million
            if message.HasField("output_price_per_million")
            else None
        ),
        "monthlyBudget": message.monthly_budget if message.HasField("monthly_budget") else None,
        "spentThisMonth": money(message.month_cost),
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "capabilities": _capabilities(message),
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
        "capabilities": _capabilities(message),
    }


def _capabilities(holder: pb.Profile | pb.TestProfileResponse) -> CapabilitiesJson | None:
    if not holder.HasField("capabilities"):
        return None
    known = holder.capabilities
    return {
        "answerFormat": cast("AnswerFormat", known.answer_format),
        "tokenField": cast("TokenField", known.token_field) if known.token_field else None,
        "apiBaseUrl": known.api_base_url,
        "canSeeImages": known.can_see_images if known.HasField("can_see_images") else None,
        "maxImageSide": known.image_side if known.HasField("image_side") else None,
        "learntAtUtc": utc(known.learn_time),
    }
