"""The picture in another format."""

from dataclasses import dataclass

from PIL import Image

from services.skills.parameters import limited
from services.skills.step import Asset, StepContext, StepResult, step

TYPES = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tga": "image/x-tga",
    "tiff": "image/tiff",
}


@dataclass(frozen=True)
class Params:
    """What a run may set."""

    target_format: str = limited(
        "webp",
        choices=tuple(TYPES),
        aliases={"jpg": "jpeg", "tif": "tiff"},
        description="The format to write; jpg and tif are understood too.",
    )
    keep_original: bool = limited(
        True, description="Makes no difference: the original is always kept."
    )
    quality: int = limited(
        0,
        minimum=0,
        maximum=100,
        description="1 to 100, the more the better and larger, for WebP, AVIF and JPEG; "
        "0 stands for what suits the format: 80, 65 and 85.",
    )


def named(picture: Image.Image, *, kind: str) -> dict[str, Image.Image]:
    """The picture as it is."""
    return {kind: picture}


@step("format-convert", description="Converts an image to another format.", params=Params)
async def run(ctx: StepContext, asset: Asset, params: Params) -> StepResult:
    """Leaves the derivative `converted_<format>`."""
    return await ctx.render_all(
        named,
        content_type=TYPES[params.target_format],
        quality=params.quality or None,
        kind=f"converted_{params.target_format}",
    )
