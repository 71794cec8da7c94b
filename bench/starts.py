"""Asks for runs over connections that cost next to nothing: the client is not what is measured."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from bench.hub import HEADERS

_BODY = b"{}"


class Connection:
    """One connection to a hub, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def start(self, path: str) -> None:
        """Starts a run, does not wait for its end. Raises RuntimeError unless it was accepted."""
        headers = HEADERS | {
            "Host": "bench",
            "Content-Type": "application/json",
            "Content-Length": str(len(_BODY)),
            "Prefer": "respond-async",
        }
        lines = [f"POST /api/v1{path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        self._writer.write("\r\n".join([*lines, "", ""]).encode() + _BODY)
        status, _, answered = (await self._reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        length = answered.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        body = await self._reader.readexactly(int(length))
        if status.split()[1] != b"202":
            raise RuntimeError(f"a run was not accepted: {status.decode()}: {body.decode()}")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """Connects to a hub at "http://host:port"."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()
