"""What access tokens may no longer say: asked from accounts at intervals, not at each request."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NoReturn

import grpc
from nekohub.accounts.v1.accounts_pb2 import ListRevocationsRequest, Revocation

from gateway.convert.accounts import ROLE
from services.chassis.errors import Unauthenticated, Unavailable
from services.chassis.supervision import supervised
from services.chassis.tokens import Claims

if TYPE_CHECKING:
    from nekohub.accounts.v1.accounts_pb2_grpc import AccountServiceAsyncStub

log = logging.getLogger(__name__)

REFRESH_SECONDS = 15.0
RETRY_SECONDS = 1.0
"""Wait after accounts did not answer."""
ANSWER_SECONDS = 5.0
"""How long an answer is waited for; a change is heard of within 30 s, one late answer included."""
MOST_AGE_SECONDS = 60.0
"""So old the last answer may be where accounts is there and cannot give another one."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The answer of accounts."""

    time: float
    """When it came, of a clock that only goes forward."""
    users: Mapping[str, Revocation]
    """By the user's id."""
    sessions: frozenset[str]
    """Those that have ended."""


class Revocations:
    """The latest answer, which counts for as long as accounts is away.

    Where accounts is there but fails, it counts for `MOST_AGE_SECONDS`.
    """

    def __init__(self, accounts: AccountServiceAsyncStub) -> None:
        self._accounts = accounts
        self._known: _Known | None = None
        self._is_failing = False
        self._tried = asyncio.Event()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Asks every `REFRESH_SECONDS` while the context is open, for the first time before that.

        Accounts being away does not keep it from opening.
        """
        async with supervised("refresh of revocations", self._keep):
            await self._tried.wait()
            yield

    async def refresh(self) -> None:
        """Ask once. Raises AioRpcError; then what was known stays."""
        users: dict[str, Revocation] = {}
        sessions: set[str] = set()
        answer = self._accounts.ListRevocations(ListRevocationsRequest(), timeout=ANSWER_SECONDS)
        try:
            async for part in answer:
                users.update((each.user_id, each) for each in part.revocations)
                sessions.update(part.session_ids)
        except grpc.aio.AioRpcError as error:
            is_away = error.code() is grpc.StatusCode.UNAVAILABLE or (
                error.code() is grpc.StatusCode.DEADLINE_EXCEEDED and not users and not sessions
            )
            # Until it has answered well: what it failed at may be the change that counts.
            self._is_failing = self._is_failing or not is_away
            raise
        self._is_failing = False
        self._known = _Known(time.monotonic(), users, frozenset(sessions))

    def applied(self, claims: Claims) -> Claims:
        """What a verified token says, put right.

        Raises AUTH_TOKEN_INVALID for one that is void, and SERVICE_UNAVAILABLE where nobody knows:
        before the first answer, and while accounts fails for long.
        """
        known = self._known
        if known is None:
            _unknown("yet, the accounts service has not answered")
        if self._is_failing and time.monotonic() - known.time >= MOST_AGE_SECONDS:
            _unknown("any more, the accounts service fails to say which are void")
        if claims.session_id in known.sessions:
            _refuse("its session has ended")
        revocation = known.users.get(claims.user_id)
        if revocation is None:
            return claims
        if claims.version < revocation.minimum_version:
            _refuse("its user was disabled or has another password")
        if claims.version < revocation.version:
            return replace(
                claims,
                permissions=tuple(revocation.permissions),
                role=ROLE.get(revocation.role, ""),
            )
        return claims

    async def _keep(self) -> None:
        away = False
        while True:
            try:
                await self.refresh()
                away = False
            except grpc.aio.AioRpcError as error:
                if not away:
                    log.warning("revocations are not refreshed, accounts: %s", error.code().name)
                away = True
            finally:
                self._tried.set()
            await asyncio.sleep(RETRY_SECONDS if away else REFRESH_SECONDS)


def _unknown(why: str) -> NoReturn:
    raise Unavailable(
        "SERVICE_UNAVAILABLE", f"access tokens cannot be checked {why}; try again in a moment"
    )


def _refuse(why: str) -> NoReturn:
    raise Unauthenticated("AUTH_TOKEN_INVALID", f"the access token is void: {why}; sign in again")
