"""Skills, and the answer to a run."""

from __future__ import annotations

import orjson
from nekohub.assets.v1.assets_pb2 import Asset
from nekohub.skills.v1 import skills_pb2 as pb
from pydantic import JsonValue
from typing_extensions import TypedDict

from gateway.convert import assets, executions
from gateway.convert.assets import AssetJson
from gateway.convert.shape import documented
from gateway.reads import Runs


@documented
class SkillParameterJson(TypedDict):
    """Something that a run may set. A limit that does not apply is null."""

    name: str
    """Counts in any letter case."""
    type: str
    """"string", "integer", "number" or "boolean"."""
    default: JsonValue
    description: str
    minimum: float | None
    maximum: float | None
    maxLength: int | None
    choices: list[str] | None


@documented
class SkillJson(TypedDict):
    """A pipeline that can be run on an asset."""

    skillName: str
    description: str
    steps: list[str]
    parameters: list[SkillParameterJson]


@documented
class RunStepJson(TypedDict):
    """How a step of a run ended."""

    name: str
    succeeded: bool
    errorMessage: str | None
    """Why it failed, for people."""


@documented
class RunJson(TypedDict):
    """How a run ended, and the asset as it is now."""

    succeeded: bool
    """Whether every step succeeded."""
    skillName: str
    steps: list[RunStepJson]
    asset: AssetJson


def skill(message: pb.Skill) -> SkillJson:
    """A skill as the list shows it."""
    return {
        "skillName": message.name,
        "description": message.description,
        "steps": list(message.steps),
        "parameters": [_parameter(each) for each in message.parameters],
    }


def _parameter(message: pb.SkillParameter) -> SkillParameterJson:
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


def run(message: pb.Execution, of: Asset, used: pb.Usage, base: str) -> RunJson:
    """The answer to a synchronous run; `used` is what all runs of the asset used."""
    return {
        "succeeded": bool(executions.succeeded(message)),
        "skillName": message.skill_name,
        "steps": [
            {
                "name": step.name,
                "succeeded": step.succeeded,
                "errorMessage": step.error_message if step.HasField("error_message") else None,
            }
            for step in message.steps
        ],
        "asset": assets.asset(of, Runs(message, used), base),
    }
