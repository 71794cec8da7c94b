"""Sending raw bytes, and taking apart what comes back."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from tests.fuzz.hostile import Hostile

SECONDS = 30.0
_HEAD_END = b"\r\n\r\n"


class NoHttp(Exception):
    """What came is no answer."""


class CutShort(NoHttp):
    """An answer ended before its end."""


@dataclass(frozen=True)
class Answer:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


async def exchanged(host: str, port: int, hostile: Hostile) -> bytes:
    """Everything that comes back until the server closes. Raises TimeoutError if it does not.

    The end of what is sent is told, so that nobody waits for the rest of a request that has none.
    """
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(hostile.raw)
            if not hostile.complete:
                # It may have closed already.
                with suppress(OSError):
                    writer.write_eof()
            return await _all_of(reader)
        finally:
            writer.close()


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    came = bytearray()
    try:
        while piece := await reader.read(65536):
            came += piece
    except ConnectionError:
        # It closed while we were still sending; what came before counts.
        pass
    return bytes(came)


def answers(came: bytes, heads: tuple[bool, ...]) -> list[Answer]:
    """What came, answer by answer; `heads` says which requests want no body. Raises NoHttp."""
    found: list[Answer] = []
    while came:
        is_head = len(found) < len(heads) and heads[len(found)]
        answer, came = _one(came, has_body=not is_head)
        if answer.status >= 200:
            found.append(answer)
    return found


def _one(came: bytes, *, has_body: bool) -> tuple[Answer, bytes]:
    head, end, rest = came.partition(_HEAD_END)
    start, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = start.partition(" ")
    if not end or version not in ("HTTP/1.1", "HTTP/1.0") or not status[:3].isdigit():
        raise NoHttp(repr(came[:100]))
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    number = int(status[:3])
    # What is no HTTP is not known to be a HEAD.
    refused = number == 400 and headers.get("connection") == "close"
    if (not has_body and not (refused and rest)) or number < 200 or number in (204, 304):
        return Answer(number, headers, b""), rest
    if headers.get("transfer-encoding") == "chunked":
        body, rest = _dechunked(rest)
    elif "content-length" in headers:
        length = int(headers["content-length"])
        if len(rest) < length:
            raise CutShort(f"{len(rest)} of {length} bytes came")
        body, rest = rest[:length], rest[length:]
    else:
        body, rest = rest, b""
    return Answer(number, headers, body), rest


def _dechunked(came: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        size, found, came = came.partition(b"\r\n")
        if not found:
            raise CutShort("a chunk is missing")
        length = int(size, 16)
        body, came = body + came[:length], came[length + 2 :]
        if length == 0:
            return body, came
