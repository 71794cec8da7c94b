"""Between messages and the model."""

import re
from functools import lru_cache
from typing import Any

import orjson
from nekohub.providers.v1 import providers_pb2 as pb
from pydantic import SecretStr

from services.chassis.clock import timestamp
from services.chassis.errors import InvalidArgument
from services.providers.capabilities import Capabilities
from services.providers.failures import Usage
from services.providers.model import Profile, ProfileInput
from services.providers.question import TIMEOUT_SECONDS, Answer, ImageFacts, Question
from services.providers.schema import SchemaUnsupported, check_schema
from services.providers.usage import Report, Row

JPEG_BYTES = 1_572_864
PROMPT_CHARACTERS = 16_000
IDEMPOTENCY_KEY_CHARACTERS = 64
SKILL_NAME_CHARACTERS = 100
LONGEST_SECONDS = 86_400
_KNOWN_CHARACTERS = 16_384
"""A longer schema is not remembered."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NO_CHECKSUM = "picture_sha256 must be 64 hexadecimal digits in lower case"
_SCHEMA_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def profile_message(profile: Profile, month_cost: float) -> pb.Profile:
    """A profile as others may see it, its key masked, with what it cost in this month."""
    return pb.Profile(
        id=profile.id,
        name=profile.fields.name,
        api_base_url=profile.fields.api_base_url.text,
        masked_api_key=profile.masked_api_key,
        model_name=profile.fields.model_name,
        default_system_prompt=profile.fields.default_system_prompt,
        is_active=profile.is_active,
        create_time=timestamp(profile.create_time),
        update_time=timestamp(profile.update_time),
        fallback_order=profile.fields.fallback_order,
        input_price_per_million=profile.fields.prices.input_per_million,
        output_price_per_million=profile.fields.prices.output_per_million,
        monthly_budget=profile.fields.monthly_budget,
        month_cost=month_cost,
        capabilities=capabilities_message(profile.capabilities),
    )


def capabilities_message(known: Capabilities | None) -> pb.Capabilities | None:
    """What was learnt of a model; None if nothing was."""
    if known is None:
        return None
    return pb.Capabilities(
        answer_format=known.dialect.answer_format.value,
        token_field=known.dialect.token_field.value,
        api_base_url=known.dialect.base_url.text,
        can_see_images=known.can_see_images,
        image_side=known.dialect.image_side,
        learn_time=timestamp(known.learn_time),
    )


def profile_input(message: pb.ProfileInput) -> ProfileInput:
    """What a caller gave; None for what is absent."""

    given: dict[str, Any] = {field.name: value for field, value in message.ListFields()}
    if "api_key" in given:
        given["api_key"] = SecretStr(given["api_key"])
    return ProfileInput(**given)


def named_fields(request: pb.UpdateProfileRequest) -> frozenset[str]:
    """The fields to change. Raises InvalidArgument for one that ProfileInput does not have."""
    named = frozenset(request.update_mask.paths)
    unknown = named - set(pb.ProfileInput.DESCRIPTOR.fields_by_name)
    if unknown:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"update_mask names {', '.join(sorted(unknown))}; accepted are "
            f"{', '.join(pb.ProfileInput.DESCRIPTOR.fields_by_name)}",
        )
    return named


def question(request: pb.DescribeRequest) -> Question:
    """The question that is asked. Raises InvalidArgument for a field beyond its limits."""
    jpeg = request.jpeg  # each look at it copies it
    _check_limits(request, jpeg)
    text = request.schema_json
    return Question(
        jpeg=jpeg,
        prompt=request.prompt,
        schema_name=request.schema_name,
        schema=_known_schema(text) if len(text) <= _KNOWN_CHARACTERS else _schema(text),
        facts=_facts(request.facts),
        idempotency_key=request.idempotency_key,
        timeout_seconds=_timeout(request),
        skill_name=request.skill_name,
        picture_sha256=request.picture_sha256,
        ask_anew=request.ask_anew,
    )


def _schema(text: str) -> dict[str, Any]:
    try:
        return check_schema(orjson.loads(text))
    except orjson.JSONDecodeError:
        raise InvalidArgument("REQUEST_INVALID", "schema_json is not JSON") from None
    except SchemaUnsupported as error:
        raise InvalidArgument("REQUEST_INVALID", f"schema_json: {error}") from None


_known_schema = lru_cache(64)(_schema)
"""A step asks with the same one each time."""


def _timeout(request: pb.DescribeRequest) -> float:
    if not request.HasField("timeout"):
        return TIMEOUT_SECONDS
    seconds = request.timeout.seconds + request.timeout.nanos / 1e9
    if not 0 < seconds <= LONGEST_SECONDS:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"timeout is {seconds:g} s; more than 0 and at most {LONGEST_SECONDS} s are accepted",
        )
    return seconds


def picture_sha256(request: pb.ForgetAnswersRequest) -> str:
    """The picture that is meant. Raises InvalidArgument for what is no checksum."""
    if _SHA256.fullmatch(request.picture_sha256) is None:
        raise InvalidArgument("REQUEST_INVALID", _NO_CHECKSUM)
    return request.picture_sha256


def describe_response(answer: Answer, profile: Profile) -> pb.DescribeResponse:
    """An answer as the caller gets it."""
    return pb.DescribeResponse(
        output_json=orjson.dumps(answer.output).decode(),
        profile_name=profile.fields.name,
        model_name=answer.model_name,
        input_tokens=answer.input_tokens,
        output_tokens=answer.output_tokens,
        request_count=answer.requests,
        latency_ms=answer.latency_ms,
        cached=answer.cached,
        cost=answer.cost,
    )


def usage(used: Usage, profile: Profile) -> dict[str, str]:
    """What a question that failed took, as an error's metadata; `profile` was asked last."""
    return {
        "profile": profile.fields.name,
        "model": used.model_name or profile.fields.model_name,
        "requests": str(used.requests),
        "input_tokens": str(used.input_tokens),
        "output_tokens": str(used.output_tokens),
        "cost": str(used.cost),
    }


