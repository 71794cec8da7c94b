"""The assets service on a real socket, and a tiny skills service that can go away and come back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import grpc
from nekohub.assets.v1 import assets_pb2, assets_pb2_grpc
from nekohub.skills.v1 import skills_pb2, skills_pb2_grpc

from services.assets import app
from services.assets.blobs.store import BlobStore
from services.chassis.channel import channel
from services.chassis.client_stream import ClientStream, StreamEnded
from services.chassis.errors import InvalidArgument, NotFound
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import Service, serving
from services.chassis.status import from_rpc_error
from services.settings import Settings
from tests.conftest import S3Server
from tests.unit.pictures import encoded, gradient

T = TypeVar("T")

TOKEN = "internal-token-of-the-tests-0123456789"
MAX_UPLOAD_BYTES = 1_000_000
MAX_PIXELS = 1_000_000
CHUNK = 64 * 1024
PNG = encoded(gradient(37, 21), "PNG")


class Skills(skills_pb2_grpc.SkillServiceServicer):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.started: list[skills_pb2.StartExecutionRequest] = []
        self.deleted: list[str] = []
        self.forgotten: list[str] = []
        """Checksums of pictures that no asset has any more."""
        self.unknown = {"unknown"}
        """Skills that there are not."""
        self._told = asyncio.Condition()

    async def StartExecution(
        self, request: skills_pb2.StartExecutionRequest, context: Any
    ) -> skills_pb2.StartExecutionResponse:
        """Notes a start."""
        async with self._told:
            self.started.append(request)
            self._told.notify_all()
        if request.skill_name in self.unknown:
            raise NotFound("SKILL_NOT_FOUND", "no skill is named 'unknown'")
        if request.skill_name == "gone":
            raise NotFound("ASSET_NOT_FOUND", "the asset was deleted")
        if request.skill_name == "invalid":
            raise InvalidArgument("SKILL_PARAMETERS_INVALID", "no")
        return skills_pb2.StartExecutionResponse()

    async def DeleteAssetExecutions(
        self, request: skills_pb2.DeleteAssetExecutionsRequest, context: Any
    ) -> skills_pb2.DeleteAssetExecutionsResponse:
        """Notes a deletion."""
        async with self._told:
            self.deleted.append(request.asset_id)
            if request.picture_sha256:
                self.forgotten.append(request.picture_sha256)
            self._told.notify_all()
        return skills_pb2.DeleteAssetExecutionsResponse()

    async def told(self, asset_id: str) -> None:
        """Waits until it was told of an asset."""
        async with asyncio.timeout(20), self._told:
            await self._told.wait_for(
                lambda: (
                    asset_id in self.deleted
                    or any(request.asset_id == asset_id for request in self.started)
                )
            )


@dataclass
class AssetsHub:
    """What a test works with."""

    stub: "assets_pb2_grpc.AssetServiceAsyncStub"
    service: Service
    blobs: BlobStore
    settings: Settings
    skills: Skills = field(default_factory=Skills)
    _skills_running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start_skills(self) -> None:
        """Brings the skills service up at its address."""

        async def check() -> None:
            """It can always serve."""

        service = Service(
            name="skills",
            full_name="nekohub.skills.v1.SkillService",
            register=lambda server: skills_pb2_grpc.add_SkillServiceServicer_to_server(
                self.skills, server
            ),
            check=check,
        )
        await self._skills_running.enter_async_context(
            serving(service, self.settings.skills_address, token=TOKEN, grace_seconds=0)
        )

    async def stop_skills(self) -> None:
        """Takes the skills service away."""
        await self._skills_running.aclose()

    async def upload(
        self,
        data: bytes,
        *,
        name: str = "a.png",
        content_type: str = "image/png",
        commit: assets_pb2.UploadCommit | None = None,
    ) -> assets_pb2.Asset:
        """Uploads a file; raises the HubError that the service answers."""
        stream = self.upload_stream()
        try:
            await stream.write(start(name, content_type))
            for at in range(0, len(data), CHUNK):
                await stream.write(chunk(data[at : at + CHUNK]))
            await stream.write(
                assets_pb2.UploadAssetRequest(commit=commit or assets_pb2.UploadCommit())
            )
            await stream.finish()
        except StreamEnded:
            pass
        return await self.answer(stream)

    def upload_stream(
        self,
    ) -> ClientStream[assets_pb2.UploadAssetRequest, assets_pb2.UploadAssetResponse]:
        """Begins an upload that the test drives by itself."""
        return ClientStream(self.stub.UploadAsset())

    async def answer(
        self, stream: ClientStream[assets_pb2.UploadAssetRequest, assets_pb2.UploadAssetResponse]
    ) -> assets_pb2.Asset:
        """Returns what an upload is answered, or raises its HubError."""
        return (await answered(stream.answer())).asset

    async def write_until_refused(
        self,
        stream: ClientStream[assets_pb2.UploadAssetRequest, assets_pb2.UploadAssetResponse],
        request: assets_pb2.UploadAssetRequest,
    ) -> assets_pb2.Asset:
        """Repeats a message until the service ends the call."""
        try:
            while True:
                await stream.write(request)
        except StreamEnded:
            return await self.answer(stream)

    async def get(self, asset_id: str) -> assets_pb2.Asset:
        """Returns an asset."""
        request = assets_pb2.GetAssetRequest(asset_id=asset_id)
        return (await answered(self.stub.GetAsset(request))).asset

    async def put_derivative(
        self,
        asset_id: str,
        kind: str,
        data: bytes,
        content_type: str = "image/webp",
        *,
        size: tuple[int, int] = (5, 4),
        step: int = CHUNK,
    ) -> assets_pb2.Derivative:
        """Stores a derivative, sent in chunks of `step` bytes."""
        stream = ClientStream(self.stub.PutDerivative())
        opening = assets_pb2.DerivativeStart(
            asset_id=asset_id, kind=kind, content_type=content_type, width=size[0], height=size[1]
        )
        try:
            await stream.write(assets_pb2.PutDerivativeRequest(start=opening))
            for at in range(0, len(data), step):
                await stream.write(assets_pb2.PutDerivativeRequest(chunk=data[at : at + step]))
            await stream.finish()
        except StreamEnded:
            pass
        return (await answered(stream.answer())).derivative

    async def put_result(
        self, asset_id: str, kind: str, payload: str, **fields: Any
    ) -> assets_pb2.StructuredResult:
        """Stores a structured result."""
        request = assets_pb2.PutStructuredResultRequest(
            asset_id=asset_id, kind=kind, payload_json=payload, execution_id="e", **fields
        )
        return (await answered(self.stub.PutStructuredResult(request))).structured_result

    async def delete(self, asset_id: str) -> None:
        """Deletes an asset."""
        await answered(self.stub.DeleteAsset(assets_pb2.DeleteAssetRequest(asset_id=asset_id)))

    async def read(self, **request: Any) -> tuple[assets_pb2.ContentInfo, bytes]:
        """Reads content; returns what is said of it, and the bytes."""
        info, data = None, b""
        try:
            async for message in self.stub.ReadContent(assets_pb2.ReadContentRequest(**request)):
                if message.WhichOneof("part") == "info":
                    assert info is None
                    info = message.info
                else:
                    assert info is not None
                    data += message.chunk
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from error
        assert info is not None
        return info, data

    async def keys(self) -> list[str]:
        """The keys of all objects."""
        return sorted([blob.key async for blob in self.blobs.objects()])


def start(name: str = "a.png", content_type: str = "image/png") -> assets_pb2.UploadAssetRequest:
    """An upload's first message."""
    opening = assets_pb2.UploadStart(file_name=name, content_type=content_type)
    return assets_pb2.UploadAssetRequest(start=opening)


