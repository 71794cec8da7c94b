"""The provider service on a real socket."""

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb
from nekohub.providers.v1 import providers_pb2_grpc as pb_grpc

from services.chassis.channel import channel
from services.chassis.errors import HubError
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import serving
from services.chassis.status import from_rpc_error
from services.providers.app import assembled
from services.providers.retry import RetryPolicy
from services.providers.word_picture import word_jpeg
from services.settings import Settings

KEY = "sk-planted-0123456789"
TOKEN = "an internal token for the tests, long enough"
AT_ONCE = RetryPolicy(attempts=2, first_delay=0.0)
PICTURE = word_jpeg("cat")
CAPTION_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"caption": {"type": "string"}},
        "required": ["caption"],
        "additionalProperties": False,
    }
)


class ProvidersHub:
    """A running service and calls to it; failures come as the errors that were raised inside."""

    def __init__(self, stub: pb_grpc.ProviderServiceStub) -> None:
        self._stub = stub

    async def __call__(self, method: str, request: Any) -> Any:
        """Calls a method of the service."""
        try:
            return await getattr(self._stub, method)(request)
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None

    def called(self, method: str, request: Any) -> Any:
        """The call itself, with what comes beside its answer."""
        return getattr(self._stub, method)(request)

    async def create(self, **given: Any) -> pb.Profile:
        """Creates a profile, complete but for what is given."""
        response = await self("CreateProfile", pb.CreateProfileRequest(profile=profile(**given)))
        made: pb.Profile = response.profile
        return made

    async def update(self, profile_id: str, **given: Any) -> pb.Profile:
        """Changes the given fields; None clears."""
        present = {name: value for name, value in given.items() if value is not None}
        request = pb.UpdateProfileRequest(
            profile_id=profile_id,
            profile=pb.ProfileInput(**present),
            update_mask=FieldMask(paths=list(given)),
        )
        changed: pb.Profile = (await self("UpdateProfile", request)).profile
        return changed

    async def test(self, profile_id: str = "", **given: Any) -> pb.TestProfileResponse:
        """Tries settings out."""
        request = pb.TestProfileRequest(profile_id=profile_id, profile=pb.ProfileInput(**given))
        outcome: pb.TestProfileResponse = await self("TestProfile", request)
        return outcome

    async def describe(self, **changes: Any) -> pb.DescribeResponse:
        """Asks for a caption, complete but for the changes."""
        asked: dict[str, Any] = {
            "jpeg": PICTURE,
            "prompt": "Describe it.",
            "schema_name": "caption",
            "schema_json": CAPTION_SCHEMA,
        }
        request = pb.DescribeRequest(**(asked | changes))
        answer: pb.DescribeResponse = await self("Describe", request)
        return answer

    async def list(self) -> list[pb.Profile]:
        """Every profile."""
        return list((await self("ListProfiles", pb.ListProfilesRequest())).profiles)

    async def delete(self, profile_id: str) -> bool:
        """Deletes a profile and says whether it was active."""
        request = pb.DeleteProfileRequest(profile_id=profile_id)
        return bool((await self("DeleteProfile", request)).was_active)

    async def active(self) -> str | None:
        """The active profile's name."""
        response = await self("GetActiveProfile", pb.GetActiveProfileRequest())
        return response.profile.name if response.HasField("profile") else None


def profile(**given: Any) -> pb.ProfileInput:
    """A complete input but for what is given."""
    return pb.ProfileInput(
        **{
            "name": "OpenAI",
            "api_base_url": "https://api.example/v1",
            "api_key": KEY,
            "model_name": "m-1",
        }
        | given
    )


@asynccontextmanager
async def running(
    folder: Path, *, retries: RetryPolicy = AT_ONCE, **settings: Any
) -> AsyncIterator[ProvidersHub]:
    """Serves with a database in the folder, unless the settings name another."""
    usual: dict[str, Any] = {
        "secret_keys": ("secret-of-the-tests-0123456789abcdef",),
        "local_provider": True,
        "local_models": False,
        "provider_allow_hosts": ("loopback",),
    }
    made = Settings(data_dir=folder, **usual | settings)
    async with AsyncExitStack() as stack:
        pixels = await stack.enter_async_context(PixelPool(size=1))
        service = await stack.enter_async_context(assembled(made, pixels, retries=retries))
        address = await stack.enter_async_context(
            serving(service, f"unix:{folder}/providers.sock", token=TOKEN)
        )
        opened = await stack.enter_async_context(channel(address, token=TOKEN))
        await service.check()
        yield ProvidersHub(pb_grpc.ProviderServiceStub(opened))


async def failure(call: Awaitable[Any]) -> HubError:
    """The error that a call ends with."""
    with pytest.raises(HubError) as failed:
        await call
    assert KEY not in str(failed.value)
    return failed.value
