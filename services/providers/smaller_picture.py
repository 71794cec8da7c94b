"""Smaller pictures, for endpoints that refuse the preview."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.chassis.pixels.errors import PictureError
from services.chassis.pixels.pool import PixelPool
from services.chassis.uninterrupted import uninterrupted
from services.chassis.workspace import temporary_folder
from services.providers.failures import ProviderRefused
from services.providers.scaling import scaled

SIDES = (1024, 768, 512)
"""Pixels of the longer side that are tried one after the other, once the preview was refused."""


@dataclass(frozen=True, slots=True)
class SmallerPicture:
    """A JPEG that was made of a larger one."""

    jpeg: bytes = field(repr=False)
    side: int
    """The most pixels that it may have on a side."""


async def smaller_picture(
    pool: PixelPool, jpeg: bytes, sides: Sequence[int]
) -> SmallerPicture | None:
    """The picture with the first of the sides that is less than its own; None if none is.

    Raises ProviderRefused when it cannot be decoded.
    """
    async with temporary_folder() as folder:
        given, made = folder / "given.jpg", folder / "made.jpg"
        await uninterrupted(asyncio.to_thread(given.write_bytes, jpeg))
        try:
            side = await pool.run(scaled, given, str(made), list(sides))
        except PictureError as error:
            raise ProviderRefused(f"the picture cannot be made smaller: {error}") from None
        if side is None:
            return None
        return SmallerPicture(await uninterrupted(asyncio.to_thread(made.read_bytes)), side)
