"""The command line as a process, whatever it is given and whatever befalls it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

NEKOHUB = Path(sys.executable).with_name("nekohub")
INTERRUPTING = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in an empty folder, which modules are looked for in first."""
    return subprocess.run(
        [NEKOHUB, *arguments],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("pydantic", ["enrich", "."]),
        ("httpx", ["enrich", "."]),
        ("rich", ["enrich", "."]),
        ("pydantic", ["serve"]),
        ("pydantic", ["migrate"]),
        ("sqlalchemy", ["doctor"]),
    ],
)
def test_ctrl_c_while_modules_load_ends_a_command_quietly(
    tmp_path: Path, module: str, arguments: list[str]
) -> None:
    (tmp_path / f"{module}.py").write_text(INTERRUPTING)
    (tmp_path / "a.jpg").touch()
    ended = run(tmp_path, *arguments)
    assert (ended.returncode, ended.stdout) == (130, "")
    assert "Traceback" not in ended.stderr
