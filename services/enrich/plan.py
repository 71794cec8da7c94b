"""Which files a command is about."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.chassis.errors import StartRefused
from services.results import shown

SUFFIXES = {
    "image/jpeg": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/avif": (".avif",),
}
"""How the files of each picture type end, in lower case."""


class PathRefused(StartRefused):
    """A path leads to nothing that can be uploaded; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder that this user may not look into."""

    path: Path
    why: str


Item = Path | Unreadable


def planned(paths: Sequence[Path], content_types: Iterable[str]) -> list[Item]:
    """The files at these paths, each once: those named, and the pictures below the folders named.

    By whichever ways and links a file is found, the first path to it counts. Below a folder they
    are sorted by name. What is hidden is left out, and so is a folder that was entered before
    below the same one. Raises PathRefused for a path that does not exist, and for a
    folder without pictures.
    """
    suffixes = {suffix for each in content_types for suffix in SUFFIXES[each]}
    found: dict[str, Item] = {}
    for path in paths:
        if not _is_folder(path):
            found.setdefault(os.path.realpath(path), path)
            continue
        items = list(_pictures(path, suffixes))
        if not items:
            ends = ", ".join(sorted(suffixes))
            raise PathRefused(f"{shown(str(path))}: no pictures in this folder ({ends})")
        for item in items:
            place = item.path if isinstance(item, Unreadable) else item
            found.setdefault(os.path.realpath(place), item)
    return list(found.values())


def _is_folder(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        raise PathRefused(f"{shown(str(path))} does not exist") from None
    except OSError as error:
        raise PathRefused(f"{shown(str(path))} cannot be read: {error.strerror}") from None
    if path.is_dir():
        return True
    if not path.is_file():
        raise PathRefused(f"{shown(str(path))} is neither a file nor a folder")
    return False


def _pictures(top: Path, suffixes: set[str]) -> Iterator[Item]:
    # A list of what is still ahead, because folders may be nested deeper than calls.
    ahead = [top]
    entered: set[tuple[int, int]] = set()
    while ahead:
        path = ahead.pop()
        try:
            if path.is_dir():
                folder = path.stat()
                if (folder.st_dev, folder.st_ino) in entered:
                    continue
                entered.add((folder.st_dev, folder.st_ino))
                seen = [each for each in path.iterdir() if not each.name.startswith(".")]
                ahead += sorted(seen, reverse=True)
            elif path.suffix.lower() in suffixes and path.is_file():
                yield path
        except OSError as error:
            yield Unreadable(path, f"cannot be read: {error.strerror}")
