"""The steps in docs/writing-a-step.md do what the page says, as files and from another package."""

import importlib
import json
import re
import shutil
import sys
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nekohub.assets.v1 import assets_pb2
from nekohub.skills.v1 import skills_pb2, skills_pb2_grpc
from PIL import Image

import services
from services.chassis.channel import channel
from services.chassis.errors import InvalidArgument
from services.chassis.ids import new_id
from services.chassis.pixels.pool import PixelPool
from services.chassis.server import serving
from services.skills import app, steps
from services.skills.registry import discovered
from tests.contract.assets_hub import TOKEN, answered
from tests.contract.steps_hub import PROFILE, StepsHub, steps_hub
from tests.unit.pictures import encoded

if TYPE_CHECKING:
    from nekohub.skills.v1.skills_pb2_grpc import SkillServiceAsyncStub

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-step.md"
NAMES = ("grayscale", "mood")
FILES = [f"{name}.py" for name in NAMES]
NO_CACHE = shutil.ignore_patterns("__pycache__")
RED = (200, 40, 40)


def example(language: str, mark: str) -> str:
    """The code block of the page that holds a text."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    (found,) = [block for block in blocks if mark in block]
    return str(found)


def put_steps(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, file in zip(NAMES, FILES, strict=True):
        (folder / file).write_text(example("python", f'@step("{name}"'))


@contextmanager
def as_files(folder: Path) -> Iterator[str]:
    """Adds the steps to a copy of the repository; gives the package that they are in."""
    shutil.copytree(services.__path__[0], folder / "services", ignore=NO_CACHE)
    own = folder / "services" / "skills" / "steps"
    put_steps(own)
    with pytest.MonkeyPatch.context() as patch:
        # Decoder processes take the copy; this process takes nothing but the steps from it.
        patch.syspath_prepend(str(folder))
        patch.setattr(steps, "__path__", [str(own)])
        yield steps.__name__


@contextmanager
def as_package(folder: Path) -> Iterator[str]:
    """Installs a package with the steps; gives its name."""
    put_steps(folder / "my_steps")
    project = tomllib.loads(example("toml", "entry-points"))["project"]
    (point,) = project["entry-points"]["nekohub.steps"].items()
    assert point == ("grayscale", "my_steps.grayscale")
    about = folder / "my_steps-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-steps\nVersion: 1.0\n")
    entries = [f"{name} = my_steps.{name}" for name in NAMES]
    (about / "entry_points.txt").write_text("\n".join(["[nekohub.steps]", *entries]))
    own = folder / "own"
    # Somebody may be trying the page out in the repository itself.
    shutil.copytree(steps.__path__[0], own, ignore=shutil.ignore_patterns(*FILES))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setattr(steps, "__path__", [str(own)])
        yield "my_steps"


@dataclass(frozen=True)
class Hub:
    """Running services with the new steps."""

    steps: StepsHub
    skills: "SkillServiceAsyncStub"
    package: str

    async def run(self, skill: str, **parameters: Any) -> tuple[assets_pb2.Asset, Any]:
        """Uploads a red picture and runs a skill on it; gives both as they are then."""
        red = encoded(Image.new("RGB", (60, 40), RED), "PNG")
        item = await self.steps.assets.upload(red)
        request = skills_pb2.StartExecutionRequest(
            request_id=new_id(),
            asset_id=item.id,
            skill_name=skill,
            parameters_json=json.dumps(parameters),
        )
        execution_id = (await answered(self.skills.StartExecution(request))).execution.id
        waiting = skills_pb2.WaitExecutionRequest(execution_id=execution_id)
        ended = (await answered(self.skills.WaitExecution(waiting))).execution
        return await self.steps.assets.get(item.id), ended


@pytest.fixture(scope="module", params=[as_files, as_package])
async def hub(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Hub]:
    folder = tmp_path_factory.mktemp("hub")
    async with AsyncExitStack() as stack:
        package = stack.enter_context(request.param(tmp_path_factory.mktemp("steps")))
        forget(package)
        stack.callback(forget, package)
        pixels = await stack.enter_async_context(PixelPool(size=1))
        made = await stack.enter_async_context(steps_hub(folder, pixels))
        service = await stack.enter_async_context(app.assembled(made.assets.settings, pixels))
        address = await stack.enter_async_context(
            serving(service, f"unix:{folder}/real-skills.sock", token=TOKEN, grace_seconds=0)
        )
        dialled = await stack.enter_async_context(channel(address, token=TOKEN))
        yield Hub(made, skills_pb2_grpc.SkillServiceStub(dialled), package)


def forget(package: str) -> None:
    """Lets go of the modules, so that others can be found under their names."""
    for name in NAMES:
        sys.modules.pop(f"{package}.{name}", None)
        vars(importlib.import_module(package)).pop(name, None)


async def test_the_registry_finds_them(hub: Hub) -> None:
    found = discovered().steps
    assert {found[name].module for name in NAMES} == {f"{hub.package}.{name}" for name in NAMES}
    assert "caption" in found


async def test_each_is_listed_as_the_skill_of_its_name(hub: Hub) -> None:
    listed = (await hub.skills.ListSkills(skills_pb2.ListSkillsRequest())).skills
    by_name = {each.name: each for each in listed}
    assert by_name["grayscale"] == skills_pb2.Skill(
        name="grayscale",
        description="Takes the colours out of an image.",
        steps=["grayscale"],
        parameters=[
            skills_pb2.SkillParameter(
                name="strength",
                type="number",
                default_json="1.0",
                description="How much of the colours goes; 1 is all.",
                minimum=0,
                maximum=1,
            )
        ],
    )
    assert list(by_name["mood"].steps) == ["mood"]
    assert not by_name["mood"].parameters
    assert listed[0].name == "enrich"


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [({}, (88, 88, 88)), ({"Strength": 0}, RED), ({"strength": 1}, None)],
)
async def test_running_it_leaves_the_derivative(
    hub: Hub, parameters: dict[str, Any], expected: tuple[int, ...] | None
) -> None:
    asset, execution = await hub.run("grayscale", **parameters)

    assert execution.status == skills_pb2.EXECUTION_STATUS_SUCCEEDED
    (derivative,) = asset.derivatives
    assert (derivative.kind, derivative.content_type) == ("grayscale", "image/webp")
    assert (derivative.width, derivative.height) == (asset.width, asset.height)
    picture = await hub.steps.picture(asset.id, "grayscale")
    assert picture.getpixel((30, 20)) == pytest.approx(expected or (88, 88, 88), abs=6)


async def test_a_parameter_beyond_its_limits_is_refused_by_name(hub: Hub) -> None:
    with pytest.raises(InvalidArgument, match=r"^strength must be at most 1$") as refused:
        await hub.run("grayscale", strength=1.5)
    assert refused.value.reason == "SKILL_PARAMETERS_INVALID"


async def test_a_question_of_ones_own_is_answered(hub: Hub) -> None:
    asset, execution = await hub.run("mood")

    assert execution.status == skills_pb2.EXECUTION_STATUS_SUCCEEDED
    (result,) = asset.structured_results
    assert result.kind == "mood"
    assert json.loads(result.payload_json) == {"mood": "text", "certainty": "low"}
    (step,) = execution.steps
    assert (step.profile, step.usage.requests) == (PROFILE, 1)
