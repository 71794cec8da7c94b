"""What was used of AI providers."""

from __future__ import annotations

from typing import Annotated

from nekohub.providers.v1 import providers_pb2 as pb
from pydantic import Field
from typing_extensions import TypedDict

from gateway.convert.shape import Id, documented, money

Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


Requests = Annotated[int, Field(description="Calls made, retries included.")]
InputTokens = Annotated[
    int, Field(description="Sent, as far as endpoints told; else estimated if there is a budget.")
]
OutputTokens = Annotated[int, Field(description="Received, as the tokens sent.")]
Cached = Annotated[int, Field(description="Answers that were given again without a call.")]
Cost = Annotated[float, Field(description="At the prices of the moment, in their currency.")]


@documented
class AiCountsJson(TypedDict):
    """What was used."""

    requests: Requests
    inputTokens: InputTokens
    outputTokens: OutputTokens
    cachedAnswers: Cached
    cost: Cost


@documented
class AiDayUsageJson(AiCountsJson):
    """What was used on a day."""

    day: Day
    """In UTC."""


@documented
class AiProfileUsageJson(AiCountsJson):
    """What was used of a profile."""

    profileId: Id
    profile: str
    """Its name, the last one if it was deleted."""


@documented
class AiSkillUsageJson(AiCountsJson):
    """What a skill used."""

    skill: str
    """Empty for what no skill asked."""


@documented
class AiUsageItemJson(AiCountsJson):
    """What a skill used of a profile on a day."""

    day: Day
    """In UTC."""
    profileId: Id
    profile: str
    """Its name when it was last used that day."""
    skill: str
    """Empty for what no skill asked."""


AiUsageJson = TypedDict(  # A class can have no field of the name `from`.
    "AiUsageJson",
    {
        "from": Day,
        "to": Day,
        "totals": AiCountsJson,
        "byDay": list[AiDayUsageJson],
        "byProfile": list[AiProfileUsageJson],
        "bySkill": list[AiSkillUsageJson],
        "items": list[AiUsageItemJson],
        "itemsAreCapped": bool,
    },
)
AiUsageJson.__doc__ = (
    "What was used. Totals and sums are of everything, even if items are left out."
)


def usage(found: pb.GetUsageResponse) -> AiUsageJson:
    """What was used in some days."""
    return {
        "from": found.from_day,
        "to": found.to_day,
        "totals": _counts(found.total),
        "byDay": [{"day": each.day, **_counts(each)} for each in found.by_day],
        "byProfile": [
            {"profileId": each.profile_id, "profile": each.profile_name, **_counts(each)}
            for each in found.by_profile
        ],
        "bySkill": [{"skill": each.skill_name, **_counts(each)} for each in found.by_skill],
        "items": [
            {
                "day": each.day,
                "profileId": each.profile_id,
                "profile": each.profile_name,
                "skill": each.skill_name,
                **_counts(each),
            }
            for each in found.items
        ],
        "itemsAreCapped": found.is_capped,
    }


def _counts(message: pb.Usage) -> AiCountsJson:
    return {
        "requests": message.request_count,
        "inputTokens": message.input_tokens,
        "outputTokens": message.output_tokens,
        "cachedAnswers": message.cached_count,
        "cost": money(message.cost),
    }
