"""Keys that a hub makes for itself, once."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import SecretStr

from services.keys import found, is_kept, kept


def test_a_key_is_made_once(tmp_path: Path) -> None:
    made = kept(tmp_path, "secret-key")

    assert kept(tmp_path, "secret-key") == made
    assert len(made) >= 32
    assert made.isascii()
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_a_key_that_is_only_looked_for_is_not_made(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere", "secret-key") is None
    assert found(tmp_path, "secret-key") is None
    assert list(tmp_path.iterdir()) == []
    made = kept(tmp_path, "secret-key")
    assert found(tmp_path, "secret-key") == made


def test_every_name_and_every_folder_has_its_own(tmp_path: Path) -> None:
    made = {
        kept(tmp_path / folder, name)
        for folder in ("one", "two/deep")
        for name in ("secret-key", "api-key")
    }

    assert len(made) == 4


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    kept(tmp_path, "secret-key")

    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_key_that_somebody_wrote_is_taken(tmp_path: Path) -> None:
    (tmp_path / "api-key").write_text("  written by hand, for people \n")

    assert kept(tmp_path, "api-key") == "written by hand, for people"


def test_a_key_that_was_never_finished_is_made_anew(tmp_path: Path) -> None:
    """As after a power cut; in a container the next process even has the same number."""
    for left in (".secret-key", f".secret-key.{os.getpid()}"):
        (tmp_path / left).write_text("half a ke")

    made = kept(tmp_path, "secret-key")

    assert len(made) >= 32
    assert kept(tmp_path, "secret-key") == made


@pytest.mark.parametrize("_again", range(5))
def test_hubs_that_start_at_once_have_the_same_key(tmp_path: Path, _again: int) -> None:
    together = Barrier(8)

    def start(_number: int) -> str:
        together.wait()
        return kept(tmp_path, "secret-key")

    with ThreadPoolExecutor(8) as hubs:
        keys = set(hubs.map(start, range(8)))

    assert keys == {(tmp_path / "secret-key").read_text().strip()}


def test_a_key_in_use_is_known(tmp_path: Path) -> None:
    assert not is_kept(tmp_path, "api-key", ())
    made = SecretStr(kept(tmp_path, "api-key"))

    assert is_kept(tmp_path, "api-key", (SecretStr("other"), made))
    assert not is_kept(tmp_path, "api-key", (SecretStr("other"),))
