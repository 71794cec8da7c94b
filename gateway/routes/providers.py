"""/api/v1/system/ai/providers: where AI steps ask."""

from __future__ import annotations

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb
from starlette.requests import Request
from starlette.responses import Response

from gateway import convert, json
from gateway.context import Gateway
from gateway.idempotency import marked, request_id
from services.chassis.errors import InvalidArgument

TRIAL_SECONDS = 180.0
"""How long a try may take: a model on a small machine needs minutes for its first answer."""


class ProfileBody(json.Body):
    """What a person sets on a profile; which fields are needed is the service's to say."""

    name: str | None = None
    api_base_url: str | None = None
    api_key: str | None = None
    model_name: str | None = None
    default_system_prompt: str | None = None
    is_active: bool | None = None


class TrialBody(json.Body):
    """A saved profile to try, and what to put in place of its fields."""

    profile_id: str | None = None
    api_base_url: str | None = None
    api_key: str | None = None
    model_name: str | None = None
    default_system_prompt: str | None = None


async def list_profiles(gateway: Gateway, request: Request) -> Response:
    """GET /system/ai/providers."""
    found = await gateway.stubs.providers.ListProfiles(pb.ListProfilesRequest())
    return json.data([convert.profile(profile) for profile in found.profiles])


async def active(gateway: Gateway, request: Request) -> Response:
    """GET /system/ai/providers/active."""
    found = await gateway.stubs.providers.GetActiveProfile(pb.GetActiveProfileRequest())
    return json.data(convert.profile(found.profile) if found.HasField("profile") else None)


async def create(gateway: Gateway, request: Request) -> Response:
    """POST /system/ai/providers."""
    body = await json.read(request, ProfileBody)
    made = await gateway.stubs.providers.CreateProfile(
        pb.CreateProfileRequest(
            profile=pb.ProfileInput(**body.model_dump(by_alias=False)),
            request_id=request_id(request),
        )
    )
    return marked(json.data(convert.profile(made.profile), 201), made.replayed)


async def patch(gateway: Gateway, request: Request) -> Response:
    """PATCH /system/ai/providers/{id}."""
    body = await json.read(request, ProfileBody)
    if "is_active" in body.model_fields_set and body.is_active is None:
        raise InvalidArgument(
            "REQUEST_INVALID", "field 'isActive' is null; it must be true or false"
        )
    changed = await gateway.stubs.providers.UpdateProfile(
        pb.UpdateProfileRequest(
            profile_id=request.path_params["id"],
            profile=pb.ProfileInput(**body.model_dump(by_alias=False)),
            update_mask=FieldMask(paths=sorted(body.model_fields_set)),
        )
    )
    return json.data(convert.profile(changed.profile))


async def delete(gateway: Gateway, request: Request) -> Response:
    """DELETE /system/ai/providers/{id}."""
    profile_id = request.path_params["id"]
    gone = await gateway.stubs.providers.DeleteProfile(
        pb.DeleteProfileRequest(profile_id=profile_id)
    )
    return json.data(
        {
            "id": profile_id,
            "wasActive": gone.was_active,
            "status": "deleted",
            "deletedAtUtc": convert.utc(gone.delete_time),
        }
    )


async def try_out(gateway: Gateway, request: Request) -> Response:
    """POST /system/ai/providers/test."""
    body = await json.read(request, TrialBody)
    fields = body.model_dump(by_alias=False, exclude={"profile_id"})
    tried = await gateway.stubs.providers.TestProfile(
        pb.TestProfileRequest(profile_id=body.profile_id or "", profile=pb.ProfileInput(**fields)),
        timeout=TRIAL_SECONDS,
    )
    return json.data(convert.profile_test(tried))
