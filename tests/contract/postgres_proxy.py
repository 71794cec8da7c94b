"""A way to a Postgres server that can be broken off."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit


@dataclass
class PostgresProxy:
    """Passes on what comes."""

    url: str
    _connections: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Breaks off every connection; new ones are taken as before."""
        for connection in self._connections:
            connection.transport.abort()

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        self._connections.add(target)
        with suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
        self._connections.discard(target)
        target.close()


@asynccontextmanager
async def postgres_proxy(url: str) -> AsyncIterator[PostgresProxy]:
    """Gives a proxy of the server of a URL, with the same database."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    with tempfile.TemporaryDirectory(prefix="nekohub-pg-") as folder:
        proxy = PostgresProxy(
            f"postgresql://{parts.username}@{parts.path}?host={quote(folder)}&port=5432"
        )

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if "host" in query:
                port = query.get("port", ["5432"])[0]
                path = Path(query["host"][0], f".s.PGSQL.{port}")
                from_server, to_server = await asyncio.open_unix_connection(path)
            else:
                from_server, to_server = await asyncio.open_connection(parts.hostname, parts.port)
            await asyncio.gather(
                proxy._pass_on(reader, to_server), proxy._pass_on(from_server, writer)
            )

        server = await asyncio.start_unix_server(serve, Path(folder, ".s.PGSQL.5432"))
        try:
            yield proxy
        finally:
            proxy.cut()
            server.close()
