"""The picture without what a camera or a program wrote beside it."""

from typing import Any

from services.skills.step import Asset, StepContext, StepResult, step


@step("exif-strip", description="Removes EXIF, GPS, XMP, IPTC and comments from an image.")
async def run(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    """Leaves the derivative `exif_stripped`, in the format of the original."""
    return await ctx.without_metadata("exif_stripped")
