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
from services.chassis.requests import forget_forever
from services.chassis.server import Service
from services.chassis.supervision import supervised
from services.settings import Settings, SettingsInvalid
from services.skills import engine
from services.skills.adoption import Adoption
from services.skills.engine import Engine
from services.skills.executions import Executions
from services.skills.executor import Executor
from services.skills.heartbeat import beating, take_over_forever
from services.skills.planning import Planner
from services.skills.registry import Registry, discovered
from services.skills.retention import retain
from services.skills.runner import Runner
from services.skills.servicer import SkillServicer
from services.skills.store import ExecutionStore
from services.skills.tables import request
from services.skills.waiting import Waiting
from services.skills.work import Tools
from services.skills.workflow_store import WorkflowStore

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

        tools = Tools(
            assets,
            providers,
            pixels,
            settings.max_pixels,
            settings.step_timeout_seconds,
            settings.default_language,
        )
        store = ExecutionStore(opened)
        waiting = Waiting(store)
        runner = Runner(registry, store, tools, waiting.changed)
        executor = Executor(runner.run, settings.worker_concurrency)
        running = await stack.enter_async_context(_executing(settings, opened, executor, registry))
        workflows = WorkflowStore(opened, Planner(registry).of_workflow)
        executions = Executions(
            registry, store, workflows, running, executor, settings.default_skill
        )
        for name, work in (
            ("submission", executions.take_up),
            ("watch over runs", partial(executor.watch, store.lost_claims)),
            ("memory of requests", partial(forget_forever, opened, request)),
            ("retention", partial(retain, store, running, settings.execution_retention_days)),
        ):
            await stack.enter_async_context(supervised(name, work))
        stopping = asyncio.Event()
        servicer = SkillServicer(executions, store, workflows, waiting, stopping, providers)
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
    settings: Settings, opened: Database, executor: Executor, registry: Registry
) -> AsyncIterator[Engine]:
    version = f"{engine.VERSION}-{registry.fingerprint}"
    url, concurrency = settings.database_url_of("engine"), settings.worker_concurrency
    if opened.dialect == "sqlite":
        async with engine.opened(
            url, executor, engine.EMBEDDED, version, concurrency=concurrency
        ) as running:
            # No other process executes, so what is of another version is nobody's.
            await running.adopt(await running.foreign(()), ())
            yield running
        return
    executor_id = engine.new_executor_id()
    if concurrency == 0:
        # It executes nothing, so there is nothing that it could take over.
        async with engine.opened(url, executor, executor_id, version, concurrency=0) as running:
            yield running
        return
    async with (
        beating(opened, executor_id, version) as pulse,
        engine.opened(url, executor, executor_id, version, concurrency=concurrency) as running,
        supervised(
            "takeover",
            partial(
                take_over_forever,
                opened,
                executor_id,
                pulse,
                running.take_over,
                Adoption(opened, registry, running).adopt,
                running.at_work,
            ),
        ),
    ):
        yield running
