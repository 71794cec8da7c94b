"""Bodies: JSON that nearly is what a route takes, and forms that nearly are forms."""

import json
from random import Random
from typing import Any

from gateway.endpoint import Endpoint
from tests.fuzz.words import NO_JSON, TEXTS, VALUES

BOUNDARY = "----fuzz"
KINDS = (b"image/jpeg", b"text/html", b"", b"\xff")
FITTING = {"isPublic": "true", "runEnrichment": "false", "skill": "thumbnail"}
"""Values that a form's fields may have, where not every text is one."""


def json_body(random: Random, endpoint: Endpoint, real: list[str]) -> bytes:
    """An object of the route's fields with values that fit rarely; sometimes no such thing."""
    if endpoint.body is None or random.random() < 0.35:
        return random.choice(NO_JSON)
    names = endpoint.body.model_json_schema().get("properties")
    content: Any
    if names is None:
        content = [_value(random, real) for _ in range(random.choice((0, 1, 3, 1001)))]
    else:
        chosen = [name for name in names if random.random() < 0.7]
        if random.random() < 0.15:
            chosen.append(random.choice(TEXTS))
        content = {name: _value(random, real) for name in chosen}
    text = json.dumps(content, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    if random.random() < 0.1 and len(text) > 2:
        at = random.randrange(len(text))
        return text[:at] + random.choice((b"\xff", b"", b"\0", b'"')) + text[at + 1 :]
    return text


def _value(random: Random, real: list[str]) -> Any:
    if real and random.random() < 0.2:
        return random.choice(real)
    if random.random() < 0.2:
        return random.choice(("a", "local://"))
    return random.choice(VALUES)


def form(random: Random, endpoint: Endpoint, picture: bytes) -> tuple[str, bytes]:
    """A content type and a form, with something wrong in most cases."""
    names = [field.name for field in endpoint.form]
    parts = [
        _part(random, name, picture) for name in names if random.random() < 0.6 or name == "file"
    ]
    if random.random() < 0.1:
        parts.append(random.choice(parts))
    random.shuffle(parts)
    marks = f"--{BOUNDARY}\r\n".encode()
    body = b"".join(marks + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()
    roll = random.random()
    if roll < 0.1:
        body = body[: random.randrange(len(body))]
    elif roll < 0.2:
        at = random.randrange(len(body))
        body = body[:at] + random.randbytes(3) + body[at + 3 :]
    elif roll < 0.25:
        body = body.replace(b"\r\n", b"\n")
    elif roll < 0.3:
        body = b"preamble\r\n" + body + b"epilogue"
    boundary = BOUNDARY if random.random() < 0.9 else random.choice(("other", "", "x" * 300))
    return f"multipart/form-data; boundary={boundary}", body


def _part(random: Random, name: str, picture: bytes) -> bytes:
    shown = name if random.random() < 0.96 else random.choice(TEXTS)
    head = f'Content-Disposition: form-data; name="{shown}"'.encode("utf-8", "surrogatepass")
    if name == "file":
        given = ("a.png" if random.random() < 0.6 else random.choice(TEXTS)).encode(
            "utf-8", "surrogatepass"
        )
        head += b'; filename="' + given + b'"'
        kind = b"image/png" if random.random() < 0.7 else random.choice(KINDS)
        head += b"\r\nContent-Type: " + kind
        return head + b"\r\n\r\n" + _file(random, picture)
    if random.random() < 0.1:
        head += random.choice(
            (
                b"; filename*=utf-8''%ff",
                b"\r\nContent-Transfer-Encoding: base64",
                b"; name*0=a",
                b"\0",
            )
        )
    value = FITTING.get(name, "a") if random.random() < 0.8 else random.choice(TEXTS)
    return head + b"\r\n\r\n" + value.encode("utf-8", "surrogatepass")


def _file(random: Random, picture: bytes) -> bytes:
    roll = random.random()
    if roll < 0.4:
        return picture
    if roll < 0.6:
        return picture[: random.randrange(len(picture))]
    if roll < 0.8:
        at = random.randrange(len(picture))
        return picture[:at] + random.randbytes(4) + picture[at + 4 :]
    return random.choice(
        (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", random.randbytes(200))
    )
