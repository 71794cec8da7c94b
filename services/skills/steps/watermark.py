"""A text over the picture."""

import unicodedata
from dataclasses import dataclass

from services.chassis.pixels.encoding import ENCODERS
from services.chassis.pixels.watermark import POSITIONS, drawable, watermarked
from services.skills.parameters import ParameterInvalid, limited
from services.skills.step import Asset, StepContext, StepResult, step

_UNWANTED = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters: controls, halves of characters, ends of lines and of paragraphs."""


@dataclass(frozen=True)
class Params:
    """What a run may set."""

    text: str = limited(
        "NekoHub", max_length=200, description="What to write, without control characters."
    )
    opacity: float = limited(
        0.5, minimum=0, maximum=1, description="0 is invisible, 1 hides what is below."
    )
    font_size: int = limited(
        36,
        minimum=8,
        maximum=512,
        description="Pixels of the original; less where the text would not fit.",
    )
    position: str = limited("BottomRight", choices=POSITIONS, description="Where the text is.")

    def __post_init__(self) -> None:
        """Refuses a text that cannot be written. Raises ParameterInvalid."""
        if any(unicodedata.category(letter) in _UNWANTED for letter in self.text):
            raise ParameterInvalid("text must have no control characters or line breaks")
        if not drawable(self.text).strip():
            raise ParameterInvalid("text must have something that can be seen")


@step("watermark", description="Writes a text over an image.", params=Params)
async def run(ctx: StepContext, asset: Asset, params: Params) -> StepResult:
    """Leaves the derivative `watermarked`, in the format of the original."""
    content_type = asset.content_type if asset.content_type in ENCODERS else "image/png"
    return await ctx.render(
        "watermarked",
        watermarked,
        content_type=content_type,
        text=params.text,
        opacity=params.opacity,
        font_size=params.font_size,
        position=params.position,
        solid=ENCODERS[content_type].has_palette,
    )
