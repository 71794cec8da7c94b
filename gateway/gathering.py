"""Reads that requests ask for at the same moment, in one call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import grpc

from services.chassis.status import from_rpc_error
from services.chassis.trace import current_trace_id

log = logging.getLogger(__name__)

ValueT = TypeVar("ValueT")

MOST_AT_ONCE = 32
"""Most ids in one call."""


@dataclass(frozen=True, slots=True)
class _Question(Generic[ValueT]):
    id: str
    trace_id: str
    answer: asyncio.Future[ValueT | None]


class Gathering(Generic[ValueT]):
    """Asks a service for things by their ids, for all requests that the loop has at hand at once.

    Nobody waits for a call under way: the next one begins as soon as a round of the loop brings no
    further question. Nothing is kept: each call is made after it was asked for, so it sees all that
    was written before.
    """

    def __init__(self, read: Callable[[Sequence[str]], Awaitable[Mapping[str, ValueT]]]) -> None:
        """Takes what reads `MOST_AT_ONCE` ids at most, and leaves out those that nothing has."""
        self._read = read
        self._waiting: list[_Question[ValueT]] = []
        self._calls: set[asyncio.Task[None]] = set()

    def ask(self, sought: str) -> asyncio.Future[ValueT | None]:
        """What has this id, or None. Raises what the service raises, as HubError.

        It may be cancelled, or left alone.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._begin, 1)
        question = _Question(sought, current_trace_id(), loop.create_future())
        self._waiting.append(question)
        return question.answer

    def _begin(self, before: int) -> None:
        if before < len(self._waiting) < MOST_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._begin, len(self._waiting))
            return
        asked, self._waiting = self._waiting, []
        for start in range(0, len(asked), MOST_AT_ONCE):
            call = asyncio.create_task(self._answer(asked[start : start + MOST_AT_ONCE]))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _answer(self, asked: Sequence[_Question[ValueT]]) -> None:
        try:
            found = await self._read([question.id for question in asked])
        except Exception as error:  # noqa: BLE001 - each who asked is told
            _fail(asked, error)
        else:
            for question in asked:
                if not question.answer.done():
                    question.answer.set_result(found.get(question.id))
        finally:
            for question in asked:
                question.answer.cancel()


def _fail(asked: Sequence[_Question[ValueT]], error: Exception) -> None:
    if len(asked) > 1:
        # The service knows of this call by the first one's trace id.
        log.warning(
            "one call for %d requests failed: %s",
            len(asked),
            ", ".join(question.trace_id for question in asked),
        )
    for question in asked:
        if not question.answer.done():
            own = from_rpc_error(error) if isinstance(error, grpc.aio.AioRpcError) else error
            question.answer.set_exception(own)
            # Looked at, so that nobody is told that nobody has: a request may be over.
            question.answer.exception()
