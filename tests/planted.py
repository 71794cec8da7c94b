"""A key to plant, the ways in which a server may give it back, and how to find what is left."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.fakes import MODEL, Scripted, completion

KEY = "sk-P7wq2Zr9Xk4Lm8Nv3Tb6Hc1" + "/+\"\\<&%='" + "Yd5Fg0Js7Qa2We9Rt4Uo8Ip3Zx"
"""With what is written differently in addresses, in JSON and in pages."""
HALF = len(KEY) // 2
_ESCAPES = "".join(f"\\u{ord(letter):04x}" for letter in KEY)
_RUN = 8
_STEP = 3

SPELLINGS = {
    "whole": KEY,
    "first half": KEY[:HALF],
    "second half": KEY[HALF:],
    "URL-encoded": quote(KEY, safe=""),
    "JSON-escaped": json.dumps(KEY),
    "base64": base64.b64encode(KEY.encode()).decode(),
    "base64 after a name": base64.b64encode(f"u:{KEY}".encode()).decode(),
    "hexadecimal": KEY.encode().hex(),
    "twice": KEY + KEY,
    "bearer": f"Bearer {KEY}",
}
"""How it may be echoed."""


def _told(echo: str) -> str:
    return f"the key {echo} is wrong"


def failing_replies() -> Iterable[Scripted]:
    """Failures that echo the key: in each spelling, and in each shape of an error."""
    for echo in SPELLINGS.values():
        yield Scripted(401, {"error": {"message": _told(echo), "code": echo}}, {"X-Echo": KEY})
    soon = {"retry-after-ms": "1", "WWW-Authenticate": KEY}
    for body in _bodies(_told(KEY)):
        yield Scripted(400, body, {"X-Echo": KEY})
        yield Scripted(429, body, soon)
        yield Scripted(200, body, {"Set-Cookie": KEY})
    address = f"https://other.example/{quote(KEY, safe='')}?key={quote(KEY, safe='')}"
    yield Scripted(307, headers={"Location": address})
    yield Scripted(302, headers={"Location": f"//{KEY}@other.example/"})
    yield Scripted(body=completion(None, refusal=_told(KEY)))
    yield Scripted(200, b"?", {"Content-Encoding": KEY})
    yield Scripted(wire=f"HTTP/1.1 200 {KEY}\r\n{KEY}: {KEY}\r\n\r\n".encode())


def _bodies(told: str) -> Iterable[Any]:
    return (
        {"error": {"message": told}},
        {"error": told},
        {"error": [told]},
        [{"error": {"message": told}}],
        {"detail": [{"loc": ["header", KEY], "msg": told}]},
        {"error": {"message": "no", "metadata": {"raw": json.dumps({"error": told})}}},
        f"<html>{told}</html>",
        told,
    )


def answering_replies() -> Iterable[Scripted]:
    """Captions that quote the key, by a model that is called by it."""
    for echo in SPELLINGS.values():
        body = completion({"caption": f"A note that reads {echo}."})
        yield Scripted(body=body | {"model": f"{MODEL} {echo}", "id": KEY})
    for content in ({"caption": "\0".join(KEY)}, json.dumps(f'{{"caption": "{_ESCAPES}"}}')):
        # The hub itself puts it together when it reads the answer.
        yield Scripted(body=completion(content) | {"model": "\0".join(KEY)})


def found_in(*places: bytes | str) -> set[str]:
    """What of the key is in there, in whichever spelling: any eleven characters of it in a row."""
    return _found(_EVERY, places)


def found_in_files(*folders: Path, since: float, also: str = "") -> set[str]:
    """What of the key is in any file there that was written since then, as it is; and a text that
    is looked for besides, to see that it would be found.
    """
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    kept = (path.read_bytes() for path in files if path.stat().st_mtime >= since)
    return _found({*_PLAIN, also} - {""}, [content.rstrip(b"\0") for content in kept])


def _found(signs: set[str], places: Iterable[bytes | str]) -> set[str]:
    raw = [place.encode() if isinstance(place, str) else place for place in places]
    return {sign for sign in signs if any(sign.encode() in place for place in raw)}


def _signs(text: str) -> set[str]:
    return {text[at : at + _RUN] for at in range(0, len(text) - _RUN + 1, _STEP)}


_PLAIN = _signs(KEY)
_EVERY = {sign for echo in SPELLINGS.values() for sign in _signs(echo)} - _signs("Bearer sk-")
