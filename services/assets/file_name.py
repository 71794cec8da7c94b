"""Names that clients give to files."""

import re
import unicodedata
from pathlib import PurePosixPath

from services.assets.model import extension_of
from services.chassis.errors import InvalidArgument
from services.chassis.normal_form import normalized

FILE_NAME_BYTES = 255
"""Longest file name, in UTF-8."""
_SUFFIX_BYTES = 16
# Among the format characters (Cf) are marks that make a name read otherwise than it is, and many
# that nobody sees.
_CONTROLS = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Emoji and some scripts are written with them.
_JOINERS = frozenset("\u200c\u200d")
# Beside joiners: selectors of a variant, and letters without ink.
_WITHOUT_INK = re.compile(
    "[\\s\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]*"
)


def cleaned(name: str) -> str:
    """Returns a file name made safe to show and to save under; "" if nothing is left.

    Of a path only the last part is kept. Control and format characters go, and what is over 255
    bytes, before the suffix.
    """
    seen = "".join(
        letter
        for letter in normalized(name)
        if letter in _JOINERS or unicodedata.category(letter) not in _CONTROLS
    )
    parts = (part.strip() for part in re.split(r"[/\\]", seen))
    kept = [part for part in parts if part not in (".", "..") and not _WITHOUT_INK.fullmatch(part)]
    return _shortened(kept[-1]) if kept else ""


def _shortened(name: str) -> str:
    if len(name.encode()) <= FILE_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _SUFFIX_BYTES:
        stem, dot, suffix = name, "", ""
    room = FILE_NAME_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore").strip() + dot + suffix


def uploaded(name: str, content_type: str) -> str:
    """Returns the cleaned name of an uploaded file, or one of ours if nothing is left of it."""
    return cleaned(name) or f"upload{extension_of(content_type)}"


def changed(name: str) -> str:
    """Returns the cleaned name that a person gives an asset; raises ASSET_FILENAME_INVALID."""
    usable = cleaned(name)
    if not usable:
        raise InvalidArgument(
            "ASSET_FILENAME_INVALID",
            f"nothing is left of the file name {name[:100]!r} once separators and what nobody"
            " sees are removed",
        )
    return usable


def of_rendition(original_file_name: str, kind: str, content_type: str) -> str:
    """Returns a name to save a derivative under."""
    return f"{PurePosixPath(original_file_name).stem}-{kind}{extension_of(content_type)}"
