"""The README's commands work as printed."""

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from tests.e2e.hub_process import Hub, command, ended

ROOT = Path(__file__).parents[2]


def _commands() -> str:
    """Every shell command but those that set up: one script, as somebody would paste it."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    return "\n".join(block for block in blocks if "make demo" not in block)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_every_command_is_answered_with_data(hub: Hub, tmp_path: Path) -> None:
    script = (
        _commands()
        .replace("http://127.0.0.1:5121", hub.url)
        .replace("var/api-key", str(hub.folder / "api-key"))
        .replace("thumbnail.webp", str(tmp_path / "thumbnail.webp"))
        .replace("curl ", "curl -sS --fail-with-body -w '\\n' ")
    )
    shell = await asyncio.create_subprocess_exec(
        "bash", "-euc", script, cwd=ROOT, stdout=PIPE, stderr=STDOUT
    )
    output = (await shell.communicate())[0].decode()
    assert shell.returncode == 0, output
    lines = [line for line in output.splitlines() if line]
    events = [line for line in lines if re.match(r"(retry|id|event|data): ", line)]
    assert "event: done" in events
    answers = [line for line in lines if line not in events]
    # Two are read by the shell, one is a file, one is the events.
    assert len(answers) == script.count("curl -sS") - 4
    assert all(answer.startswith('{"data":') for answer in answers), output
    assert '"total":0' not in output
    assert (tmp_path / "thumbnail.webp").read_bytes()[8:12] == b"WEBP"


async def test_the_demo_prints_what_it_is_said_to_print(tmp_path: Path) -> None:
    shown = re.search(r"^```text\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert shown is not None
    demo = await command("demo", "--once", "--port", "0", folder=tmp_path / "demo")
    code, output = await ended(demo)
    assert code == 0
    assert shown[1] in output
    assert "does not know what a picture shows" in output


async def test_the_demo_with_models_names_a_cat_and_what_answered(tmp_path: Path) -> None:
    demo = await command(
        "demo", "--once", "--port", "0", folder=tmp_path / "demo", NEKOHUB_LOCAL_MODELS="on"
    )
    code, output = await ended(demo)
    assert code == 0
    assert "  tags       cat, landscape" in output
    assert "  engine     Built-in local engine (local+tags, local+tags+text)\n" in output
    assert "They describe nothing." in output
    assert "does not know what a picture shows" not in output
