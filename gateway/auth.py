"""Who is calling, and whether they may."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from nekohub.accounts.v1.accounts_pb2 import VerifyApiKeyRequest
from starlette.types import Scope

from gateway.body import header
from gateway.context import Stubs
from services.chassis.errors import PermissionDenied, Unauthenticated

CACHE_SECONDS = 15.0
CACHE_SIZE = 1024


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that was recognised."""

    id: str
    """Stable name for logs; holds no secret."""
    permissions: frozenset[str]
    """What it may do, for example "assets.read"."""


class Authenticator:
    """Asks accounts who holds an API key, and remembers for `CACHE_SECONDS` that one was right.

    Only digests of keys are kept. Wrong keys are not remembered: they cost a call, not memory.
    """

    def __init__(self, stubs: Stubs, clock: Callable[[], float] = time.monotonic) -> None:
        self._accounts = stubs.accounts
        self._clock = clock
        self._known: dict[bytes, tuple[float, Principal]] = {}

    async def authorize(self, scope: Scope, permission: str) -> Principal:
        """The caller, who has `permission`.

        Raises AUTH_UNAUTHORIZED without a bearer token, API_KEY_INVALID with a wrong one, and
        AUTH_FORBIDDEN naming the permission that is missing.
        """
        principal = await self._principal(bearer_token(scope))
        if permission not in principal.permissions:
            raise PermissionDenied("AUTH_FORBIDDEN", f"this needs the permission {permission!r}")
        return principal

    async def _principal(self, token: str) -> Principal:
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and known[0] > self._clock():
            return known[1]
        answer = await self._accounts.VerifyApiKey(VerifyApiKeyRequest(api_key=token))
        principal = Principal(answer.principal.id, frozenset(answer.principal.permissions))
        self._remember(digest, principal)
        return principal

    def _remember(self, digest: bytes, principal: Principal) -> None:
        self._known.pop(digest, None)
        while len(self._known) >= CACHE_SIZE:
            del self._known[next(iter(self._known))]
        self._known[digest] = (self._clock() + CACHE_SECONDS, principal)


def bearer_token(scope: Scope) -> str:
    """The token of the Authorization header.

    Raises AUTH_UNAUTHORIZED when there is none or it has another scheme.
    """
    scheme, _, token = header(scope["headers"], b"authorization").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(
            "AUTH_UNAUTHORIZED", "this needs the header 'Authorization: Bearer <API key>'"
        )
    return token
