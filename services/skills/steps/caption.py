"""A caption for people."""

from services.skills.language import LanguageParams
from services.skills.prompts import CAPTION, known_of
from services.skills.step import (
    AnswerUnusable,
    Asset,
    StepContext,
    StepResult,
    StructuredResult,
    step,
)
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
    if not caption:
        raise AnswerUnusable("the model's caption is empty; choose a more able model")
    payload = answer.output | {"caption": caption}
    result = StructuredResult("caption", payload, description=caption)
    return StepResult(results=(result,), answer=answer)
