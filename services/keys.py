"""Keys that an embedded hub makes for itself at its first start."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def kept(data_dir: Path, name: str) -> str:
    """The key in DATA_DIR/name, made if need be; only its owner may read the file."""
    path = data_dir / name
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{name}.{os.getpid()}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Another hub that starts here at the same moment may have been first.
        with suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
        return path.read_text(encoding="ascii").strip()