def chunk(data: bytes) -> assets_pb2.UploadAssetRequest:
    """A message with bytes of an upload."""
    return assets_pb2.UploadAssetRequest(chunk=data)


async def eventually(check: Callable[[], Awaitable[bool]]) -> None:
    """Asks again and again, for what the service does after it has answered or was hung up on."""
    async with asyncio.timeout(20):
        while not await check():
            await asyncio.sleep(0.02)


async def answered(call: Awaitable[T]) -> T:
    """Returns a call's answer or raises its HubError."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error) from error


@asynccontextmanager
async def assets_hub(settings: Settings, pixels: PixelPool) -> AsyncIterator[AssetsHub]:
    """Gives the whole service with its skills service up."""
    async with AsyncExitStack() as running:
        service = await running.enter_async_context(app.assembled(settings, pixels))
        address = await running.enter_async_context(
            serving(service, settings.assets_address, token=TOKEN, grace_seconds=0)
        )
        dialled = await running.enter_async_context(channel(address, token=TOKEN))
        blobs = await running.enter_async_context(app.object_store(settings))
        hub = AssetsHub(assets_pb2_grpc.AssetServiceStub(dialled), service, blobs, settings)
        running.push_async_callback(hub.stop_skills)
        await hub.start_skills()
        yield hub


def settings_for(
    database_url: str, folder: Path, s3: S3Server | None = None, bucket: str = ""
) -> Settings:
    """Settings of an assets service of its own: SQLite with a folder, or Postgres with S3."""
    storage: dict[str, Any] = {"storage": "local"}
    if s3 is not None:
        storage = {
            "storage": "s3",
            "s3_endpoint": s3.endpoint,
            "s3_secure": False,
            "s3_access_key": s3.access_key,
            "s3_secret_key": s3.secret_key,
            "s3_bucket": bucket,
        }
    return Settings(
        data_dir=folder,
        database_url=database_url if urlsplit(database_url).scheme == "postgresql" else None,
        assets_address=f"unix:{folder}/assets.sock",
        skills_address=f"unix:{folder}/skills.sock",
        internal_token=TOKEN,
        max_upload_bytes=MAX_UPLOAD_BYTES,
        max_pixels=MAX_PIXELS,
        **storage,
    )
