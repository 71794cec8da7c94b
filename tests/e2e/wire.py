"""A wire to Postgres that can be cut: connections stay open, and nothing comes through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from psycopg.conninfo import conninfo_to_dict

CHUNK_BYTES = 65536


class Wire:
    """Passes on what comes from TCP to the server's unix socket, and back."""

    def __init__(self, database_url: str) -> None:
        self.url = ""
        """The same database, through the wire."""
        self._database = conninfo_to_dict(database_url)
        self._whole = asyncio.Event()
        self._whole.set()
        self._passing: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Lets nothing through from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """Lets everything through again, what was held back first."""
        self._whole.set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        """Listens on a free loopback port during the block."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        user, name = self._database.get("user", "postgres"), self._database["dbname"]
        self.url = f"postgresql://{user}@127.0.0.1:{port}/{name}"
        try:
            yield self
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._whole.wait()
        path = f"{self._database['host']}/.s.PGSQL.{self._database.get('port') or 5432}"
        from_server, to_server = await asyncio.open_unix_connection(path)
        for source, target in ((reader, to_server), (from_server, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._passing.add(task)
            task.add_done_callback(self._passing.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK_BYTES):
                await self._whole.wait()
                target.write(data)
                await target.drain()
        except ConnectionError:
            pass
        finally:
            target.close()
