"""Endpoints that find a picture too large, and what was learnt of them going wrong."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from services.chassis.clock import now
from services.providers.base_url import BaseUrl
from services.providers.capabilities import Capabilities
from services.providers.dialect import AnswerFormat, Dialect, TokenField
from services.providers.failures import ProviderRefused
from services.providers.memory import Memory
from services.providers.word_picture import word_jpeg
from tests.contract.providers_asking import CAPTION, QUESTION, adapter
from tests.fakes import Asked, FakeOpenAI, Scripted, completion, fake_openai

LARGE = replace(QUESTION, jpeg=word_jpeg("cat"))


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


def jpeg_of(size: tuple[int, int]) -> bytes:
    file = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(file, "JPEG", exif=_exif())
    return file.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "a maker"
    return exif


def sides(ai: FakeOpenAI) -> list[int]:
    """The longer side of each picture that was sent."""
    return [max(Image.open(BytesIO(asked.images[0])).size) for asked in ai.requests]


def at_most(side: int, refusal: Scripted) -> Callable[[Asked], Scripted | None]:
    def told(asked: Asked) -> Scripted | None:
        return refusal if max(Image.open(BytesIO(asked.images[0])).size) > side else None

    return told


async def memory_of(base_url: str, known: Dialect | None = None) -> Memory:
    memory = Memory(BaseUrl.parse(base_url), "m-1")
    if known is not None:
        await memory.keep(Capabilities(known, can_see_images=True, learn_time=now()))
    return memory


@pytest.mark.parametrize(
    "refusal",
    [
        Scripted(413, "<html>Request Entity Too Large</html>"),
        Scripted(400, {"error": {"message": "image exceeds 5 MB maximum: 6 > 5"}}),
        Scripted(422, {"detail": [{"loc": ["body", "image"], "msg": "too many pixels"}]}),
        Scripted(500, {"error": "the image dimensions are not supported"}),
        Scripted(200, {"error": {"message": "Image too large", "code": "image_too_large"}}),
        Scripted(400, {"error": {"message": "exceeds the available context size"}}),
        Scripted(500, {"error": {"message": "prompt is too long: 9000 tokens"}}),
    ],
)
async def test_a_picture_that_is_too_large_is_sent_smaller(
    ai: FakeOpenAI, refusal: Scripted
) -> None:
    ai.refusal = at_most(800, refusal)
    memory = await memory_of(ai.base_url)
    async with adapter(ai.base_url, memory=memory) as made:
        first = await made.describe(LARGE)
        ai.requests, before = [], ai.requests
        await made.describe(LARGE)
        small = replace(LARGE, jpeg=jpeg_of((600, 400)))
        await made.describe(small)

    assert first.output == CAPTION
    assert first.requests == 3
    keys = [asked.headers["idempotency-key"] for asked in before]
    assert len({*keys}) == 3
    assert sides(ai) == [768, 600]
    assert ai.requests[1].images == [small.jpeg]
    assert memory.known is not None
    assert memory.known.dialect.image_side == 768
    assert memory.known.can_see_images is None


async def test_each_smaller_picture_is_made_of_the_whole_one(ai: FakeOpenAI) -> None:
    given = jpeg_of((900, 1400))
    ai.refusal = at_most(512, Scripted(413))
    async with adapter(ai.base_url) as made:
        await made.describe(replace(LARGE, jpeg=given))

    assert sides(ai) == [1400, 1024, 768, 512]
    last = Image.open(BytesIO(ai.requests[-1].images[0]))
    assert (last.format, last.mode, last.size) == ("JPEG", "RGB", (329, 512))
    assert not last.getexif()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Scripted(413), "(HTTP 413); give profile 'x' a larger limit, or a model other"),
        (
            Scripted(400, {"error": "context length exceeded"}),
            "context length exceeded; give profile 'x' a larger context, or shorten its prompt",
        ),
    ],
)
async def test_below_512_pixels_nothing_is_sent(
    ai: FakeOpenAI, reply: Scripted, words: str
) -> None:
    ai.refusal = at_most(1, reply)
    memory = await memory_of(ai.base_url)
    async with adapter(ai.base_url, memory=memory) as made:
        for size, expected in (
            ((1568, 1000), [1568, 1024, 768, 512]),
            ((700, 600), [700, 512]),
            ((512, 512), [512]),
            ((40, 20), [40]),
        ):
            ai.requests.clear()
            with pytest.raises(ProviderRefused, match="at most 512 pixels a side") as refused:
                await made.describe(replace(LARGE, jpeg=jpeg_of(size)))
            assert words in str(refused.value)
            assert sides(ai) == expected
            assert refused.value.usage.requests == len(expected)

    assert memory.known is None


async def test_a_picture_that_is_no_picture_cannot_be_made_smaller(ai: FakeOpenAI) -> None:
    ai.script(Scripted(413))
    async with adapter(ai.base_url) as made:
        with pytest.raises(ProviderRefused, match="the picture cannot be made smaller"):
            await made.describe(QUESTION)


async def test_an_answer_that_may_not_be_so_long_costs_no_pixels(ai: FakeOpenAI) -> None:
    message = "'max_tokens' is too large: 2048. The model's maximum context length is 2048 tokens"
    ai.refusal = lambda asked: (
        Scripted(400, {"error": message}) if "max_tokens" in asked.body else None
    )
    async with adapter(ai.base_url) as made:
        await made.describe(LARGE)

    assert sides(ai) == [1568, 1568]


async def test_a_model_that_takes_no_pictures_is_remembered_as_blind_until_it_answers(
    ai: FakeOpenAI,
) -> None:
    memory = await memory_of(ai.base_url)
    ai.script(Scripted(500, {"error": {"message": "image input is not supported"}}))
    async with adapter(ai.base_url, memory=memory) as made:
        with pytest.raises(ProviderRefused, match="does not accept images"):
            await made.describe(LARGE)
        assert memory.known is not None
        assert memory.known.can_see_images is False
        await made.describe(LARGE)

    assert memory.known.can_see_images is None
    assert sides(ai) == [1568, 1568]


FORMER = Dialect(BaseUrl.parse("http://x/v1"), AnswerFormat.PROMPT, TokenField.NONE, 512)


@pytest.mark.parametrize(
    ("former", "refusal"),
    [
        (FORMER, "max_tokens: field required"),
        (FORMER, "response_format is required"),
        (replace(FORMER, token_field=TokenField.MAX_TOKENS), "response_format: not text"),
    ],
)
async def test_what_was_learnt_and_is_wrong_now_is_forgotten(
    ai: FakeOpenAI, former: Dialect, refusal: str
) -> None:
    known = replace(former, base_url=BaseUrl.parse(ai.base_url))
    memory = await memory_of(ai.base_url, known)

    def upgraded(asked: Asked) -> Scripted | None:
        is_new = {"response_format", "max_tokens"} <= asked.body.keys()
        return None if is_new else Scripted(400, {"error": refusal})

    ai.refusal = upgraded
    async with adapter(ai.base_url, memory=memory) as made:
        assert (await made.describe(LARGE)).output == CAPTION
        asked = len(ai.requests)
        await made.describe(LARGE)

    assert sides(ai)[0] == 512
    assert sides(ai)[asked - 1 :] == [1568, 1568]
    assert memory.known is not None
    assert memory.known.dialect == Dialect(BaseUrl.parse(ai.base_url))
    assert memory.known.can_see_images is True


async def test_an_address_that_is_gone_is_looked_for_again(ai: FakeOpenAI) -> None:
    root = BaseUrl.parse(ai.base_url.removesuffix("/v1"))
    memory = await memory_of(root.text, Dialect(root.versioned()))

    def moved(asked: Asked) -> Scripted:
        return Scripted(404) if asked.path.startswith("/v1") else Scripted(body=completion(CAPTION))

    ai.refusal = moved
    async with adapter(root.text, memory=memory) as made:
        assert (await made.describe(LARGE)).output == CAPTION

    paths = [asked.path for asked in ai.requests]
    assert paths == ["/v1/chat/completions", "/chat/completions"]
    assert memory.known is not None
    assert memory.known.dialect.base_url == root


async def test_what_no_dialect_helps_is_tried_from_the_beginning_once(ai: FakeOpenAI) -> None:
    root = BaseUrl.parse(ai.base_url.removesuffix("/v1"))
    known = Dialect(root.versioned(), AnswerFormat.JSON_OBJECT)
    memory = await memory_of(root.text, known)
    ai.refusal = lambda asked: Scripted(404, {"error": "no such model"})
    async with adapter(root.text, memory=memory) as made:
        with pytest.raises(ProviderRefused, match="no such model"):
            await made.describe(LARGE)
        paths = [asked.path for asked in ai.requests]
        assert paths == ["/v1/chat/completions", "/chat/completions", "/v1/chat/completions"]
        ai.requests.clear()
        with pytest.raises(ProviderRefused, match="no such model"):
            await made.describe(LARGE)

    assert len(ai.requests) == 2
    assert memory.known is not None
    assert memory.known.dialect == known


async def test_what_turns_out_as_remembered_is_remembered_again(ai: FakeOpenAI) -> None:
    known = Dialect(BaseUrl.parse(ai.base_url), AnswerFormat.PROMPT)
    memory = await memory_of(ai.base_url, known)
    kept = memory.known
    odd = Scripted(400, {"error": "response_format is odd"})
    ai.script(odd, odd, odd)
    async with adapter(ai.base_url, memory=memory) as made:
        assert (await made.describe(LARGE)).requests == 4
        assert (await made.describe(LARGE)).requests == 1
        ai.script(*[odd] * 4)
        with pytest.raises(ProviderRefused, match="response_format is odd") as refused:
            await made.describe(LARGE)

    assert refused.value.usage.requests == 4
    assert memory.known is kept


async def test_a_remembered_dialect_is_stepped_down_from(ai: FakeOpenAI) -> None:
    known = Dialect(BaseUrl.parse(ai.base_url), AnswerFormat.JSON_OBJECT, image_side=1024)
    memory = await memory_of(ai.base_url, known)
    ai.script(Scripted(400, {"error": "response_format is odd"}), Scripted(413))
    async with adapter(ai.base_url, memory=memory) as made:
        await made.describe(LARGE)

    assert memory.known is not None
    lower = replace(known, answer_format=AnswerFormat.PROMPT, image_side=768)
    assert memory.known.dialect == lower
    assert sides(ai) == [1024, 1024, 768]
