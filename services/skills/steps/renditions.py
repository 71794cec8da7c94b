"""The same picture at the widths that pages need."""

from typing import Any

from services.chassis.pixels.widths import at_widths
from services.skills.step import Asset, StepContext, StepResult, step

WIDTHS = (320, 640, 1280, 1920)


@step("renditions", description="Makes renditions that are 320, 640, 1280 and 1920 pixels wide.")
async def run(ctx: StepContext, asset: Asset, params: Any) -> StepResult:
    """Leaves the derivatives `w320`, `w640`, `w1280` and `w1920`, WebP, those narrower than it."""
    widths = [width for width in WIDTHS if width < asset.width]
    if not widths:
        return StepResult()
    return await ctx.render_all(at_widths, widest=max(widths), widths=widths)
