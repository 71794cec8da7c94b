"""Puts the assets service together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from nekohub.assets.v1 import assets_pb2_grpc
from nekohub.skills.v1 import skills_pb2_grpc

from services.assets.blobs.local import LocalBlobs
from services.assets.blobs.store import BlobStore
from services.assets.content import Contents
from services.assets.deletion import Deletions
from services.assets.derivatives import Derivatives
from services.assets.outbox import MessageKind, Outbox
from services.assets.presets import Presets
from services.assets.relay import Relay
from services.assets.renditions import RenditionStore
from services.assets.servicer import AssetServicer
from services.assets.store import AssetStore
from services.assets.sweep import sweep_forever
from services.assets.tables import request
from services.assets.upload import UploadLimits, Uploads
from services.chassis import database, migrations
from services.chassis.channel import channel
from services.chassis.database import Database
from services.chassis.errors import StartRefused, Unavailable
from services.chassis.pixels.pool import PixelPool
from services.chassis.requests import forget_forever
from services.chassis.server import Service
from services.chassis.supervision import supervised
from services.settings import Settings

if TYPE_CHECKING:
    from services.assets.blobs.s3 import S3Blobs

NAME = "assets"
FULL_NAME = "nekohub.assets.v1.AssetService"


class ObjectStoreUnavailable(StartRefused):
    """The object store does not answer, or refuses us."""


@asynccontextmanager
async def assembled(settings: Settings, pixels: PixelPool) -> AsyncIterator[Service]:
    """Gives the assets service, ready to be served, with its background tasks running.

    The database is brought up to date and the bucket made, if need be.
    """
    url = settings.database_url_of(NAME)
    await migrations.upgrade(url, NAME, "services.assets")
    token = settings.internal_token.get_secret_value()
    async with (
        database.opened(url, NAME) as opened_database,
        object_store(settings) as blobs,
        channel(settings.skills_address, token=token) as skills_channel,
    ):
        store = AssetStore(opened_database)
        relay = Relay(
            Outbox(opened_database), blobs, skills_pb2_grpc.SkillServiceStub(skills_channel)
        )
        servicer = _servicer(settings, pixels, store, blobs, relay)
        async with AsyncExitStack() as work:
            for kind in MessageKind:
                await work.enter_async_context(
                    supervised(f"outbox relay of {kind}", partial(relay.run, kind))
                )
            await work.enter_async_context(
                supervised("object sweep", partial(sweep_forever, store, blobs))
            )
            await work.enter_async_context(
                supervised(
                    "forgetting of old requests", partial(forget_forever, opened_database, request)
                )
            )
            yield Service(
                name=NAME,
                full_name=FULL_NAME,
                register=lambda server: assets_pb2_grpc.add_AssetServiceServicer_to_server(
                    servicer, server
                ),
                check=lambda: _check(opened_database, blobs),
            )


@asynccontextmanager
async def object_store(settings: Settings) -> AsyncIterator[BlobStore]:
    """Gives the object store that the settings name, ready for use.

    Raises `ObjectStoreUnavailable`.
    """
    if settings.storage == "local":
        folder = local_store(settings)
        try:
            await folder.check()
        except OSError as error:
            raise ObjectStoreUnavailable(
                f"{error.filename} cannot be used: {error.strerror}; see NEKOHUB_DATA_DIR"
            ) from error
        yield folder
        return
    store = s3_store(settings)
    try:
        try:
            await store.open()
        except Unavailable as error:
            raise ObjectStoreUnavailable(
                f"the bucket {settings.s3_bucket!r} at {_s3_server(settings)[0]} cannot be used: "
                f"{str(error)[:200]}; see NEKOHUB_S3_ENDPOINT, _ACCESS_KEY, _SECRET_KEY, _BUCKET"
            ) from error
        yield store
    finally:
        store.close()


def local_store(settings: Settings) -> LocalBlobs:
    """The folder of objects, which need not be there."""
    return LocalBlobs(settings.data_dir / "objects")


def s3_store(settings: Settings) -> "S3Blobs":
    """The bucket of objects, to be closed; nothing is asked yet."""
    # A hub that keeps its objects in a folder starts without the client.
    from services.assets.blobs.s3 import S3Blobs

    endpoint, secure = _s3_server(settings)
    return S3Blobs(
        endpoint,
        secure=secure,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=settings.s3_bucket,
        region=settings.s3_region,
    )


def _s3_server(settings: Settings) -> tuple[str, bool]:
    """The server's host:port, and whether it is asked over TLS."""
    if "://" not in settings.s3_endpoint:
        return settings.s3_endpoint, settings.s3_secure
    parts = urlsplit(settings.s3_endpoint)
    return parts.netloc, parts.scheme == "https"


def _servicer(
    settings: Settings, pixels: PixelPool, store: AssetStore, blobs: BlobStore, relay: Relay
) -> AssetServicer:
    rows = RenditionStore(store)
    derivatives = Derivatives(store, rows, blobs)
    presets = Presets(store, rows, blobs, derivatives, pixels, settings.max_pixels)
    limits = UploadLimits(
        settings.max_upload_bytes, settings.max_pixels, settings.allowed_content_types
    )
    return AssetServicer(
        store=store,
        deletions=Deletions(store.database),
        rows=rows,
        blobs=blobs,
        uploads=Uploads(store, blobs, relay, limits),
        derivatives=derivatives,
        presets=presets,
        contents=Contents(store, blobs, presets),
        relay=relay,
    )


async def _check(opened_database: Database, blobs: BlobStore) -> None:
    await asyncio.gather(opened_database.check(), blobs.check())
