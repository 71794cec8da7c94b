"""Objects in a bucket of an S3 server."""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import ParamSpec, TypeVar

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import Object, Upload
from minio.error import MinioException, S3Error

from services.assets.blobs.connections import Connections
from services.assets.blobs.multipart import Buffers, S3Sink
from services.assets.blobs.store import (
    CHUNK_BYTES,
    UNFINISHED,
    Blob,
    BlobMissing,
    checked_key,
    is_key,
)
from services.chassis.errors import Unavailable
from services.chassis.uninterrupted import uninterrupted
from services.chassis.workspace import temporary_folder

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 16
"""Most requests under way at once."""
_CONNECT_SECONDS = 5
_READ_SECONDS = 60
_RETRIES = 2
_CHECK_CONNECT_SECONDS = 1
_CHECK_READ_SECONDS = 2.5
_LISTED_AT_ONCE = 1000
_MISSING = frozenset(("NoSuchKey", "NoSuchObject"))
_OURS_ALREADY = frozenset(("BucketAlreadyOwnedByYou", "BucketAlreadyExists"))
_log = logging.getLogger(__name__)


class S3Blobs:
    """A BlobStore in one bucket; see there for what the methods promise.

    The client blocks, so each of its requests runs in a thread of a small pool.
    """

    provider = "s3"

    def __init__(
        self,
        endpoint: str,
        *,
        secure: bool,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str,
    ) -> None:
        """`endpoint` is host:port. Nothing is sent before the first call."""

        def client(connections: Connections) -> Minio:
            return Minio(
                endpoint,
                access_key=access_key,
                secret_key=secret_key,
                secure=secure,
                region=region,
                http_client=connections,
            )

        self._connections = Connections(
            THREADS,
            connect_seconds=_CONNECT_SECONDS,
            read_seconds=_READ_SECONDS,
            retries=urllib3.Retry(
                _RETRIES, backoff_factor=0.1, status_forcelist=(500, 502, 503, 504)
            ),
        )
        self._client = client(self._connections)
        # A check must not wait in line behind those who wait for the same server.
        self._check_connections = Connections(
            1,
            connect_seconds=_CHECK_CONNECT_SECONDS,
            read_seconds=_CHECK_READ_SECONDS,
            retries=urllib3.Retry(0),
        )
        self._check_client = client(self._check_connections)
        self._check_thread = ThreadPoolExecutor(1, thread_name_prefix="s3-check")
        self._bucket = bucket
        self._region = region
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        self._buffers = Buffers()
        self._closed = False

    async def open(self) -> None:
        """Makes the bucket if there is none."""
        if not await self._call(self._client.bucket_exists, self._bucket):
            try:
                await self._call(self._client.make_bucket, self._bucket, self._region)
            except S3Error as error:
                # Another replica was faster.
                if error.code not in _OURS_ALREADY:
                    raise

    def close(self) -> None:
        """Ends the threads. Calls under way, which nobody should wait for by now, fail."""
        self._closed = True
        for connections in (self._connections, self._check_connections):
            connections.break_off()
        for threads in (self._threads, self._check_thread):
            threads.shutdown(wait=False)

    async def check(self) -> None:
        """Raises Unavailable when the bucket cannot be reached, within seconds."""
        self._require_open()
        with self._answering():
            if not await asyncio.get_running_loop().run_in_executor(
                self._check_thread, self._check_client.bucket_exists, self._bucket
            ):
                raise Unavailable("SERVICE_UNAVAILABLE", f"there is no bucket {self._bucket!r}")

    @asynccontextmanager
    async def writing(self, content_type: str) -> AsyncIterator[S3Sink]:
        """Sends small objects in one request and larger ones in parts as they come."""
        staged = f"{UNFINISHED}{uuid.uuid4().hex}"
        sink = S3Sink(self._client, self._bucket, content_type, staged, self._call, self._buffers)
        try:
            yield sink
            key = checked_key(sink.key)
            written = await uninterrupted(sink.commit())
            if written != key:
                await uninterrupted(self._move(written, key))
        except BaseException:
            await uninterrupted(sink.abort())
            raise
        finally:
            sink.release()

    async def read(
        self, key: str, offset: int = 0, length: int | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yields the bytes of an object. No thread is held between two chunks."""
        if length == 0:
            return
        response = await self._found(
            key, self._client.get_object, self._bucket, key, offset, length or 0
        )
        try:
            while chunk := await self._call(response.read, CHUNK_BYTES):
                yield chunk
        finally:
            response.close()
            response.release_conn()

    @asynccontextmanager
    async def file(self, key: str) -> AsyncIterator[Path]:
        """Gives a temporary copy."""
        async with temporary_folder() as folder:
            path = folder / "object"
            file = await asyncio.to_thread(path.open, "wb")
            try:
                async with aclosing(self.read(key)) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
            finally:
                file.close()
            yield path

    async def delete(self, key: str) -> None:
        """Removes an object."""
        try:
            await self._found(key, self._client.remove_object, self._bucket, key)
        except BlobMissing:
            return

    async def exists(self, key: str) -> bool:
        """Whether there is an object."""
        try:
            await self._found(key, self._client.stat_object, self._bucket, key)
        except BlobMissing:
            return False
        return True

    async def objects(self) -> AsyncIterator[Blob]:
        """Yields every object, a thousand a request."""
        listing = self._client.list_objects(self._bucket, recursive=True)
        while page := await self._call(_page, listing):
            for item in page:
                modified = item.last_modified or datetime.now(UTC)
                yield Blob(item.object_name or "", modified)

    async def now(self) -> datetime:
        """The server's time, to the second, as it dates a small object with it."""
        probe = f"{UNFINISHED}{uuid.uuid4().hex}"
        await self._call(self._client.put_object, self._bucket, probe, BytesIO(), 0)
        found = await self._call(self._client.stat_object, self._bucket, probe)
        await self.delete(probe)
        return found.last_modified or datetime.now(UTC)

    async def unfinished(self, begun_before: datetime) -> int:
        """Counts the objects with parts that nobody has completed, a thousand at most."""
        return len(await self._begun(begun_before))

    async def drop_unfinished(self, begun_before: datetime) -> int:
        """Drops the parts of objects that nobody has completed."""
        count = 0
        # Not all servers say where the next page begins; it moves up as uploads are dropped.
        while begun := await self._begun(begun_before):
            dropped = sum([await self._drop(upload) for upload in begun])
            count += dropped
            if not dropped:
                break
        return count

    async def _begun(self, before: datetime) -> list[Upload]:
        listed = await self._call(
            self._client._list_multipart_uploads, self._bucket, max_uploads=_LISTED_AT_ONCE
        )
        return [
            each for each in listed.uploads if each.initiated_time and each.initiated_time < before
        ]

    async def _drop(self, upload: Upload) -> bool:
        try:
            await self._call(
                self._client._abort_multipart_upload,
                self._bucket,
                upload.object_name,
                upload.upload_id or "",
            )
        except Unavailable as error:
            _log.warning("parts of %s are left behind: %s", upload.object_name, error)
            return False
        return True

    async def _move(self, staged: str, key: str) -> None:
        source = CopySource(self._bucket, staged)
        await self._call(self._client.copy_object, self._bucket, key, source)
        await self._call(self._client.remove_object, self._bucket, staged)

    async def _found(self, key: str, request: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        if not is_key(key):
            raise BlobMissing(key)
        try:
            return await self._call(request, *args, **kw)
        except S3Error as error:
            if error.code in _MISSING:
                raise BlobMissing(key) from error
            raise

    async def _call(self, request: Callable[P, T], *args: P.args, **kw: P.kwargs) -> T:
        """Runs a request in a thread; it ends even if the caller is cancelled."""

        def begun() -> T:
            # It may have waited for a thread.
            self._require_open()
            return request(*args, **kw)

        async def run() -> T:
            self._require_open()
            return await asyncio.get_running_loop().run_in_executor(self._threads, begun)

        with self._answering():
            return await uninterrupted(run())

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except S3Error as error:
            if error.code in _MISSING | _OURS_ALREADY:
                raise
            raise Unavailable(
                "SERVICE_UNAVAILABLE",
                f"the object storage refuses the request ({error.code})",
            ) from error
        except (urllib3.exceptions.HTTPError, MinioException) as error:
            raise Unavailable(
                "SERVICE_UNAVAILABLE",
                f"the object storage does not answer ({type(error).__name__}); try again later",
            ) from error

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("SERVICE_UNAVAILABLE", "the object storage is closed")


def _page(listing: Iterator[Object]) -> list[Object]:
    return list(islice(listing, _LISTED_AT_ONCE))
