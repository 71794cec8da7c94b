"""Reads that requests ask for at the same moment, in one call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

import grpc

from services.chassis.status import from_rpc_error
from services.chassis.trace import current_trace_id

log = logging.getLogger(__name__)

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")

MOST_AT_ONCE = 32
"""Most keys in one call."""


@dataclass(frozen=True, slots=True)
class _Question(Generic[KeyT, ValueT]):
    key: KeyT
    trace_id: str
    context: Context
    """Of who asks, as the trace id is."""
    answer: asyncio.Future[ValueT | None]


class Gathering(Generic[KeyT, ValueT]):
    """Asks a service for things by their keys, for all requests that the loop has at hand at once.

    Nobody waits for a call under way: the next one begins as soon as a round of the loop brings no
    further question. Nothing is kept: each call is made after it was asked for, so it sees all that
    was written before.
    """

    def __init__(
        self,
        read: Callable[[Sequence[KeyT]], Awaitable[Mapping[KeyT, ValueT]]],
        *,
        most: int = MOST_AT_ONCE,
    ) -> None:
        """Takes what reads `most` keys at most, all different, and leaves out what is not there."""
        self._read = read
        self._most = most
        self._waiting: list[_Question[KeyT, ValueT]] = []
        self._calls: set[asyncio.Task[None]] = set()

    def ask(self, sought: KeyT) -> asyncio.Future[ValueT | None]:
        """What has this key, or None. Raises what the service raises, as HubError.

        It may be cancelled, or left alone.
        """
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._begin, 1)
        question = _Question(sought, current_trace_id(), copy_context(), loop.create_future())
        self._waiting.append(question)
        return question.answer

    def _begin(self, before: int) -> None:
        if before < len(self._waiting) < MOST_AT_ONCE:
            asyncio.get_running_loop().call_soon(self._begin, len(self._waiting))
            return
        asked: dict[KeyT, list[_Question[KeyT, ValueT]]] = {}
        for question in self._waiting:
            asked.setdefault(question.key, []).append(question)
        self._waiting = []
        keys = list(asked)
        for start in range(0, len(keys), self._most):
            together = keys[start : start + self._most]
            questions = [question for key in together for question in asked[key]]
            call = asyncio.create_task(
                self._answer(together, questions), context=questions[0].context
            )
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _answer(self, keys: Sequence[KeyT], asked: Sequence[_Question[KeyT, ValueT]]) -> None:
        try:
            found = await self._read(keys)
        except Exception as error:  # noqa: BLE001 - each who asked is told
            _fail(asked, error)
        else:
            for question in asked:
                if not question.answer.done():
                    question.answer.set_result(found.get(question.key))
        finally:
            for question in asked:
                question.answer.cancel()


def _fail(asked: Sequence[_Question[KeyT, ValueT]], error: Exception) -> None:
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
