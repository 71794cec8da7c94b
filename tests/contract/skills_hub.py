"""The skills service on a real socket with its engine, and what is behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nekohub.skills.v1 import skills_pb2 as pb
from nekohub.skills.v1 import skills_pb2_grpc

from services.chassis.channel import channel
from services.chassis.ids import new_id
from services.chassis.server import serving
from services.settings import Settings
from services.skills import app
from tests.contract.assets_hub import PNG, TOKEN, answered
from tests.contract.steps_hub import StepsHub

if TYPE_CHECKING:
    from nekohub.skills.v1.skills_pb2_grpc import SkillServiceAsyncStub

CONCURRENCY = 2


@dataclass(frozen=True)
class SkillsHub:
    """The service, and what is behind it."""

    stub: "SkillServiceAsyncStub"
    behind: StepsHub

    async def upload(self) -> str:
        """A new asset's id."""
        return (await self.behind.assets.upload(PNG)).id

    async def start(self, asset_id: str, skill: str = "enrich", **fields: Any) -> pb.Execution:
        """Accepts a run."""
        request = pb.StartExecutionRequest(
            **{"request_id": new_id(), "skill_name": skill} | fields, asset_id=asset_id
        )
        return (await answered(self.stub.StartExecution(request))).execution

    async def wait(self, execution_id: str) -> pb.Execution:
        """Waits for a run's end."""
        request = pb.WaitExecutionRequest(execution_id=execution_id)
        return (await answered(self.stub.WaitExecution(request, timeout=60))).execution

    async def latest(self, asset_id: str) -> pb.Execution | None:
        """An asset's newest run."""
        request = pb.GetLatestExecutionRequest(asset_id=asset_id)
        found = await answered(self.stub.GetLatestExecution(request))
        return found.execution if found.HasField("execution") else None


def skills_settings(behind: StepsHub, database_url: str) -> Settings:
    """Settings of a service of its own, whose databases are empty."""
    update: dict[str, Any] = {"worker_concurrency": CONCURRENCY}
    if database_url.startswith("postgresql"):
        update["database_url"] = database_url
    else:
        update["data_dir"] = behind.assets.settings.data_dir / new_id()
    return behind.assets.settings.model_copy(update=update)


@asynccontextmanager
async def running_skills(settings: Settings, behind: StepsHub) -> AsyncIterator[SkillsHub]:
    """Serves, and executes."""
    listen = f"unix:{behind.assets.settings.data_dir}/{new_id()[-12:]}.sock"
    async with (
        # Opened first and closed last, so that callers see how the service stops.
        channel(listen, token=TOKEN) as dialled,
        app.assembled(settings, behind.pixels) as service,
        serving(service, listen, token=TOKEN, grace_seconds=1),
    ):
        await service.check()
        yield SkillsHub(skills_pb2_grpc.SkillServiceStub(dialled), behind)
