"""A caption for people."""

from services.skills.captions import faults
from services.skills.language import LanguageParams
from services.skills.prompts import AGAIN, CAPTION, known_of, quoted
from services.skills.step import (
    Asset,
    StepContext,
    StepResult,
    StructuredResult,
    step,
)
from services.skills.unusable import unusable
from services.skills.wrapping import unwrapped

SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string", "minLength": 1}},
    "required": ["caption"],
    "additionalProperties": False,
}


@step(
    "caption",
    skill="ai-caption",
    description="Writes a caption for an image.",
    params=LanguageParams,
)
async def run(ctx: StepContext, asset: Asset, params: LanguageParams) -> StepResult:
    """Leaves the result `caption` and offers it as the asset's description."""
    prompt = CAPTION.rendered(language=params.language_or(ctx.language), known=known_of(asset))
    answer = await ctx.ask("caption", prompt, SCHEMA, version=CAPTION.version)
    caption = unwrapped(answer.output["caption"])
    if found := faults(caption, asset.original_file_name):
        again = AGAIN.rendered(question=prompt, answer=quoted(caption), faults=", and ".join(found))
        answer = await ctx.ask("caption", again, SCHEMA, version=AGAIN.version)
        caption = unwrapped(answer.output["caption"])
        if found := faults(caption, asset.original_file_name, asked_twice=True):
            raise unusable(answer, "caption", found)
    payload = answer.output | {"caption": caption}
    result = StructuredResult("caption", payload, description=caption)
    return StepResult(results=(result,), answer=answer)
