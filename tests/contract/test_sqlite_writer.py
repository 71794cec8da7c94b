"""The writer on a real file: transactions in order, those that wait in one commit, none harmed."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from services.chassis.database import driver_url
from services.chassis.sqlite_writer import SqliteWriter

Work = Callable[[sa.Connection], Any]

NOTE = "CREATE TABLE note (number INTEGER UNIQUE)"
OWNED = "CREATE TABLE owned (number INTEGER REFERENCES note (number) DEFERRABLE INITIALLY DEFERRED)"


class Gate:
    """A transaction that has begun and does not end before it is told to."""

    def __init__(self) -> None:
        self._begun, self._released = threading.Event(), threading.Event()

    def __call__(self, connection: sa.Connection) -> None:
        add(0)(connection)
        self.wait()

    def wait(self) -> None:
        """Waits, in a thread."""
        self._begun.set()
        assert self._released.wait(30)

    async def begun(self) -> None:
        """Waits until it runs."""
        assert await asyncio.to_thread(self._begun.wait, 30)

    def release(self) -> None:
        """Lets it end."""
        self._released.set()


class Writer(SqliteWriter):
    """One that notes its statements, and waits for no other process."""

    def __init__(self, folder: Path) -> None:
        self.url = driver_url(f"sqlite:///{folder}/notes.sqlite3")
        self.statements: list[str] = []
        self.before_opening: Callable[[], None] | None = None
        super().__init__(self.url, self._prepare)

    def _prepare(self, connection: Any, _record: object) -> None:
        if self.before_opening is not None:
            self.before_opening()
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=0")
        connection.set_trace_callback(self.statements.append)

    async def held(self, *works: Work, gate: Gate) -> list["asyncio.Task[Any]"]:
        """Tasks that ask for transactions while another is under way; its task comes first."""
        first = asyncio.create_task(self.write(gate))
        await gate.begun()
        tasks = [first, *(asyncio.create_task(self.write(work)) for work in works)]
        # Each task asks at its first step.
        await asyncio.sleep(0)
        return tasks

    def numbers(self) -> list[int]:
        """The notes that another connection sees, in the order in which they came."""
        with sa.create_engine(self.url, poolclass=sa.NullPool).connect() as connection:
            return list(connection.scalars(sa.text("SELECT number FROM note ORDER BY rowid")))


def add(number: int) -> Work:
    """A transaction that adds a note."""
    return lambda connection: connection.exec_driver_sql("INSERT INTO note VALUES (?)", (number,))


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Writer]:
    made = Writer(tmp_path)
    await made.write(lambda connection: connection.exec_driver_sql(NOTE))
    await made.write(lambda connection: connection.exec_driver_sql(OWNED))
    made.statements.clear()
    yield made
    await made.close()


async def test_those_that_wait_share_a_commit_and_keep_their_order(writer: Writer) -> None:
    gate = Gate()
    tasks = await writer.held(*map(add, range(1, 31)), gate=gate)
    gate.release()
    await asyncio.gather(*tasks)

    assert writer.numbers() == list(range(31))
    assert writer.statements.count("COMMIT") == 2


async def test_a_commit_is_not_shared_by_more_than_64(writer: Writer) -> None:
    gate = Gate()
    tasks = await writer.held(*map(add, range(1, 130)), gate=gate)
    gate.release()
    await asyncio.gather(*tasks)

    assert writer.numbers() == list(range(130))
    assert writer.statements.count("COMMIT") == 1 + 3


def fail(_connection: sa.Connection) -> None:
    add(99)(_connection)
    raise LookupError("as it was raised")


def stop(_connection: sa.Connection) -> None:
    add(99)(_connection)
    next(iter(()))


def add_twice(connection: sa.Connection) -> None:
    add(99)(connection)
    add(0)(connection)


def end_the_connection(connection: sa.Connection) -> None:
    """Its COMMIT is refused, after which the writer begins with a new connection."""
    add(99)(connection)
    connection.exec_driver_sql("INSERT INTO owned VALUES (77)")


def end_the_transaction(connection: sa.Connection) -> None:
    add(99)(connection)
    connection.exec_driver_sql("INSERT OR ROLLBACK INTO note VALUES (0)")


@pytest.mark.parametrize(
    ("faulty", "error", "told"),
    [
        (fail, LookupError, "as it was raised"),
        (stop, RuntimeError, "StopIteration"),
        (add_twice, IntegrityError, r"UNIQUE constraint failed: note\.number"),
        (end_the_connection, IntegrityError, "FOREIGN KEY constraint failed"),
        (end_the_transaction, IntegrityError, r"UNIQUE constraint failed: note\.number"),
    ],
)
async def test_one_that_fails_takes_no_other_along(
    writer: Writer, faulty: Work, error: type[Exception], told: str
) -> None:
    gate = Gate()
    tasks = await writer.held(add(1), add(2), faulty, add(3), faulty, add(4), gate=gate)
    gate.release()
    async with asyncio.timeout(30):
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert failed == [outcomes[3], outcomes[5]]
    for each in failed:
        with pytest.raises(error, match=told):
            raise each
    assert writer.numbers() == [0, 1, 2, 3, 4]
    await writer.write(add(5))
    assert writer.numbers() == [0, 1, 2, 3, 4, 5]


async def test_one_that_is_cancelled_while_it_waits_is_not_begun(writer: Writer) -> None:
    gate = Gate()
    begun: list[int] = []
    tasks = await writer.held(add(1), lambda _: begun.append(2), add(3), gate=gate)
    tasks[2].cancel()
    await asyncio.wait({tasks[2]})
    gate.release()
    await asyncio.gather(tasks[0], tasks[1], tasks[3])

    assert tasks[2].cancelled()
    assert begun == []
    assert writer.numbers() == [0, 1, 3]


async def test_one_that_is_cancelled_under_way_runs_to_its_end(writer: Writer) -> None:
    gate = Gate()
    (first,) = await writer.held(gate=gate)
    first.cancel()
    await asyncio.wait({first})
    gate.release()
    await writer.write(add(1))

    assert first.cancelled()
    assert writer.numbers() == [0, 1]


async def test_closing_waits_for_what_was_asked(writer: Writer) -> None:
    gate = Gate()
    tasks = await writer.held(add(1), add(2), gate=gate)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.release()
    await closing

    assert writer.numbers() == [0, 1, 2]
    await asyncio.gather(*tasks)


async def test_nothing_is_written_after_the_end(writer: Writer) -> None:
    await writer.close()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="shutdown"):
            async with asyncio.timeout(30):
                await writer.write(add(1))
    assert writer.numbers() == []


async def test_a_file_that_another_holds_is_asked_for_once(writer: Writer) -> None:
    other = sa.create_engine(writer.url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    gate = Gate()
    with other.connect() as holder:
        with pytest.raises(IntegrityError):
            await writer.write(end_the_connection)
        writer.before_opening = gate.wait
        tasks = await writer.held(add(1), add(2), add(3), gate=gate)
        holder.exec_driver_sql("BEGIN IMMEDIATE")
        writer.statements.clear()
        gate.release()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        holder.exec_driver_sql("ROLLBACK")

    assert [type(outcome) for outcome in outcomes] == [OperationalError] * 4
    assert writer.statements.count("BEGIN IMMEDIATE") == 2
    await writer.write(add(4))
    assert writer.numbers() == [4]
