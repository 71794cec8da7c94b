"""What access tokens may no longer say: asked from accounts at intervals, not at each request."""

from __future__ import annotations

import asyncio
import logging
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


@dataclass(frozen=True, slots=True)
class _Known:
    """The answer of accounts; a message between services has at most 4 MiB, so this has an end."""

    users: Mapping[str, Revocation]
    """By the user's id."""
    sessions: frozenset[str]
    """Those that have ended."""


class Revocations:
    """The latest answer, which counts for as long as there is no later one."""

    def __init__(self, accounts: AccountServiceAsyncStub) -> None:
        self._accounts = accounts
        self._known: _Known | None = None
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
        answer = await self._accounts.ListRevocations(
            ListRevocationsRequest(), timeout=ANSWER_SECONDS
        )
        self._known = _Known(
            {each.user_id: each for each in answer.revocations}, frozenset(answer.session_ids)
        )

    def applied(self, claims: Claims) -> Claims:
        """What a verified token says, put right.

        Raises AUTH_TOKEN_INVALID for one that is void, and SERVICE_UNAVAILABLE before the first
        answer: until then nobody knows.
        """
        if self._known is None:
            raise Unavailable(
                "SERVICE_UNAVAILABLE",
                "access tokens cannot be checked yet, the accounts service has not answered; "
                "try again in a moment",
            )
        if claims.session_id in self._known.sessions:
            _refuse("its session has ended")
        revocation = self._known.users.get(claims.user_id)
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


def _refuse(why: str) -> NoReturn:
    raise Unauthenticated("AUTH_TOKEN_INVALID", f"the access token is void: {why}; sign in again")
