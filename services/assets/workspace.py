"""Folders for files that are needed for a moment."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from services.assets.uninterrupted import uninterrupted


@asynccontextmanager
async def temporary_folder() -> AsyncIterator[Path]:
    """Gives an empty folder that is removed with all it holds at the end of the block."""
    folder = await uninterrupted(asyncio.to_thread(tempfile.mkdtemp, prefix="nekohub-"))
    try:
        yield Path(folder)
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))
