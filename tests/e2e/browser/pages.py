"""Pages of our own making, under a policy as strict as the hub's."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

POLICY = (
    "default-src 'self'; script-src 'nonce-n'; img-src 'self' data:; "
    "connect-src 'self' http://elsewhere.invalid; "
    "require-trusted-types-for 'script'"
)
HEAD = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
    '<title>A page</title><link rel="icon" href="data:,">'
)


def script(code: str) -> str:
    """An element whose script the policy allows."""
    return f'<script nonce="n">{code}</script>'


@asynccontextmanager
async def served(bodies: Mapping[str, str]) -> AsyncIterator[str]:
    """Serves each body of HTML at its path, other paths with 404, and gives the URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        body = bodies.get(asked.split(b" ")[1].decode())
        document = f"{HEAD}<main>{body}</main></html>"
        lines = [
            "HTTP/1.1 404 Not Found" if body is None else "HTTP/1.1 200 OK",
            "Content-Type: text/html; charset=utf-8",
            f"Content-Length: {len(document.encode())}",
            f"Content-Security-Policy: {POLICY}",
            "Connection: close",
        ]
        writer.write("\r\n".join([*lines, "", document]).encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
