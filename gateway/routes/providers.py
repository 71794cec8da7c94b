"""/api/v1/system/ai/providers: where AI steps ask."""

from __future__ import annotations

from typing import Annotated, Any

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb
from pydantic import BeforeValidator, ConfigDict, WithJsonSchema
from starlette.requests import Request

from gateway import json
from gateway.context import Gateway
from gateway.convert import providers as convert
from gateway.convert.providers import DeletedProfileJson, ProfileJson, TrialJson
from gateway.convert.shape import utc
from gateway.endpoint import Endpoint
from gateway.idempotency import marked, request_id
from gateway.routes.paths import API
from services.chassis.errors import InvalidArgument

TRIAL_SECONDS = 180.0
"""How long a try may take: a model on a small machine needs minutes for its first answer."""


def _number(kind: str, least: int, most: int) -> WithJsonSchema:
    number = {"type": kind, "minimum": least, "maximum": most}
    return WithJsonSchema({"anyOf": [number, {"type": "null"}]})


def _whole(value: Any) -> Any:
    """JSON Schema counts 5.0 as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _bounded(number: int) -> str:
    digits = str(number)
    return digits if len(digits) <= _SHOWN_DIGITS else f"{digits[:_SHOWN_DIGITS]}…"


_ORDER_BITS = 31
_SHOWN_DIGITS = 20
Order = Annotated[int | None, BeforeValidator(_whole), _number("integer", 1, 1000)]
Price = Annotated[float | None, _number("number", 0, 1_000_000)]
Budget = Annotated[float | None, _number("number", 0, 1_000_000_000)]
"""The service refuses what is beyond these, each with a code of its own."""


class ProfileBody(json.Body):
    """What a person sets on a profile; which fields are needed is the service's to say."""

    name: json.Needed = None
    api_base_url: json.Needed = None
    """An http or https URL, or `local://` for the built-in engine, which needs no key."""
    api_key: str | None = None
    model_name: json.Needed = None
    """Needed but for `local://`."""
    default_system_prompt: str | None = None
    is_active: json.Flag = None
    fallback_order: Order = None
    """Its place among those that are asked when the active one is away or takes no pictures."""
    input_price_per_million: Price = None
    """What a million tokens sent cost, in a currency of your choice."""
    output_price_per_million: Price = None
    """What a million tokens received cost."""
    monthly_budget: Budget = None
    """What may be spent in a calendar month (UTC). It needs a price; 0 stops every call."""

    def input(self) -> pb.ProfileInput:
        """The fields as a message has them."""
        fields = self.model_dump(by_alias=False)
        if self.fallback_order is not None and self.fallback_order.bit_length() > _ORDER_BITS:
            # No message could hold it.
            raise InvalidArgument(
                "AI_PROVIDER_PROFILE_FALLBACK_ORDER_INVALID",
                f"fallbackOrder is {_bounded(self.fallback_order)}; 1 to 1000 are accepted",
            )
        return pb.ProfileInput(**fields)


class NewProfileBody(ProfileBody):
    """A profile to make."""

    model_config = ConfigDict(
        json_schema_extra={"required": ["name", "apiBaseUrl"]},
    )
    is_active: bool | None = None


class TrialBody(json.Body):
    """A saved profile to try, and what to put in place of its fields."""

    profile_id: str | None = None
    api_base_url: str | None = None
    api_key: str | None = None
    model_name: str | None = None
    default_system_prompt: str | None = None


async def list_profiles(gateway: Gateway, request: Request) -> json.Data[list[ProfileJson]]:
    """List AI provider profiles."""
    found = await gateway.stubs.providers.ListProfiles(pb.ListProfilesRequest())
    return json.data([convert.profile(profile) for profile in found.profiles])


async def active(gateway: Gateway, request: Request) -> json.Data[ProfileJson | None]:
    """Read the profile that AI steps ask; null if none is active."""
    found = await gateway.stubs.providers.GetActiveProfile(pb.GetActiveProfileRequest())
    return json.data(convert.profile(found.profile) if found.HasField("profile") else None)


