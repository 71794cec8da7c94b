"""Text in place of the picture."""

from services.skills.alt_text import faults, is_usable, keeps_enough, meant, mended
from services.skills.language import LanguageParams
from services.skills.prompts import AGAIN, ALT_TEXT, known_of, quoted
from services.skills.step import (
    Answer,
    Asset,
    StepContext,
    StepResult,
    StructuredResult,
    step,
)
from services.skills.unusable import unusable

SCHEMA = {
    "type": "object",
    "properties": {"altText": {"type": "string"}},
    "required": ["altText"],
    "additionalProperties": False,
}


@step(
    "alt-text",
    skill=None,
    description="Writes alt text for an image.",
    params=LanguageParams,
    after=("caption",),
)
async def run(ctx: StepContext, asset: Asset, params: LanguageParams) -> StepResult:
    """Leaves the result `alt-text` and offers it as the asset's alt text."""
    prompt = ALT_TEXT.rendered(
        language=params.language_or(ctx.language), known=known_of(asset, with_caption=True)
    )
    answer = await ctx.ask("alt-text", prompt, SCHEMA, version=ALT_TEXT.version)
    text = _text_of(answer)
    found = faults(text, asset.original_file_name)
    if found:
        again = AGAIN.rendered(question=prompt, answer=quoted(text), faults=", and ".join(found))
        answer = await ctx.ask("alt-text", again, SCHEMA, version=AGAIN.version)
        text = _usable(answer, asset.original_file_name)
    result = StructuredResult("alt-text", answer.output | {"altText": text}, alt_text=text)
    return StepResult(results=(result,), answer=answer)


def _usable(answer: Answer, file_name: str) -> str:
    """The alt text in an answer, mended if that helps. Raises AnswerUnusable."""
    text = _text_of(answer)
    # The first answer was not empty: a picture does not become an ornament by a second question.
    found = faults(text, file_name) if text else ["it is empty after one that was not"]
    if not found:
        return text
    better = mended(text)
    is_enough = keeps_enough(text, better)
    if not is_enough:
        found.append("too little of it is left without that")
    if not better or not is_enough or not is_usable(better, file_name):
        raise unusable(answer, "alt text", found)
    return better


def _text_of(answer: Answer) -> str:
    return meant(str(answer.output["altText"]))
