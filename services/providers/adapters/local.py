"""Answering with the built-in engine: no key, no network."""

import asyncio
from dataclasses import dataclass

from services.chassis.pixels.errors import PictureError
from services.chassis.pixels.pool import PixelPool, cores
from services.chassis.uninterrupted import uninterrupted
from services.chassis.workspace import temporary_folder
from services.providers.base_url import LOCAL
from services.providers.failures import NoVision, ProviderRefused
from services.providers.local_engine.analysis import Analysis, analysed
from services.providers.local_engine.drafts import SCHEMAS, draft
from services.providers.local_engine.models import TAGS, TEXT
from services.providers.local_engine.sight import MOST_THREADS, Sight, seen
from services.providers.question import Answer, Question

MODEL_NAME = "local"


@dataclass(frozen=True, slots=True)
class Engine:
    """The processes that the built-in engine works in."""

    decoders: PixelPool
    """They measure."""
    models: PixelPool | None = None
    """One that has the models of the extra `local`, and measures as well; None without them."""


class LocalAdapter:
    """Drafts answers from what can be measured of a picture, and recognised if there are models."""

    def __init__(self, engine: Engine) -> None:
        """Takes where the work is done."""
        self._engine = engine

    async def aclose(self) -> None:
        """Holds nothing: the processes are their owner's."""

    async def describe(self, question: Question) -> Answer:
        """Drafts the answer to one of the questions of `enrich`.

        Raises NoVision for any other, and ProviderRefused when the picture cannot be decoded.
        """
        if question.schema_name not in SCHEMAS:
            raise NoVision(
                f"{question.schema_name!r} needs a vision model, which the built-in local engine "
                "is not: configure a provider at /ai-providers or through "
                "/api/v1/system/ai/providers and make it active"
            )
        start = asyncio.get_running_loop().time()
        analysis, sight = await self._looked(question)
        return Answer(
            output=draft(question.schema_name, analysis, question.facts, sight),
            model_name=_model_name(sight),
            base_url=LOCAL,
            latency_ms=round(1000 * (asyncio.get_running_loop().time() - start)),
        )

    async def _looked(self, question: Question) -> tuple[Analysis, Sight]:
        async with temporary_folder() as folder:
            path = folder / "picture.jpg"
            await uninterrupted(asyncio.to_thread(path.write_bytes, question.jpeg))
            try:
                if self._engine.models is None:
                    measured = await self._engine.decoders.run(analysed, path)
                    return Analysis.from_json(measured), Sight()
                # Reading takes ten times as long as the rest, and is asked for by one only.
                found = await self._engine.models.run(
                    seen,
                    path,
                    is_read=question.schema_name == "structured-metadata",
                    threads=min(cores(), MOST_THREADS),
                )
            except PictureError as error:
                raise ProviderRefused(f"the picture cannot be analysed: {error}") from None
        return Analysis.from_json(found["analysis"]), Sight.from_json(found["sight"])


def _model_name(sight: Sight) -> str:
    """What stands as the model of a step: "local+tags+text" says what helped."""
    helped = {TAGS: "tags", TEXT: "text"}
    return "+".join([MODEL_NAME, *(helped[model] for model in sight.models)])
