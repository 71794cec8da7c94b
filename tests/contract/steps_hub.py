"""What steps work with: assets and providers on real sockets, and a scripted endpoint."""

import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nekohub.assets.v1 import assets_pb2
from nekohub.providers.v1 import providers_pb2_grpc
from PIL import Image

from services.chassis.channel import channel
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import serving
from services.providers.app import assembled
from services.settings import Settings
from services.skills.picture import Picture
from services.skills.registry import Registry, discovered
from services.skills.step import StepResult
from services.skills.work import Tools, Work
from tests.contract.assets_hub import MAX_PIXELS, TOKEN, AssetsHub, assets_hub, settings_for
from tests.contract.providers_hub import AT_ONCE, ProvidersHub
from tests.fakes import FakeOpenAI, fake_openai

if TYPE_CHECKING:
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub

PROFILE = "OpenAI"
LOCAL = "Built-in local engine"


@dataclass(frozen=True)
class StepsHub:
    """Running services, and steps that are run as an execution runs them."""

    assets: AssetsHub
    providers: ProvidersHub
    ai: FakeOpenAI
    pixels: PixelPool
    registry: Registry
    asking: "ProviderServiceAsyncStub"

    def work(self, asset_id: str, step_name: str = "caption", execution_id: str = "e-1") -> Work:
        """A step's context."""
        tools = self.tools()
        picture = Picture(tools.assets, asset_id)
        return Work(tools, picture, execution_id, step_name, asks_anew=True)

    def tools(self, **others: Any) -> Tools:
        """What every step works with, but for others that are given."""
        given: dict[str, Any] = {
            "assets": self.assets.stub,
            "providers": self.asking,
            "pixels": self.pixels,
            "max_pixels": MAX_PIXELS,
            "timeout_seconds": 60.0,
            "language": "en",
        }
        return Tools(**given | others)

    async def run(
        self, asset_id: str, step_name: str, execution_id: str = "e-1", **parameters: Any
    ) -> StepResult:
        """Runs a step and keeps what it made."""
        work = self.work(asset_id, step_name, execution_id)
        result = await self.made(work, step_name, **parameters)
        await work.keep(result)
        return result

    async def made(self, work: Work, step_name: str, **parameters: Any) -> StepResult:
        """Runs a step and keeps nothing."""
        step = self.registry.steps[step_name]
        return await step.run(work, await work.asset(), step.params(**parameters))

    async def picture(self, asset_id: str, kind: str) -> Image.Image:
        """A derivative, decoded."""
        name = assets_pb2.DerivativeName(asset_id=asset_id, kind=kind)
        _, data = await self.assets.read(derivative=name)
        return decoded(data)

    async def objects(self, asset_id: str) -> list[str]:
        """The keys of the objects that belong to an asset."""
        return [key for key in await self.assets.keys() if asset_id in key]

    async def activate(self, name: str, *, is_active: bool = True) -> None:
        """Makes a profile the active one, or leaves none active."""
        (found,) = [each for each in await self.providers.list() if each.name == name]
        await self.providers.update(found.id, is_active=is_active)


def decoded(data: bytes) -> Image.Image:
    """A file's picture, pixels and all."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def provider_settings(settings: Settings, folder: Path) -> Settings:
    """The settings with what a providers service needs besides."""
    return settings.model_copy(
        update={
            "providers_address": f"unix:{folder}/providers.sock",
            "secret_keys": Settings(
                secret_keys=("secret-of-the-tests-0123456789abcdef",)
            ).secret_keys,
            "local_provider": True,
            "local_models": False,
            "provider_allow_hosts": ("loopback",),
        }
    )


@asynccontextmanager
async def steps_hub(folder: Path, pixels: PixelPool) -> AsyncIterator[StepsHub]:
    """Serves on SQLite and a folder; the active profile is that of the endpoint."""
    settings = provider_settings(settings_for("sqlite://", folder), folder)
    async with AsyncExitStack() as stack:
        assets = await stack.enter_async_context(assets_hub(settings, pixels))
        service = await stack.enter_async_context(assembled(settings, pixels, retries=AT_ONCE))
        address = await stack.enter_async_context(
            serving(service, settings.providers_address, token=TOKEN, grace_seconds=0)
        )
        dialled = await stack.enter_async_context(channel(address, token=TOKEN))
        asking = providers_pb2_grpc.ProviderServiceStub(dialled)
        providers = ProvidersHub(asking)
        ai = await stack.enter_async_context(fake_openai())
        await providers.create(name=PROFILE, api_base_url=ai.base_url)
        yield StepsHub(assets, providers, ai, pixels, discovered(), asking)
