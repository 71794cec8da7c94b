"""What is in the picture, as JSON."""

from services.skills.language import LanguageParams
from services.skills.prompts import METADATA, known_of
from services.skills.step import Asset, StepContext, StepResult, StructuredResult, step

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
SCHEMA = {
    "type": "object",
    "properties": {
        "title": _TEXT,
        "tags": _TEXTS,
        "objects": _TEXTS,
        "colors": _TEXTS,
        "scene": _TEXT,
        "text": _TEXT,
    },
    "required": ["title", "tags", "objects", "colors", "scene", "text"],
    "additionalProperties": False,
}


@step(
    "structured-metadata",
    skill=None,
    description="Extracts structured metadata from an image.",
    params=LanguageParams,
    after=("caption",),
)
async def run(ctx: StepContext, asset: Asset, params: LanguageParams) -> StepResult:
    """Leaves the result `structured-metadata`."""
    prompt = METADATA.rendered(
        language=params.language_or(ctx.language), known=known_of(asset, with_caption=True)
    )
    answer = await ctx.ask("structured-metadata", prompt, SCHEMA, version=METADATA.version)
    result = StructuredResult("structured-metadata", answer.output)
    return StepResult(results=(result,), answer=answer)
