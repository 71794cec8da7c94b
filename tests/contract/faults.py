"""Faults of a database, made to happen."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


@contextmanager
def away_once(statement: str) -> Iterator[asyncio.Event]:
    """The next statement that begins so finds no database; gives the event of that.

    What is read is read in threads on SQLite: the event is then one to look at, not to wait for.
    """
    failed = asyncio.Event()

    def fail_once(_connection: Any, _cursor: Any, sent: str, *_rest: Any) -> None:
        if sent.startswith(statement) and not failed.is_set():
            failed.set()
            raise sa.exc.OperationalError(sent, {}, Exception("the connection was closed"))

    sa.event.listen(sa.Engine, "before_cursor_execute", fail_once)
    try:
        yield failed
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", fail_once)
