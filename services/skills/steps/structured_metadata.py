"""What is in the picture, as JSON."""

from typing import Any

from services.skills.language import LanguageParams
from services.skills.prompts import METADATA, known_of
from services.skills.step import Asset, StepContext, StepResult, StructuredResult, step
from services.skills.tags import tags_of, words_of
from services.skills.wrapping import unwrapped

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
    payload = {name: _value(name, value) for name, value in answer.output.items()}
    result = StructuredResult("structured-metadata", payload)
    return StepResult(results=(result,), answer=answer)


def _value(name: str, value: Any) -> Any:
    """A value without what a model wrote around it; what is copied from the picture stays."""
    if isinstance(value, list):
        # "#ff0000" is a colour.
        return words_of(value) if name == "colors" else tags_of(value)
    return unwrapped(value) if isinstance(value, str) and name != "text" else value
