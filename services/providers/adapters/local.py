"""Answering with the built-in engine: no key, no network, no model."""

import asyncio

from services.chassis.pixels.errors import PictureError
from services.chassis.pixels.pool import PixelPool
from services.chassis.uninterrupted import uninterrupted
from services.chassis.workspace import temporary_folder
from services.providers.base_url import LOCAL
from services.providers.failures import NoVision, ProviderRefused
from services.providers.local_engine.analysis import Analysis, analysed
from services.providers.local_engine.drafts import SCHEMAS, draft
from services.providers.question import Answer, Question

MODEL_NAME = "local"


class LocalAdapter:
    """Drafts answers from what can be measured of a picture."""

    def __init__(self, pool: PixelPool) -> None:
        """Takes the processes that decode."""
        self._pool = pool

    async def aclose(self) -> None:
        """Holds nothing: the pool is its owner's."""

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
        analysis = await self._analysis(question.jpeg)
        return Answer(
            output=draft(question.schema_name, analysis, question.facts),
            model_name=MODEL_NAME,
            base_url=LOCAL,
            latency_ms=round(1000 * (asyncio.get_running_loop().time() - start)),
        )

    async def _analysis(self, jpeg: bytes) -> Analysis:
        async with temporary_folder() as folder:
            path = folder / "picture.jpg"
            await uninterrupted(asyncio.to_thread(path.write_bytes, jpeg))
            try:
                return Analysis.from_json(await self._pool.run(analysed, path))
            except PictureError as error:
                raise ProviderRefused(f"the picture cannot be analysed: {error}") from None
