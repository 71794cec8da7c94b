"""Keys that an embedded hub makes for itself at its first start."""

import fcntl
import os
import secrets
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

ADMIN_PASSWORD = "admin-password"  # noqa: S105 - a file's name
"""The file with the superAdmin's password, for as long as it has the one that was made for it."""


def kept(data_dir: Path, name: str) -> str:
    """The key in DATA_DIR/name, made if need be; only its owner may read the file."""
    path = data_dir / name
    data_dir.mkdir(parents=True, exist_ok=True)
    # Of two hubs that start at once one is refused later; until then it must not replace the key.
    with _locked(data_dir):
        try:
            return path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return _made(path)


def found(data_dir: Path, name: str) -> str | None:
    """The key in DATA_DIR/name; None if none was made yet."""
    try:
        return (data_dir / name).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def is_kept(data_dir: Path, name: str, used: Container[SecretStr]) -> bool:
    """Whether the key in DATA_DIR/name is among those in use."""
    path = data_dir / name
    return path.exists() and SecretStr(path.read_text(encoding="ascii").strip()) in used


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _made(path: Path) -> str:
    key = secrets.token_urlsafe(32)
    unfinished = path.with_name(f".{path.name}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return key