async def create(
    gateway: Gateway, request: Request, body: NewProfileBody
) -> json.Data[ProfileJson]:
    """Make a profile. The first one of a person is active unless `isActive` says false."""
    made = await gateway.stubs.providers.CreateProfile(
        pb.CreateProfileRequest(
            profile=body.input(),
            request_id=request_id(request),
        )
    )
    return marked(json.data(convert.profile(made.profile), 201), made.replayed)


async def patch(gateway: Gateway, request: Request, body: ProfileBody) -> json.Data[ProfileJson]:
    """Change a profile.

    What is left out stays, and so does a key that is sent as it is shown. An `apiBaseUrl` of
    another origin needs the `apiKey` again.
    """
    if "is_active" in body.model_fields_set and body.is_active is None:
        raise InvalidArgument(
            "REQUEST_INVALID", "field 'isActive' is null; it must be true or false"
        )
    changed = await gateway.stubs.providers.UpdateProfile(
        pb.UpdateProfileRequest(
            profile_id=request.path_params["id"],
            profile=body.input(),
            update_mask=FieldMask(paths=sorted(body.model_fields_set)),
        )
    )
    return json.data(convert.profile(changed.profile))


async def delete(gateway: Gateway, request: Request) -> json.Data[DeletedProfileJson]:
    """Delete a profile."""
    profile_id = request.path_params["id"]
    gone = await gateway.stubs.providers.DeleteProfile(
        pb.DeleteProfileRequest(profile_id=profile_id)
    )
    return json.data(
        {
            "id": profile_id,
            "wasActive": gone.was_active,
            "status": "deleted",
            "deletedAtUtc": utc(gone.delete_time),
        }
    )


async def try_out(gateway: Gateway, request: Request, body: TrialBody) -> json.Data[TrialJson]:
    """Try a profile out with a real picture of a random word.

    What is given takes the place of the saved profile's.
    """
    fields = body.model_dump(by_alias=False, exclude={"profile_id"})
    tried = await gateway.stubs.providers.TestProfile(
        pb.TestProfileRequest(profile_id=body.profile_id or "", profile=pb.ProfileInput(**fields)),
        timeout=TRIAL_SECONDS,
    )
    return json.data(convert.trial(tried))


_ALL = f"{API}/system/ai/providers"
_ONE = f"{_ALL}/{{id}}"
_GONE = "404 ai_provider_profile_not_found"
_REFUSED = (
    "400 ai_provider_profile_name_required",
    "400 ai_provider_profile_api_base_url_required",
    "400 ai_provider_profile_api_key_required",
    "400 ai_provider_profile_model_name_required",
    "400 ai_provider_profile_api_base_url_invalid",
    "400 ai_provider_profile_api_key_invalid",
    "400 ai_provider_profile_field_too_long",
)
_MONEY = (
    "400 ai_provider_profile_fallback_order_invalid",
    "400 ai_provider_profile_price_invalid",
    "400 ai_provider_profile_monthly_budget_invalid",
)
_TAKEN = "409 ai_provider_profile_name_conflict"
_FULL = "400 ai_provider_profile_limit_reached"

ROUTES = (
    Endpoint("GET", _ALL, list_profiles, "aiProviders.read"),
    Endpoint(
        "POST",
        _ALL,
        create,
        "aiProviders.create",
        (*_REFUSED, *_MONEY, _TAKEN, _FULL),
        statuses=(201,),
    ),
    Endpoint("GET", f"{_ALL}/active", active, "aiProviders.read"),
    Endpoint("POST", f"{_ALL}/test", try_out, "aiProviders.update", (_GONE, *_REFUSED[1:])),
    Endpoint("PATCH", _ONE, patch, "aiProviders.update", (_GONE, *_REFUSED, *_MONEY, _TAKEN)),
    Endpoint("DELETE", _ONE, delete, "aiProviders.delete", (_GONE,)),
)