def usage_response(report: Report) -> pb.GetUsageResponse:
    """What was used, as the caller gets it."""
    return pb.GetUsageResponse(
        from_day=report.days.first.isoformat(),
        to_day=report.days.last.isoformat(),
        items=map(_used, report.items),
        is_capped=report.is_capped,
        total=_used(report.total),
        by_day=map(_used, report.by_day),
        by_profile=map(_used, report.by_profile),
        by_skill=map(_used, report.by_skill),
    )


def _used(row: Row) -> pb.Usage:
    return pb.Usage(
        day=row.day,
        profile_id=row.profile_id,
        profile_name=row.profile_name,
        skill_name=row.skill_name,
        request_count=row.requests,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cached_count=row.cached,
        cost=row.cost,
    )


def _check_limits(request: pb.DescribeRequest, jpeg: bytes) -> None:
    faults = (
        (not jpeg.startswith(b"\xff\xd8"), "jpeg is no JPEG"),
        (len(jpeg) > JPEG_BYTES, f"jpeg has more than {JPEG_BYTES} bytes"),
        (
            not 0 < len(request.prompt) <= PROMPT_CHARACTERS,
            f"prompt must have 1 to {PROMPT_CHARACTERS} characters",
        ),
        (
            _SCHEMA_NAME.fullmatch(request.schema_name) is None,
            f"schema_name {request.schema_name[:80]!r} must be 1 to 64 letters, digits, _ or -",
        ),
        (
            len(request.idempotency_key) > IDEMPOTENCY_KEY_CHARACTERS
            or not (request.idempotency_key.isascii() and request.idempotency_key.isprintable()),
            f"idempotency_key must be at most {IDEMPOTENCY_KEY_CHARACTERS} printable characters",
        ),
        (
            len(request.skill_name) > SKILL_NAME_CHARACTERS,
            f"skill_name has more than {SKILL_NAME_CHARACTERS} characters",
        ),
        ("\0" in request.skill_name, "skill_name has a zero byte, which Postgres cannot store"),
        (
            request.picture_sha256 != "" and _SHA256.fullmatch(request.picture_sha256) is None,
            _NO_CHECKSUM,
        ),
    )
    for is_fault, message in faults:
        if is_fault:
            raise InvalidArgument("REQUEST_INVALID", message)


def _facts(message: pb.ImageFacts) -> ImageFacts:
    return ImageFacts(
        width=message.width,
        height=message.height,
        format=message.format,
        has_transparency=message.has_transparency,
        frame_count=message.frame_count or 1,
        camera=message.camera,
        taken_at=message.taken_at,
    )
