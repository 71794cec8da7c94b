"""The built-in engine with the models of the extra `local`, in the process they run in."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from nekohub.providers.v1 import providers_pb2 as pb
from PIL import Image

from services.chassis.pixels.errors import PictureUnreadable
from services.chassis.pixels.pool import PixelPool
from services.providers.local_engine.models import TAGS, TEXT, installed
from services.providers.word_picture import SIZE, word_jpeg
from tests.contract import local_sight
from tests.contract.providers_hub import ProvidersHub, failure, running

SAMPLES = Path("services/samples").resolve()
CAT, COFFEE = SAMPLES / "cat.jpg", SAMPLES / "coffee.jpg"
FACTS = pb.ImageFacts(width=600, height=400, format="JPEG")


@pytest.fixture(scope="module")
async def pool() -> AsyncIterator[PixelPool]:
    async with PixelPool(size=1) as pool:
        assert await pool.run(local_sight.is_cut_off, "")
        yield pool


def noise(size: tuple[int, int]) -> Image.Image:
    """The same noise each time."""
    count = 3 * size[0] * size[1]
    return Image.frombytes("RGB", size, random.Random(5).randbytes(count))


def words(*lines: str) -> Image.Image:
    """One below the other."""
    picture = Image.new("RGB", (SIZE[0], SIZE[1] * len(lines)))
    for place, line in enumerate(lines):
        picture.paste(Image.open(BytesIO(word_jpeg(line))), (0, SIZE[1] * place))
    return picture


@pytest.mark.parametrize(("path", "things"), [(CAT, ["cat"]), (COFFEE, ["espresso", "coffee"])])
async def test_photographs_are_named_and_no_text_is_made_up(
    pool: PixelPool, path: Path, things: list[str]
) -> None:
    found = await pool.run(local_sight.offline, path, is_read=True)

    assert found["sight"] == {"things": things, "text": "", "models": [TAGS, TEXT]}


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (400, 300), "grey"),
        noise((400, 300)),
        Image.radial_gradient("L").convert("RGB"),
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (1568, 1), "red"),
    ],
    ids=["grey", "noise", "gradient", "a dot", "a line"],
)
async def test_what_shows_nothing_is_called_nothing(
    pool: PixelPool, picture: Image.Image, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    picture.save(path)
    found = await pool.run(local_sight.offline, path, is_read=True)

    assert (found["sight"]["things"], found["sight"]["text"]) == ([], "")


async def test_text_is_read_from_top_to_bottom_as_far_as_is_allowed(
    pool: PixelPool, tmp_path: Path
) -> None:
    path = tmp_path / "words.png"
    words("lantern", "Zurich 42").save(path)
    found = await pool.run(local_sight.offline, path, is_read=True)
    part = await pool.run(local_sight.read_in_part, path, most=6)

    assert found["sight"]["text"] == "lantern\nZurich 42"
    assert part == "lantern"


async def test_text_is_not_read_unless_that_is_asked_for(pool: PixelPool, tmp_path: Path) -> None:
    path = tmp_path / "word.jpg"
    path.write_bytes(word_jpeg("lantern"))
    found = await pool.run(local_sight.offline, path, is_read=False)

    assert (found["sight"]["text"], found["sight"]["models"]) == ("", [TAGS])


async def test_a_broken_picture_is_refused_as_elsewhere(pool: PixelPool, tmp_path: Path) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(CAT.read_bytes()[:300])
    with pytest.raises(PictureUnreadable):
        await pool.run(local_sight.offline, path, is_read=True)


async def test_the_service_says_what_answered(tmp_path: Path) -> None:
    async with running(tmp_path, local_models=True) as hub:
        caption = await hub.describe(jpeg=CAT.read_bytes(), facts=FACTS)
        metadata = await _metadata(hub, COFFEE.read_bytes())
        read = await _metadata(hub, word_jpeg("lantern"))
        outcome = await hub.test(api_base_url="local://", model_name="local")
        refused = await failure(hub.describe(schema_name="my-question"))

    told = json.loads(caption.output_json)
    assert (told["engine"], told["models"], caption.model_name) == ("local", [TAGS], "local+tags")
    assert told["caption"].endswith(" Recognised: cat.")
    told = json.loads(metadata.output_json)
    assert (told["models"], metadata.model_name) == ([TAGS, TEXT], "local+tags+text")
    assert told["tags"][:3] == ["espresso", "coffee", "landscape"]
    assert (told["title"][:9], told["objects"], told["text"]) == ("Espresso:", ["espresso"], "")
    assert json.loads(read.output_json)["text"] == "lantern"
    # It does not answer what it is asked, so it is no model that sees.
    assert outcome.succeeded
    assert not outcome.can_see_images
    assert refused.reason == "AI_PROVIDER_FAILED"
    assert "needs a vision model" in refused.message


async def _metadata(hub: ProvidersHub, jpeg: bytes) -> pb.DescribeResponse:
    schema = json.dumps({"type": "object", "properties": {}})
    return await hub.describe(
        jpeg=jpeg, facts=FACTS, schema_name="structured-metadata", schema_json=schema
    )


ALONE = """
import asyncio, importlib.machinery, json, sys, tempfile
from pathlib import Path

HIDDEN = {hidden}


class Hiding(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name in HIDDEN else super().find_spec(name, path, target)


sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = Hiding
from tests.contract.providers_hub import running


async def main():
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), local_models=True) as hub:
            answer = await hub.describe(jpeg=Path(sys.argv[1]).read_bytes())
    loaded = sorted({{"numpy", "onnxruntime", "rapidocr"}} & sys.modules.keys())
    print(json.dumps([answer.model_name, json.loads(answer.output_json), loaded]))


asyncio.run(main())
"""


@pytest.mark.parametrize("hidden", [set(), {"rapidocr"}], ids=["with", "without"])
async def test_a_service_alone_loads_no_model_and_does_without_the_extra(hidden: set[str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ALONE.format(hidden=hidden or "()"), str(CAT), stdout=PIPE
    )
    output, _ = await process.communicate()
    model_name, answer, loaded = json.loads(output)

    assert loaded == []
    assert answer["engine"] == "local"
    assert (model_name, "models" in answer) == (
        ("local", False) if hidden else ("local+tags", True)
    )
    assert ("cat" in answer["caption"]) is not bool(hidden)


def test_the_extra_is_installed_for_these_tests() -> None:
    assert installed()
