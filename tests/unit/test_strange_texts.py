"""All that reads texts of strangers takes a time that grows with their length alone."""

import subprocess
import sys
from pathlib import Path

from tests.unit import strange_texts

ROOT = Path(__file__).parents[2]


def test_what_is_repeated_without_end_takes_nobodys_time() -> None:
    command = [sys.executable, "-m", strange_texts.__name__]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    last = done.stdout.splitlines()[-1:]
    assert done.returncode == 0, f"it does not get over {last}:\n{done.stderr}"
    assert len(done.stdout.splitlines()) > len(list(strange_texts.texts()))
