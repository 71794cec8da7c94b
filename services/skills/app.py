"""Puts the skills service together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from nekohub.assets.v1 import assets_pb2_grpc
from nekohub.providers.v1 import providers_pb2_grpc
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis import database, migrations
from services.chassis.channel import channel
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import Service
from services.settings import Settings, SettingsInvalid
from services.skills import engine
from services.skills.executions import Executions
from services.skills.registry import discovered
from services.skills.runner import StepRunner
from services.skills.servicer import SkillServicer
from services.skills.store import ExecutionStore
from services.skills.waiting import Waiting
from services.skills.work import Work

NAME = "skills"
FULL_NAME = "nekohub.skills.v1.SkillService"


@asynccontextmanager
async def assembled(settings: Settings, pixels: PixelPool) -> AsyncIterator[Service]:
    """Gives the skills service, ready to be served, and executes unless the concurrency is 0."""
    registry = discovered()
    if settings.default_skill not in registry.skills:
        raise SettingsInvalid(
            f"NEKOHUB_DEFAULT_SKILL={settings.default_skill!r} is not accepted: one of "
            f"{', '.join(sorted(registry.skills))}"
        )
    url = settings.database_url_of(NAME)
    await migrations.upgrade(url, NAME, "services.skills")
    token = settings.internal_token.get_secret_value()
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(database.opened(url, NAME))
        to_assets = await stack.enter_async_context(channel(settings.assets_address, token=token))
        to_providers = await stack.enter_async_context(
            channel(settings.providers_address, token=token)
        )
        assets = assets_pb2_grpc.AssetServiceStub(to_assets)
        providers = providers_pb2_grpc.ProviderServiceStub(to_providers)

        def workshop(asset_id: str, execution_id: str, step_name: str) -> Work:
            return Work(
                assets, providers, pixels, settings.max_pixels, asset_id, execution_id, step_name
            )

        store = ExecutionStore(opened)
        runner = StepRunner(registry, store, workshop, settings.step_timeout_seconds)
        waiting = Waiting(store)

        async def end(execution_id: str) -> None:
            await runner.end(execution_id)
            waiting.ended(execution_id)

        running = await stack.enter_async_context(
            engine.opened(
                settings.database_url_of("engine"),
                engine.Pipeline(runner.run, end),
                concurrency=settings.worker_concurrency,
            )
        )
        executions = Executions(registry, store, running, settings.default_skill)
        await executions.take_up()
        stopping = asyncio.Event()
        servicer = SkillServicer(executions, store, waiting, stopping)
        yield Service(
            name=NAME,
            full_name=FULL_NAME,
            register=lambda server: skills_pb2_grpc.add_SkillServiceServicer_to_server(
                servicer, server
            ),
            check=opened.check,
        )
