"""A caption for people."""

from services.skills.language import LanguageParams
from services.skills.prompts import CAPTION, known_of
from services.skills.step import Asset, StepContext, StepResult, StructuredResult, step

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
    result = StructuredResult("caption", answer.output, description=answer.output["caption"])
    return StepResult(results=(result,), answer=answer)
