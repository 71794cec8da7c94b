"""What browsers get: the files below `web/`, under an address that changes when one does."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).with_name("web")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""The kinds of files there are."""

_FOR_ALL = re.compile(r"styles/\d\d-")
_LATER = re.compile(r"""\bimport\(["'](\.{1,2}/[^"']+)["']\)""")
_IMPORT = re.compile(
    r"""^(?:import|(?:import|export)\b[^"';]*\bfrom)\s*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE
)


@dataclass(frozen=True)
class File:
    """One file."""

    content: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes:
        """The content, compressed with gzip."""
        return gzip.compress(self.content, 9, mtime=0)

    @cached_property
    def digest(self) -> str:
        """Another one for other content."""
        return hashlib.sha256(self.content).hexdigest()[:32]


@dataclass(frozen=True, eq=False)
class Site:
    """All files, by their path below `web/`."""

    files: dict[str, File]

    @cached_property
    def version(self) -> str:
        """Another one if any file is another."""
        digest = hashlib.sha256()
        for path, file in sorted(self.files.items()):
            digest.update(f"{path}\n{file.digest}\n".encode())
        return digest.hexdigest()[:16]

    @cached_property
    def styles(self) -> list[str]:
        """The style sheets that every page has, in the order in which they count."""
        return sorted(path for path in self.files if _FOR_ALL.match(path))

    def styles_of(self, *entries: str) -> list[str]:
        """The style sheets beside these that modules have: a module's has its name.

        Those of what a module imports later, by `import()`, are among them.
        """
        names = {PurePosixPath(path).stem for path in self._reached(entries, with_later=True)}
        return [path for name in sorted(names) if (path := f"styles/{name}.css") in self.files]

    def modules(self, *entries: str) -> list[str]:
        """The modules that `entries` are, and all that these import, each once.

        A page that names them all has them loaded at once, not one after another is read. What a
        module imports later, by `import()`, is left out.
        """
        return self._reached(entries, with_later=False)

    def _reached(self, entries: Sequence[str], *, with_later: bool) -> list[str]:
        found: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = None
                waiting += self._imports(path, with_later=with_later)
        return list(found)

    def _imports(self, path: str, *, with_later: bool) -> list[str]:
        folder = PurePosixPath(path).parent
        text = self.files[path].content.decode()
        named = _IMPORT.findall(text) + (_LATER.findall(text) if with_later else [])
        return [_resolved(folder, each) for each in named]


@cache
def site() -> Site:
    """The files as they are when they are first asked for."""
    found = sorted(path for path in ROOT.rglob("*") if path.suffix in MEDIA_TYPES)
    return Site(
        {
            path.relative_to(ROOT).as_posix(): File(path.read_bytes(), MEDIA_TYPES[path.suffix])
            for path in found
        }
    )


def _resolved(folder: PurePosixPath, named: str) -> str:
    parts = list(folder.parts)
    for part in PurePosixPath(named).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
