"""Content-Disposition: read from a part of a form, written on content."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from urllib.parse import quote

from services.chassis.errors import InvalidArgument


@dataclass(frozen=True, slots=True)
class Disposition:
    """What a form's part says of itself."""

    name: str | None
    """The field's name."""
    file_name: str | None
    """The client's name for the file; None when the part is no file."""


def parse(value: bytes) -> Disposition:
    """Read the header of a form's part.

    File names are taken as raw UTF-8, with quoted pairs, as RFC 5987 `filename*` (which wins), and
    as RFC 2231 continuations. Bytes that are no UTF-8 count as Latin-1. Raises REQUEST_INVALID.
    """
    message = Message()
    message["content-disposition"] = _text(value)
    try:
        params = message.get_params(failobj=[], header="content-disposition")
    except (TypeError, ValueError):  # the parser's ways to stumble over a senseless continuation
        raise InvalidArgument(
            "REQUEST_INVALID", "a part of the form has a Content-Disposition that makes no sense"
        ) from None
    name = file_name = None
    extended = False
    for key, raw in params[1:]:
        decoded = _extended(raw) if isinstance(raw, tuple) else raw
        if key.lower() == "name":
            name = decoded
        elif key.lower() == "filename" and not extended:
            file_name = decoded
            extended = isinstance(raw, tuple)
    return Disposition(name, file_name)


def write(kind: str, file_name: str) -> str:
    """The header that offers `file_name`, with `kind` "inline" or "attachment" (RFC 6266)."""
    plain = "".join(
        char if " " <= char <= "~" and char not in '"\\/%' else "_" for char in file_name
    )
    value = f'{kind}; filename="{plain}"'
    if plain != file_name:
        value += f"; filename*=UTF-8''{quote(file_name, safe='')}"
    return value


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _extended(value: tuple[str | None, str | None, str]) -> str:
    # Only the two charsets of RFC 5987: others may decode to what is no text.
    charset = "latin-1" if (value[0] or "").lower() == "iso-8859-1" else "utf-8"
    raw = value[2]
    octets = raw.encode("latin-1") if all(char <= "\xff" for char in raw) else raw.encode()
    return octets.decode(charset, "replace")
