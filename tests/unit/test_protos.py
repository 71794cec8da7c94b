"""The protos' check fails for what would break a client, and for what is not up to standard."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROTOS = Path(__file__).parents[2] / "protos"
ASSETS = Path("nekohub/assets/v1/assets.proto")


def without(pattern: str) -> Callable[[str], str]:
    """Takes out what matches, which must be there once."""

    def change(text: str) -> str:
        changed, count = re.subn(pattern, "", text, flags=re.MULTILINE)
        assert count == 1
        return changed

    return change


def with_in_place(old: str, new: str) -> Callable[[str], str]:
    """Puts one text in another's place."""

    def change(text: str) -> str:
        assert text.count(old) == 1
        return text.replace(old, new)

    return change


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROTOS, tmp_path / "protos"))


def checked(folder: Path) -> tuple[int, str]:
    command = [sys.executable, str(folder / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_as_they_are_they_pass(copied: Path) -> None:
    assert checked(copied) == (0, "")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (without(r"^  string original_file_name = 3;\n"), "original_file_name"),
        (with_in_place("bool has_location = 16;", "bool has_location = 46;"), "has_location"),
        (with_in_place("bool has_location = 16;", "string has_location = 16;"), "has_location"),
        (without(r"^  rpc DeleteAsset\(.*\n"), "DeleteAsset"),
        (with_in_place("ASSET_STATUS_READY = 1;", "ASSET_STATUS_READY = 2;"), "AssetStatus"),
    ],
)
def test_what_breaks_a_client_fails(copied: Path, change: Callable[[str], str], found: str) -> None:
    path = copied / ASSETS
    path.write_text(change(path.read_text()))
    code, output = checked(copied)
    assert code == 1
    assert "buf breaking found fault" in output
    assert found in output


def test_a_field_without_a_comment_fails(copied: Path) -> None:
    path = copied / ASSETS
    path.write_text(
        without(r"^  // Whether its metadata holds a GPS position\.\n")(path.read_text())
    )
    code, output = checked(copied)
    assert code == 1
    assert "buf lint found fault" in output


def test_stubs_that_are_behind_fail(copied: Path) -> None:
    path = copied / ASSETS
    new = "bool has_location = 16;\n  // New.\n  bool is_new = 99;"
    path.write_text(with_in_place("bool has_location = 16;", new)(path.read_text()))
    code, output = checked(copied)
    assert code == 1
    assert "run 'make protos'" in output
