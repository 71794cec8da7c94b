"""The gRPC face of this service: validate, call, convert."""

from collections.abc import Sequence
from dataclasses import replace

import grpc
from nekohub.providers.v1 import providers_pb2 as pb
from nekohub.providers.v1 import providers_pb2_grpc as pb_grpc
from pydantic import SecretStr

from services.chassis.clock import now, timestamp
from services.chassis.database import Database
from services.chassis.errors import FailedPrecondition, InvalidArgument
from services.chassis.fingerprints import Fingerprints
from services.providers import convert
from services.providers.addresses import AddressPolicy
from services.providers.asking import Asking
from services.providers.base_url import BaseUrl
from services.providers.connections import Connections
from services.providers.kept_answers import KeptAnswers
from services.providers.memory import Memories
from services.providers.model import (
    NO_KEY,
    Endpoint,
    Profile,
    ProfileInput,
    checked,
    checked_key,
    kept_or_new_key,
    masked,
    overlaid,
)
from services.providers.secrets import KeyBox, KeyUnreadable
from services.providers.spending import Spending
from services.providers.store import ProfileStore
from services.providers.trial import tried
from services.providers.usage import Days, report

_TRIED_FIELDS = ("api_base_url", "model_name", "default_system_prompt")


class ProviderServicer(pb_grpc.ProviderServiceServicer):
    """Serves nekohub.providers.v1.ProviderService."""

    def __init__(
        self,
        store: ProfileStore,
        keys: KeyBox,
        fingerprints: Fingerprints,
        connections: Connections,
        memories: Memories,
        policy: AddressPolicy,
        spending: Spending,
        kept: KeptAnswers,
        database: Database,
    ) -> None:
        self._asking = Asking(store, connections, spending, kept)
        self._spending = spending
        self._kept = kept
        self._database = database
        self._store = store
        self._keys = keys
        self._fingerprints = fingerprints
        self._connections = connections
        self._memories = memories
        self._policy = policy

    async def ListProfiles(
        self,
        request: pb.ListProfilesRequest,
        context: grpc.aio.ServicerContext[pb.ListProfilesRequest, pb.ListProfilesResponse],
    ) -> pb.ListProfilesResponse:
        """See the proto."""
        return pb.ListProfilesResponse(profiles=await self._shown(await self._store.all()))

    async def GetActiveProfile(
        self,
        request: pb.GetActiveProfileRequest,
        context: grpc.aio.ServicerContext[pb.GetActiveProfileRequest, pb.GetActiveProfileResponse],
    ) -> pb.GetActiveProfileResponse:
        """See the proto."""
        active = await self._store.active()
        if active is None:
            return pb.GetActiveProfileResponse()
        return pb.GetActiveProfileResponse(profile=(await self._shown([active]))[0])

    async def CreateProfile(
        self,
        request: pb.CreateProfileRequest,
        context: grpc.aio.ServicerContext[pb.CreateProfileRequest, pb.CreateProfileResponse],
    ) -> pb.CreateProfileResponse:
        """See the proto."""
        content = request.profile.SerializeToString(deterministic=True)
        claim = self._fingerprints.claim(request.request_id, content)
        given = convert.profile_input(request.profile)
        fields = checked(given)
        key = checked_key(fields.api_base_url, given.api_key)
        self._check_address(fields.api_base_url)
        created, replayed = await self._store.create(
            fields, self._keys.seal(key), masked(key), given.is_active, claim
        )
        [shown] = await self._shown([created])
        return pb.CreateProfileResponse(profile=shown, replayed=replayed)

    async def UpdateProfile(
        self,
        request: pb.UpdateProfileRequest,
        context: grpc.aio.ServicerContext[pb.UpdateProfileRequest, pb.UpdateProfileResponse],
    ) -> pb.UpdateProfileResponse:
        """See the proto."""
        given = convert.profile_input(request.profile)
        named = convert.named_fields(request)
        changed = await self._store.update(
            request.profile_id, lambda saved: self._changed(saved, given, named)
        )
        self._spending.meter(changed)
        return pb.UpdateProfileResponse(profile=(await self._shown([changed]))[0])

    async def DeleteProfile(
        self,
        request: pb.DeleteProfileRequest,
        context: grpc.aio.ServicerContext[pb.DeleteProfileRequest, pb.DeleteProfileResponse],
    ) -> pb.DeleteProfileResponse:
        """See the proto."""
        was_active = await self._store.delete(request.profile_id)
        self._spending.end(request.profile_id)
        return pb.DeleteProfileResponse(was_active=was_active, delete_time=timestamp(now()))

    async def TestProfile(
        self,
        request: pb.TestProfileRequest,
        context: grpc.aio.ServicerContext[pb.TestProfileRequest, pb.TestProfileResponse],
    ) -> pb.TestProfileResponse:
        """See the proto."""
        given = convert.profile_input(request.profile)
        saved = await self._store.get(request.profile_id) if request.profile_id else None
        endpoint = self._trial_endpoint(saved, given)
        outcome = await tried(endpoint, self._connections)
        if saved is not None and outcome.capabilities is not None:
            model = (endpoint.base_url, endpoint.model_name)
            if model == (saved.fields.api_base_url, saved.fields.model_name):
                await self._memories.of(*model).keep(outcome.capabilities)
        return pb.TestProfileResponse(
            succeeded=outcome.caption is not None,
            caption=outcome.caption,
            resolved_model_name=outcome.model_name,
            resolved_api_base_url=outcome.base_url,
            error_message=outcome.error_message,
            can_see_images=outcome.can_see_images,
            capabilities=convert.capabilities_message(outcome.capabilities),
        )

    async def Describe(
        self,
        request: pb.DescribeRequest,
        context: grpc.aio.ServicerContext[pb.DescribeRequest, pb.DescribeResponse],
    ) -> pb.DescribeResponse:
        """See the proto."""
        question = convert.question(request)
        answer, profile = await self._asking.answered(question)
        return convert.describe_response(answer, profile)

    async def ForgetAnswers(
        self,
        request: pb.ForgetAnswersRequest,
        context: grpc.aio.ServicerContext[pb.ForgetAnswersRequest, pb.ForgetAnswersResponse],
    ) -> pb.ForgetAnswersResponse:
        """See the proto."""
        count = await self._kept.forget(convert.picture_sha256(request))
        return pb.ForgetAnswersResponse(deleted_count=count)

    async def GetUsage(
        self,
        request: pb.GetUsageRequest,
        context: grpc.aio.ServicerContext[pb.GetUsageRequest, pb.GetUsageResponse],
    ) -> pb.GetUsageResponse:
        """See the proto."""
        days = Days.given(request.from_day, request.to_day, now().date())
        await self._spending.save()
        return convert.usage_response(await report(self._database, days))

    async def _shown(self, profiles: Sequence[Profile]) -> list[pb.Profile]:
        await self._spending.save()
        spent = await self._spending.this_month()
        return [convert.profile_message(each, spent.get(each.id, 0.0)) for each in profiles]

    def _changed(self, saved: Profile, given: ProfileInput, named: frozenset[str]) -> Profile:
        fields = checked(
            overlaid(saved.fields, given, named - {"api_key", "is_active"}), saved.fields
        )
        url = fields.api_base_url
        if "api_base_url" in named:
            self._check_address(url)
        given_key = given.api_key or NO_KEY if "api_key" in named else None
        key = kept_or_new_key(saved, url, given_key)
        changed = replace(saved, fields=fields)
        if "is_active" in named:
            changed = replace(changed, is_active=bool(given.is_active))
        if key is not None:
            changed = replace(
                changed, sealed_api_key=self._keys.seal(key), masked_api_key=masked(key)
            )
        return changed

    def _trial_endpoint(self, saved: Profile | None, given: ProfileInput) -> Endpoint:
        named = {field for field in _TRIED_FIELDS if getattr(given, field) is not None}
        if saved is None:
            fields = checked(replace(given, name="trial"))
            key = checked_key(fields.api_base_url, given.api_key)
        else:
            fields = checked(overlaid(saved.fields, given, named), saved.fields)
            new_key = kept_or_new_key(saved, fields.api_base_url, given.api_key)
            key = self._saved_key(saved) if new_key is None else new_key
        if "api_base_url" in named:
            self._check_address(fields.api_base_url)
        return Endpoint(
            label="these settings" if saved is None else f"profile {fields.name!r}",
            base_url=fields.api_base_url,
            api_key=key,
            model_name=fields.model_name,
            system_prompt=fields.default_system_prompt,
        )

    def _saved_key(self, saved: Profile) -> SecretStr:
        try:
            return self._keys.open(saved.sealed_api_key, saved.fields.name)
        except KeyUnreadable as error:
            raise FailedPrecondition("AI_PROVIDER_FAILED", str(error)) from None

    def _check_address(self, url: BaseUrl) -> None:
        refusal = self._policy.literal_refusal(url.origin.host) if url.origin.host else None
        if refusal:
            raise InvalidArgument(
                "AI_PROVIDER_PROFILE_API_BASE_URL_INVALID", f"apiBaseUrl is not allowed: {refusal}"
            )
