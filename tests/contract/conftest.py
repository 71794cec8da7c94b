"""Fixtures of the tests that talk to whole services."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from minio import Minio

from services.chassis.pixels.pool import PixelPool
from services.settings import Settings
from tests.conftest import S3Server
from tests.contract.assets_hub import AssetsHub, assets_hub, settings_for


@pytest.fixture(scope="session")
async def pixels() -> AsyncIterator[PixelPool]:
    """One pixel pool for all tests."""
    async with PixelPool(size=2) as pool:
        yield pool


@pytest.fixture
def s3_bucket(s3: S3Server) -> Iterator[str]:
    """A name for a bucket, which is removed after the test: the server has room for few."""
    name = f"test-{uuid.uuid4().hex}"
    yield name
    client = Minio(s3.endpoint, s3.access_key, s3.secret_key, secure=False)
    if client.bucket_exists(name):
        for item in client.list_objects(name, recursive=True):
            client.remove_object(name, item.object_name or "")
        client.remove_bucket(name)


@pytest.fixture
def assets_settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Settings:
    """Settings of an assets service, once on SQLite and a folder, once on Postgres and S3."""
    if not database_url.startswith("postgresql"):
        return settings_for(database_url, tmp_path)
    s3, bucket = request.getfixturevalue("s3"), request.getfixturevalue("s3_bucket")
    return settings_for(database_url, tmp_path, s3, bucket)


@pytest.fixture
async def assets(assets_settings: Settings, pixels: PixelPool) -> AsyncIterator[AssetsHub]:
    """An assets service with those settings, and a skills service beside it."""
    async with assets_hub(assets_settings, pixels) as hub:
        yield hub
