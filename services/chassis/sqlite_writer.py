"""Writes to SQLite: a whole transaction in one thread, and those that wait in one commit."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")

_TOGETHER = 64
"""Most transactions in one commit, so that the first does not wait long for the last."""


@dataclass(slots=True)
class _Asked:
    """A transaction that waits for its turn."""

    work: Callable[[sa.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        """Tells who waits; in the loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        elif isinstance(self.error, StopIteration):
            # No future takes one; a coroutine that raises it does the same.
            self.future.set_exception(RuntimeError("a transaction raised StopIteration"))
        else:
            self.future.set_exception(self.error)


class SqliteWriter:
    """Runs transactions one after the other.

    The asynchronous driver changes threads for each statement, and each commit waits for the disk.
    Here a transaction changes threads once, and those that come while another is written share
    its commit: each is a savepoint of its own, so one that fails takes no other along.
    """

    def __init__(self, url: sa.URL, prepare: Callable[[Any, object], None]) -> None:
        """Takes the URL and what each new connection is given to. Opens nothing yet."""
        self._engine = sa.create_engine(
            url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT",
            hide_parameters=True, connect_args={"check_same_thread": False},
        )  # fmt: skip
        sa.event.listen(self._engine, "connect", prepare)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._connection: sa.Connection | None = None
        self._asked: deque[_Asked] = deque()
        self._lock = threading.Lock()
        self._is_running = False

    async def write(self, work: Callable[[sa.Connection], T]) -> T:
        """Runs `work` in a transaction, which is on the disk when this returns.

        One whose caller is cancelled runs to its end, or is not begun. `work` is run once more if
        the commit that it shared has failed. Raises what `work` raises, and OperationalError when
        nothing can be written.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._lock:
            self._asked.append(_Asked(work, loop, future))
            if not self._is_running:
                self._thread.submit(self._run)
                self._is_running = True
        return await future

    async def close(self) -> None:
        """Waits for the transactions under way, then closes the connection."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._connection is not None:
            self._connection.close()

    def _run(self) -> None:
        while True:
            with self._lock:
                count = min(len(self._asked), _TOGETHER)
                batch = [self._asked.popleft() for _ in range(count)]
                if not batch:
                    self._is_running = False
                    return
            batch = [asked for asked in batch if not asked.future.cancelled()]
            if not batch:
                continue
            self._commit(batch)
            batch[0].loop.call_soon_threadsafe(_deliver, batch)

    def _commit(self, batch: list[_Asked]) -> None:
        try:
            connection = self._begun()
        except BaseException as error:  # noqa: BLE001 - told to who waits
            self._let_go()
            # None of them is to blame, and the next would wait in vain as long again.
            for asked in batch:
                asked.error = error
            return
        try:
            _commit_together(connection, batch)
        except BaseException as error:  # noqa: BLE001 - told to who waits
            # Whatever it was, the next transaction begins with a new connection.
            self._let_go()
            if len(batch) == 1:
                batch[0].error = error
                return
            # One of them is to blame for the commit of all.
            for asked in batch:
                asked.error = None
                self._commit([asked])

    def _begun(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _commit_together(connection: sa.Connection, batch: list[_Asked]) -> None:
    # As the driver has it: SQLAlchemy takes ten times as long for what cannot go wrong.
    driver: Any = connection.connection.dbapi_connection
    alone = len(batch) == 1
    for asked in batch:
        if not alone:
            driver.execute("SAVEPOINT one")
        try:
            asked.result = asked.work(connection)
        except BaseException as error:
            if not driver.in_transaction:
                # SQLite has rolled everything back, also what others of the batch did.
                raise
            asked.error = error
            driver.execute("ROLLBACK" if alone else "ROLLBACK TO one")
        if not alone:
            driver.execute("RELEASE one")
    if driver.in_transaction:
        connection.exec_driver_sql("COMMIT")


def _deliver(batch: list[_Asked]) -> None:
    for asked in batch:
        asked.deliver()
