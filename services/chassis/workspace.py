"""Folders for files that are needed for a moment."""

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.chassis.uninterrupted import uninterrupted


@asynccontextmanager
async def temporary_folder() -> AsyncIterator[Path]:
    """Gives an empty folder that is removed with all it holds at the end of the block."""
    # Named before it is made, so that a cancellation meanwhile leaves none.
    folder = Path(tempfile.gettempdir(), f"nekohub-{uuid.uuid4().hex}")
    try:
        await uninterrupted(asyncio.to_thread(folder.mkdir, mode=0o700))
        yield folder
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
