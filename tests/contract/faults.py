"""What is sent to a database, heard; and faults of it, made to happen."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.queries import Plan, Plans, Prepared


@contextmanager
def hearing(hear: Callable[[str], None]) -> Iterator[None]:
    """Tells every statement before it is sent; what that raises is raised where it is sent."""

    def sent(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        hear(statement)

    of = Plans.of

    def sent_by_driver(plans: Plans, prepared: Prepared) -> Plan:
        plan = of(plans, prepared)
        hear(plan.text)
        return plan

    sa.event.listen(sa.Engine, "before_cursor_execute", sent)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Plans, "of", sent_by_driver)
            yield
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", sent)


@contextmanager
def away_once(statement: str) -> Iterator[asyncio.Event]:
    """The next statement that begins so finds no database; gives the event of that.

    What is read is read in threads on SQLite: the event is then one to look at, not to wait for.
    """
    failed = asyncio.Event()

    def fail_once(sent: str) -> None:
        if sent.startswith(statement) and not failed.is_set():
            failed.set()
            raise sa.exc.OperationalError(sent, {}, Exception("the connection was closed"))

    with hearing(fail_once):
        yield failed
