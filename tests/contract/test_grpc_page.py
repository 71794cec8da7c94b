"""docs/grpc.md: its example runs as it is printed, and what it names is there."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from google.protobuf import descriptor_pool
from nekohub.accounts.v1 import accounts_pb2  # noqa: F401  (the pool knows what was imported)
from nekohub.assets.v1 import assets_pb2  # noqa: F401
from nekohub.providers.v1 import providers_pb2  # noqa: F401
from nekohub.skills.v1 import skills_pb2  # noqa: F401

from services.chassis.pixels.pool import PixelPool
from services.chassis.server import serving
from services.skills import app
from tests.contract.assets_hub import TOKEN
from tests.contract.steps_hub import StepsHub, steps_hub

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "grpc.md").read_text(encoding="utf-8")
CAT = ROOT / "services" / "samples" / "cat.jpg"


@dataclass(frozen=True)
class Example:
    """The page's script, and the running services that it calls."""

    script: Path
    hub: StepsHub
    skills_address: str

    async def run(self, path: Path, token: str = TOKEN) -> tuple[int, str, str]:
        """Its exit code, and what it printed and complained of."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            self.script,
            path,
            env=os.environ
            | {
                "NEKOHUB_INTERNAL_TOKEN": token,
                "NEKOHUB_ASSETS_ADDRESS": self.hub.assets.settings.assets_address,
                "NEKOHUB_SKILLS_ADDRESS": self.skills_address,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode(), errors.decode()


@pytest.fixture(scope="module")
async def example(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Example]:
    folder = tmp_path_factory.mktemp("hub")
    (script,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (folder / "example.py").write_text(script, encoding="utf-8")
    async with AsyncExitStack() as stack:
        pixels = await stack.enter_async_context(PixelPool(size=1))
        hub = await stack.enter_async_context(steps_hub(folder, pixels))
        service = await stack.enter_async_context(app.assembled(hub.assets.settings, pixels))
        address = await stack.enter_async_context(
            serving(service, f"unix:{folder}/real-skills.sock", token=TOKEN, grace_seconds=0)
        )
        yield Example(folder / "example.py", hub, address)


async def test_it_uploads_runs_and_reads(example: Example) -> None:
    code, output, errors = await example.run(CAT)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "stored image/jpeg 451 × 300",
        "step caption succeeded",
        "step alt-text succeeded",
        "step structured-metadata succeeded",
        'result caption {"caption": "A tabby cat sitting on a wooden floor."}',
        'result alt-text {"altText": "Tabby cat on a wooden floor."}',
        'result structured-metadata {"title": "Tabby cat", "tags": ["cat", "tabby", "indoors"], '
        '"objects": ["cat", "floor"], "colors": ["brown", "grey"], "scene": "indoors", "text": ""}',
    ]


async def test_it_tells_why_a_file_is_refused(example: Example, tmp_path: Path) -> None:
    (tmp_path / "poem.jpg").write_text("no picture\n" * 100_000)
    code, _, errors = await example.run(tmp_path / "poem.jpg")
    assert code == 1
    assert errors.startswith("refused: ASSET_CONTENT_TYPE_NOT_ALLOWED: ")


async def test_it_is_not_let_in_without_the_token(example: Example) -> None:
    code, _, errors = await example.run(CAT, token="wrong")
    assert code == 1
    assert errors.startswith("refused: INTERNAL_TOKEN_INVALID: ")


def test_a_method_that_is_named_is_there() -> None:
    pool = descriptor_pool.Default()
    named = re.findall(r"(nekohub\.\w+\.v1\.\w+)/(\w+)", PAGE)
    assert named
    for service, method in named:
        assert method in pool.FindServiceByName(service).methods_by_name
    for proto in re.findall(r"-proto (\S+)", PAGE):
        assert (ROOT / "protos" / proto).exists()
