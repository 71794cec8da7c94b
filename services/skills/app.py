"""Puts the skills service together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from nekohub.assets.v1 import assets_pb2_grpc
from nekohub.providers.v1 import providers_pb2_grpc
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis import database, migrations
from services.chassis.channel import channel
from services.chassis.database import Database
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import Service
from services.chassis.supervision import supervised
from services.settings import Settings, SettingsInvalid
from services.skills import engine
from services.skills.engine import Engine
from services.skills.executions import Executions
from services.skills.executor import Pipeline
from services.skills.heartbeat import beating, take_over_forever
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

        workshop = partial(
            Work, assets, providers, pixels, settings.max_pixels, settings.step_timeout_seconds
        )
        store = ExecutionStore(opened)
        runner = StepRunner(registry, store, workshop)
        waiting = Waiting(store)

        async def end(execution_id: str) -> None:
            await runner.end(execution_id)
            waiting.ended(execution_id)

        running = await stack.enter_async_context(
            _executing(settings, opened, Pipeline(runner.run, end))
        )
        executions = Executions(registry, store, running, settings.default_skill)
        await stack.enter_async_context(supervised("submission", executions.take_up))
        stopping = asyncio.Event()
        servicer = SkillServicer(executions, store, waiting, stopping)
        yield Service(
            name=NAME,
            full_name=FULL_NAME,
            register=lambda server: skills_pb2_grpc.add_SkillServiceServicer_to_server(
                servicer, server
            ),
            check=opened.check,
            stop=stopping.set,
        )


@asynccontextmanager
async def _executing(
    settings: Settings, opened: Database, pipeline: Pipeline
) -> AsyncIterator[Engine]:
    url, concurrency = settings.database_url_of("engine"), settings.worker_concurrency
    if opened.dialect == "sqlite":
        async with engine.opened(
            url, pipeline, engine.EMBEDDED, concurrency=concurrency
        ) as running:
            yield running
        return
    executor_id = engine.new_executor_id()
    async with AsyncExitStack() as stack:
        if concurrency:
            await stack.enter_async_context(beating(opened, executor_id))
        running = await stack.enter_async_context(
            engine.opened(url, pipeline, executor_id, concurrency=concurrency)
        )
        await stack.enter_async_context(
            supervised(
                "takeover", partial(take_over_forever, opened, executor_id, running.take_over)
            )
        )
        yield running
