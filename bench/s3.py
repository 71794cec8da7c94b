"""A real S3 server for the bench, from the wheel that the tests use too."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

ACCESS_KEY, SECRET_KEY = "bench-access", "bench-secret-key"
READY_SECONDS = 60.0


@asynccontextmanager
async def weed(folder: Path) -> AsyncIterator[str]:
    """SeaweedFS with everything in one process; gives the S3 endpoint as host:port."""
    folder.mkdir()
    # Each of its servers also listens for gRPC at its own port + 10000.
    port = random.randrange(20_000, 30_000)
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "weed"),
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={port}",
        f"-master.port={port + 1}",
        f"-volume.port={port + 2}",
        f"-filer.port={port + 3}",
        f"-admin.port={port + 4}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-webdav=false",
        "-admin.ui=false",
        "-master.telemetry=false",
        stdout=DEVNULL,
        stderr=DEVNULL,
        env=os.environ | {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY},
    )
    try:
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient() as client:
            while True:
                try:
                    # An unsigned request is refused as soon as there is somebody to refuse it.
                    if (await client.get(f"http://127.0.0.1:{port}/")).status_code == 403:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
