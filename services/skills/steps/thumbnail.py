"""A small rendition."""

from typing import Any

from services.skills.step import Asset, StepContext, StepResult, step


@step("thumbnail", description="Makes a thumbnail that fits 256 × 256 pixels.")
async def run(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    """Leaves the derivative `thumbnail_256`, WebP."""
    return await ctx.thumbnail()
