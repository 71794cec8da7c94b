"""Object stores for tests, and short ways to use them."""

from minio import Minio

from services.assets.blobs.multipart import PART_BYTES
from services.assets.blobs.s3 import S3Blobs
from services.assets.blobs.store import CHUNK_BYTES, BlobStore
from tests.conftest import S3Server


def s3_blobs(server: S3Server, bucket: str) -> S3Blobs:
    """A store in a bucket that is still to be made."""
    return S3Blobs(
        server.endpoint,
        secure=False,
        access_key=server.access_key,
        secret_key=server.secret_key,
        bucket=bucket,
        region="us-east-1",
    )


def pattern(size: int) -> bytes:
    """Bytes that tell where they belong."""
    return b"".join(number.to_bytes(8, "big") for number in range(size // 8 + 1))[:size]


async def put(blobs: BlobStore, key: str, data: bytes) -> None:
    """Stores an object."""
    async with blobs.writing("image/png") as sink:
        sink.key = key
        for start in range(0, len(data), CHUNK_BYTES):
            await sink.write(data[start : start + CHUNK_BYTES])


async def read(blobs: BlobStore, key: str, offset: int = 0, length: int | None = None) -> bytes:
    """The bytes of an object, or some of them."""
    chunks = [chunk async for chunk in blobs.read(key, offset, length)]
    assert all(0 < len(chunk) <= CHUNK_BYTES for chunk in chunks)
    return b"".join(chunks)


def leave_parts(server: S3Server, bucket: str, key: str) -> None:
    """Leaves what a killed process leaves of a large object."""
    client = Minio(server.endpoint, server.access_key, server.secret_key, secure=False)
    upload_id = client._create_multipart_upload(bucket, key, {})
    client._upload_part(bucket, key, bytes(PART_BYTES), None, upload_id, 1)


async def keys(blobs: BlobStore) -> list[str]:
    """The keys of all objects."""
    return sorted([blob.key async for blob in blobs.objects()])
