"""Every step of the registry, as an execution runs it. A new step needs no test of its own here."""

import random
import struct
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson
import pytest
from nekohub.assets.v1 import assets_pb2
from PIL import Image

from services.chassis.errors import NotFound
from services.chassis.pixels.pool import PixelPool
from services.skills.registry import discovered
from services.skills.step import StepFailed
from tests.contract.steps_hub import StepsHub, decoded, steps_hub
from tests.unit.pictures import animation, encoded, exif, gradient

STEPS = sorted(discovered().steps)
WIDTH, HEIGHT = 480, 360


@dataclass(frozen=True)
class Sample:
    """A picture as somebody uploads it."""

    data: bytes
    content_type: str
    size: tuple[int, int] = (WIDTH, HEIGHT)
    """As displayed."""


def see_through() -> Image.Image:
    """A picture whose left half is not there."""
    picture = gradient(WIDTH, HEIGHT, "RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, WIDTH // 2, HEIGHT))
    return picture


def with_bright_corner() -> Image.Image:
    """A dark picture whose top left corner is bright."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (30, 30, 30))
    picture.paste((250, 250, 200), (0, 0, WIDTH // 3, HEIGHT // 3))
    return picture


def jpeg(picture: Image.Image) -> Sample:
    return Sample(encoded(picture, "JPEG"), "image/jpeg", picture.size)


SAMPLES = {
    "jpeg": jpeg(gradient(WIDTH, HEIGHT)),
    "jpeg grey": jpeg(gradient(WIDTH, HEIGHT, "L")),
    "jpeg cmyk": jpeg(gradient(WIDTH, HEIGHT, "CMYK")),
    "jpeg on its side": Sample(
        encoded(gradient(WIDTH, HEIGHT), "JPEG", exif=exif(6)), "image/jpeg", (HEIGHT, WIDTH)
    ),
    "png transparent": Sample(encoded(see_through(), "PNG"), "image/png"),
    "png transparent palette": Sample(encoded(see_through().quantize(64), "PNG"), "image/png"),
    "png 16 bit": Sample(encoded(Image.new("I;16", (WIDTH, HEIGHT), 40_000), "PNG"), "image/png"),
    "png one bit": Sample(encoded(gradient(WIDTH, HEIGHT, "1"), "PNG"), "image/png"),
    "gif transparent": Sample(encoded(see_through(), "GIF"), "image/gif"),
    "gif animated": Sample(animation("GIF", 3, (WIDTH, HEIGHT)), "image/gif"),
    "webp transparent": Sample(encoded(see_through(), "WEBP"), "image/webp"),
    "webp animated": Sample(animation("WEBP", 3, (WIDTH, HEIGHT)), "image/webp"),
    "avif": Sample(encoded(gradient(WIDTH, HEIGHT), "AVIF"), "image/avif"),
    "avif transparent": Sample(encoded(see_through(), "AVIF"), "image/avif"),
    "one pixel": Sample(encoded(gradient(1, 1), "PNG"), "image/png", (1, 1)),
    "one line": Sample(encoded(gradient(1000, 1), "PNG"), "image/png", (1000, 1)),
}


def truncated_png() -> bytes:
    """A PNG whose pixels end in the middle, though every chunk of it is sound."""
    noise = random.Random(7).randbytes(3 * WIDTH * HEIGHT)
    whole = encoded(Image.frombytes("RGB", (WIDTH, HEIGHT), noise), "PNG")
    start = whole.index(b"IDAT")
    length = int.from_bytes(whole[start - 4 : start], "big")
    block = whole[start : start + 4 + length // 2]
    chunk = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
    return whole[: start - 4] + chunk + encoded(gradient(1, 1), "PNG")[-12:]


def overwritten_webp() -> bytes:
    """A WebP whose second half is not what its encoder wrote."""
    noise = random.Random(7).randbytes(3 * WIDTH * HEIGHT)
    whole = encoded(Image.frombytes("RGB", (WIDTH, HEIGHT), noise), "WEBP")
    return whole[: len(whole) // 2] + b"\xff" * (len(whole) - len(whole) // 2)


POISONS = {
    "truncated png": Sample(truncated_png(), "image/png"),
    "overwritten webp": Sample(overwritten_webp(), "image/webp"),
}


@pytest.fixture(scope="module")
async def hub(
    tmp_path_factory: pytest.TempPathFactory, pixels: PixelPool
) -> AsyncIterator[StepsHub]:
    async with steps_hub(tmp_path_factory.mktemp("steps"), pixels) as made:
        yield made


async def uploaded(hub: StepsHub, sample: Sample) -> assets_pb2.Asset:
    return await hub.assets.upload(sample.data, content_type=sample.content_type)


@pytest.mark.parametrize("step", STEPS)
async def test_a_second_run_leaves_what_the_first_one_left(hub: StepsHub, step: str) -> None:
    item = await uploaded(hub, jpeg(gradient(700, 500)))
    await hub.run(item.id, step, "e-1")
    first, objects = await hub.assets.get(item.id), await hub.objects(item.id)
    await hub.run(item.id, step, "e-2")
    second = await hub.assets.get(item.id)

    assert [*first.derivatives, *first.structured_results]
    assert [(each.kind, each.storage_key) for each in second.derivatives] == [
        (each.kind, each.storage_key) for each in first.derivatives
    ]
    assert [(each.kind, each.payload_json) for each in second.structured_results] == [
        (each.kind, each.payload_json) for each in first.structured_results
    ]
    assert {each.execution_id for each in second.structured_results} <= {"e-2"}
    assert await hub.objects(item.id) == objects


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
@pytest.mark.parametrize("step", STEPS)
async def test_every_picture_works(hub: StepsHub, step: str, sample: Sample) -> None:
    item = await uploaded(hub, sample)
    asked = len(hub.ai.requests)
    result = await hub.run(item.id, step)
    found = await hub.assets.get(item.id)

    assert {each.kind for each in found.derivatives} == {each.kind for each in result.derivatives}
    for derivative in found.derivatives:
        picture = await hub.picture(item.id, derivative.kind)
        assert picture.size == (derivative.width, derivative.height)
        assert Image.MIME[picture.format or ""] == derivative.content_type
    assert {each.kind for each in found.structured_results} == {
        each.kind for each in result.results
    }
    for each in found.structured_results:
        assert isinstance(orjson.loads(each.payload_json), dict)
    for request in hub.ai.requests[asked:]:
        (preview,) = map(decoded, request.images)
        assert (preview.format, preview.mode, preview.size) == ("JPEG", "RGB", sample.size)


@pytest.mark.parametrize("step", STEPS)
async def test_what_a_step_makes_and_shows_is_upright(hub: StepsHub, step: str) -> None:
    # Stored on its side: what is at the top left is seen at the top right.
    lying = encoded(with_bright_corner(), "JPEG", exif=exif(6, located=True), quality=95)
    item = await uploaded(hub, Sample(lying, "image/jpeg"))
    assert (item.width, item.height) == (HEIGHT, WIDTH)
    asked = len(hub.ai.requests)
    result = await hub.run(item.id, step)

    pictures = [decoded(image) for request in hub.ai.requests[asked:] for image in request.images]
    pictures += [await hub.picture(item.id, each.kind) for each in result.derivatives]
    assert pictures
    for picture in pictures:
        assert picture.width < picture.height
        assert not picture.getexif()
        grey = picture.convert("L")
        left, right, upper = picture.width // 10, picture.width * 9 // 10, picture.height // 10
        assert grey.getpixel((right, upper)) == pytest.approx(245, abs=30)
        assert grey.getpixel((left, upper)) == pytest.approx(30, abs=30)


@pytest.mark.parametrize("step", STEPS)
async def test_an_asset_that_is_gone_is_not_found(hub: StepsHub, step: str) -> None:
    item = await uploaded(hub, jpeg(gradient(700, 500)))
    work = hub.work(item.id, step)
    asset = await work.asset()
    await hub.assets.delete(item.id)

    run, params = hub.registry.steps[step].run, hub.registry.steps[step].params
    with pytest.raises(NotFound) as missing:
        await run(work, asset, params())
    assert missing.value.reason == "ASSET_NOT_FOUND"
    with pytest.raises(NotFound):
        await hub.work(item.id, step).asset()
    assert await hub.objects(item.id) == []


@pytest.mark.parametrize("step", STEPS)
async def test_an_asset_that_goes_meanwhile_gets_nothing(hub: StepsHub, step: str) -> None:
    item = await uploaded(hub, jpeg(gradient(700, 500)))
    work = hub.work(item.id, step)
    result = await hub.made(work, step)
    await hub.assets.delete(item.id)

    with pytest.raises(NotFound) as missing:
        await work.keep(result)
    assert missing.value.reason == "ASSET_NOT_FOUND"
    assert await hub.objects(item.id) == []


@pytest.mark.parametrize("poison", POISONS.values(), ids=list(POISONS))
@pytest.mark.parametrize("step", STEPS)
async def test_a_poisonous_picture_fails_the_step_readably(
    hub: StepsHub, step: str, poison: Sample
) -> None:
    item = await uploaded(hub, poison)
    with pytest.raises(StepFailed, match=r"^the picture cannot be decoded: [\w ()]+$"):
        await hub.run(item.id, step)

    assert await hub.assets.get(item.id) == item
    assert await hub.objects(item.id) == [item.storage_key]


async def test_the_thumbnail_fits(hub: StepsHub) -> None:
    for size, fitted in (((700, 500), (256, 183)), ((500, 700), (183, 256)), ((40, 30), (40, 30))):
        item = await uploaded(hub, jpeg(gradient(*size)))
        (derivative,) = (await hub.run(item.id, "thumbnail")).derivatives
        assert (derivative.kind, derivative.content_type) == ("thumbnail_256", "image/webp")
        assert (derivative.width, derivative.height) == fitted


async def test_the_thumbnail_of_16_bits_is_as_bright_as_the_picture(hub: StepsHub) -> None:
    item = await uploaded(hub, SAMPLES["png 16 bit"])
    await hub.run(item.id, "thumbnail")
    thumbnail = await hub.picture(item.id, "thumbnail_256")
    assert thumbnail.getpixel((100, 100)) == pytest.approx((156, 156, 156), abs=2)


@pytest.mark.parametrize("name", [name for name in SAMPLES if "transparent" in name])
async def test_the_thumbnail_stays_transparent(hub: StepsHub, name: str) -> None:
    item = await uploaded(hub, SAMPLES[name])
    await hub.run(item.id, "thumbnail")
    alpha = (await hub.picture(item.id, "thumbnail_256")).getchannel("A")
    assert alpha.getpixel((20, 100)) == 0
    assert alpha.getpixel((230, 100)) == 255
