"""What browsers get: the files below `web/`, under an address that changes when one does."""

from __future__ import annotations

import gzip
import hashlib
import re
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

    @property
    def styles(self) -> list[str]:
        """The style sheets, in the order in which they count."""
        return sorted(path for path in self.files if path.endswith(".css"))

    def modules(self, *entries: str) -> list[str]:
        """The modules that `entries` are, and all that these import, each once.

        A page that names them all has them loaded at once, not one after another is read. What a
        module imports later, by `import()`, is left out.
        """
        found: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found[path] = None
                waiting += self._imports(path)
        return list(found)

    def _imports(self, path: str) -> list[str]:
        folder = PurePosixPath(path).parent
        text = self.files[path].content.decode()
        return [_resolved(folder, named) for named in _IMPORT.findall(text)]


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
