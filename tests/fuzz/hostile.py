"""Requests that no honest client would send, over every route of the table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from gateway.endpoint import Endpoint
from gateway.linger import SMALL_BYTES
from tests.fuzz.bodies import form, json_body
from tests.fuzz.words import CREDENTIALS, HEADERS, METHODS, PLACES, QUERIES

_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
_VERSIONS = ("HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.1x", "http/1.1", "")
_TRICKS = ("/", "//", "/.", "/..", "/%2e", ";x", "%00", "%20", "%0a", "?", "#x", "/x", "?%00=%ff")
_BROKEN_LINES = (
    b"no colon here\r\n",
    b": no name\r\n",
    b"Bad Name: x\r\n",
    b" folded: x\r\n",
    b"X: a\0b\r\n",
    b"X-Long: " + b"x" * 70_000 + b"\r\n",
    b"X-Many: y\r\n" * 300,
    b"X: a\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Transfer-Encoding: chunked, chunked\r\n",
)


@dataclass
class Known:
    """What there really is, so that requests come further than to a 404."""

    api_key: str
    picture: bytes
    places: dict[str, list[str]] = field(default_factory=dict)
    """What fills an open place of a path, by the place's name; any other takes all of it."""

    @property
    def all(self) -> list[str]:
        """Every one of them."""
        return [value for values in self.places.values() for value in values]


@dataclass(frozen=True)
class Hostile:
    """Raw bytes, and what is to be expected of them."""

    raw: bytes
    heads: tuple[bool, ...]
    """Of each request, whether its answer has no body."""
    complete: bool = True
    """Whether it ends where it says; a server may wait for the rest of what does not."""


class Maker:
    """Makes the same requests of the same seed, table and known things."""

    def __init__(self, seed: int, table: Sequence[Endpoint], known: Known) -> None:
        self.random = Random(seed)
        self.known = known
        self._table = table

    def request(self) -> Hostile:
        """The next one, or several on one connection."""
        endpoint = self.random.choice(self._table)
        if self.random.random() < 0.05:
            follower = self.random.choice(self._table)
            first, last = self._one(endpoint, last=False), self._one(follower, last=True)
            # Who goes on sending after an early answer to a large body may lose that answer: TCP
            # takes it away when a connection is closed on which something is unread.
            if first.complete and len(first.raw) < SMALL_BYTES:
                return Hostile(first.raw + last.raw, first.heads + last.heads, last.complete)
        return self._one(endpoint, last=True)

    def _one(self, endpoint: Endpoint, *, last: bool) -> Hostile:
        method = endpoint.method if self._mostly(0.9) else self.random.choice(METHODS)
        kind, body = self._body(endpoint)
        headers = self._headers(kind, body)
        framing, sent, complete = self._framed(body)
        lines = b"".join(
            f"{name}: {value}\r\n".encode("latin-1", "replace") for name, value in headers
        )
        broken = b"" if self._mostly(0.96) else self.random.choice(_BROKEN_LINES)
        end = b"Connection: close\r\n" if last else b""
        version = "HTTP/1.1" if self._mostly(0.97) else self.random.choice(_VERSIONS)
        start = f"{method} {self._target(endpoint)} {version}\r\n".encode("latin-1", "replace")
        raw = start + lines + framing + broken + end + b"\r\n" + sent
        if last and not self._mostly(0.97):
            return Hostile(raw[: self.random.randrange(len(raw))], (method == "HEAD",), False)
        return Hostile(raw, (method == "HEAD",), complete and not broken)

    def _mostly(self, share: float) -> bool:
        return self.random.random() < share

    def _target(self, endpoint: Endpoint) -> str:
        path = _PLACE.sub(lambda place: self._place(place[1]), endpoint.path)
        if not self._mostly(0.92):
            path += self.random.choice(_TRICKS)
        if not self._mostly(0.98):
            path = self.random.choice(
                (path.upper(), f"/{path}", f"http://evil.example{path}", path.lstrip("/"), "*", "")
            )
        names = [name for each in endpoint.query for name in (each.name, *each.aliases)] or ["x"]
        count = self.random.choice((0, 0, 1, 2, 6))
        pairs = [f"{self.random.choice(names)}={self.random.choice(QUERIES)}" for _ in range(count)]
        return path + ("?" + "&".join(pairs) if pairs else "")

    def _place(self, name: str) -> str:
        real = self.known.places.get(name, self.known.all)
        if real and self._mostly(0.6):
            return self.random.choice(real)
        return self.random.choice(PLACES)

    def _body(self, endpoint: Endpoint) -> tuple[str, bytes]:
        if endpoint.form and self._mostly(0.85):
            return form(self.random, endpoint, self.known.picture)
        if endpoint.body is not None or endpoint.form or not self._mostly(0.9):
            return "application/json", json_body(self.random, endpoint, self.known.all)
        return "", b""

    def _headers(self, kind: str, body: bytes) -> list[tuple[str, str]]:
        right = f"Bearer {self.known.api_key}"
        headers = [("Host", "x")]
        headers.append(
            ("Authorization", right if self._mostly(0.9) else self.random.choice(CREDENTIALS))
        )
        if body and kind and self._mostly(0.93):
            headers.append(("Content-Type", kind))
        for _ in range(self.random.choice((0, 0, 1, 2, 4))):
            name, values = self.random.choice(HEADERS)
            headers.append((name, self.random.choice(values)))
        self.random.shuffle(headers)
        return headers

    def _framed(self, body: bytes) -> tuple[bytes, bytes, bool]:
        """Framing headers, what is sent of the body, and whether that is all of it."""
        if not body and self._mostly(0.8):
            return b"", b"", True
        roll = self.random.random()
        if roll < 0.8:
            return b"Content-Length: %d\r\n" % len(body), body, True
        if roll < 0.9:
            half = len(body) // 2
            chunks = b"".join(
                b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part
            )
            return b"Transfer-Encoding: chunked\r\n", chunks + b"0\r\n\r\n", True
        if roll < 0.94:
            return b"Content-Length: %d\r\n" % (len(body) + 10), body, False
        if roll < 0.97:
            return b"Transfer-Encoding: chunked\r\n", b"zz\r\n" + body, False
        return b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % (len(body) + 5) + body, False
