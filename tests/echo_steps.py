"""Steps of the tests' own, installed as a package beside the hub: they say what they were given."""

from pathlib import Path

MODULE = "nekohub_echo_steps"
_STEPS = '''
"""Steps that leave what they were told, or fail."""

from dataclasses import dataclass

from services.skills.parameters import limited
from services.skills.step import StepFailed, StepResult, StructuredResult, step


@dataclass(frozen=True)
class Params:
    """What a run may set."""

    said_text: str = limited("nothing", max_length=20)
    fails: bool = False


@step("echo", description="Leaves what it is told.", params=Params)
async def echo(ctx, asset, params):
    """Leaves the result `echo`."""
    if params.fails:
        raise StepFailed("it was told to fail")
    return StepResult(results=(StructuredResult("echo", {"text": params.said_text}),))


@step("answer", description="Answers an echo.", needs=("echo",))
async def answer(ctx, asset, params):
    """Leaves nothing."""
    return StepResult()
'''


def put(folder: Path) -> Path:
    """Writes the package; whoever has the folder on its path has the steps."""
    return put_package(folder, MODULE, _STEPS)


def put_package(folder: Path, module: str, source: str) -> Path:
    """Writes a package of steps, and gives the folder."""
    (folder / f"{module}.py").write_text(source.lstrip())
    about = folder / f"{module}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[nekohub.steps]\n{module} = {module}\n")
    return folder
