"""How much there is."""

from __future__ import annotations

from nekohub.assets.v1.assets_pb2 import GetUsageResponse
from nekohub.skills.v1.skills_pb2 import GetSkillUsageResponse
from typing_extensions import TypedDict

from gateway.convert.shape import documented


@documented
class ContentTypeUsageJson(TypedDict):
    """How much there is of one content type."""

    contentType: str
    count: int
    totalBytes: int
    """Of the originals."""


@documented
class SkillUsageJson(TypedDict):
    """How often a skill was run."""

    skillName: str
    runCount: int
    """Runs that were accepted, also on assets that were deleted since."""


@documented
class UsageJson(TypedDict):
    """How much there is."""

    totalAssets: int
    totalBytes: int
    """Of the originals."""
    totalDerivatives: int
    contentTypeBreakdown: list[ContentTypeUsageJson]
    """The largest count first."""
    mostActiveSkill: SkillUsageJson | None
    """Null before the first run."""


def usage(of_assets: GetUsageResponse, of_skills: GetSkillUsageResponse) -> UsageJson:
    """What both services have counted."""
    most_active = of_skills.most_active
    return {
        "totalAssets": of_assets.total_assets,
        "totalBytes": of_assets.total_bytes,
        "totalDerivatives": of_assets.total_derivatives,
        "contentTypeBreakdown": [
            {
                "contentType": each.content_type,
                "count": each.count,
                "totalBytes": each.total_bytes,
            }
            for each in of_assets.content_types
        ],
        "mostActiveSkill": (
            {"skillName": most_active.skill_name, "runCount": most_active.run_count}
            if of_skills.HasField("most_active")
            else None
        ),
    }
