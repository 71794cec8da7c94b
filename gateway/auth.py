"""Who is calling, and whether they may."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from nekohub.accounts.v1 import accounts_pb2 as pb
from starlette.types import Scope

from gateway import session
from gateway.body import header
from gateway.convert.accounts import ROLE, ROLES
from gateway.endpoint import Endpoint
from gateway.revocations import Revocations
from services.chassis.errors import PermissionDenied, Unauthenticated
from services.chassis.recent import Recent
from services.chassis.token_form import looks_like_token
from services.chassis.tokens import AccessTokens, Claims

if TYPE_CHECKING:
    from nekohub.accounts.v1.accounts_pb2_grpc import AccountServiceAsyncStub

CACHE_SECONDS = 15.0
CACHE_SIZE = 1024
Credential = Claims | str
"""What a caller shows: what a verified access token says, or an API key."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller that was recognised."""

    id: str
    """Stable name for logs, a user's id or the name of a key; holds no secret."""
    permissions: frozenset[str]
    """What it may do, for example "assets.read"."""
    role: str
    """"superAdmin", "admin" or "user"; "" if it is none that this version knows."""
    username: str
    """A user's; "" for an API key."""

    @property
    def is_user(self) -> bool:
        """Whether it has signed in; otherwise it is an API key."""
        return self.username != ""

    @property
    def actor(self) -> pb.Principal:
        """As accounts takes it."""
        return pb.Principal(
            id=self.id,
            permissions=sorted(self.permissions),
            role=ROLES.get(self.role, pb.ROLE_UNSPECIFIED),
            username=self.username,
        )


class Authenticator:
    """Verifies access tokens, and asks accounts who holds an API key.

    That a key was right is remembered for `CACHE_SECONDS`, by its digest. Wrong keys are not
    remembered: they cost a call, not memory.
    """

    def __init__(
        self,
        accounts: AccountServiceAsyncStub,
        tokens: AccessTokens,
        revocations: Revocations,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accounts = accounts
        self._tokens = tokens
        self._revocations = revocations
        self._known = Recent[bytes, Principal](CACHE_SIZE, clock)

    def credential(self, scope: Scope) -> Credential:
        """What a request shows; a token was verified, a key was not.

        Raises AUTH_UNAUTHORIZED without a credential, AUTH_TOKEN_INVALID and AUTH_TOKEN_EXPIRED
        with a wrong token, and AUTH_CSRF_MISSING for a cookie alone.
        """
        credentials = header(scope["headers"], b"authorization").strip()
        if not credentials:
            return self._of_session(scope)
        token = bearer_token(credentials)
        return self._tokens.verified(token) if looks_like_token(token) else token

    async def admitted(self, credential: Credential, endpoint: Endpoint) -> Principal:
        """The caller, whom the endpoint lets in, by what holds now.

        Raises API_KEY_INVALID, AUTH_TOKEN_INVALID and AUTH_TOKEN_EXPIRED for a credential that is
        void, and AUTH_FORBIDDEN naming the permission that is missing.
        """
        if isinstance(credential, str):
            principal = await self._key_holder(credential)
        else:
            self._tokens.require_current(credential)
            principal = _user(self._revocations.applied(credential))
        if endpoint.signed_in and not principal.is_user:
            raise PermissionDenied(
                "AUTH_FORBIDDEN", "this is for users who have signed in; an API key is no user's"
            )
        if endpoint.permission is not None and endpoint.permission not in principal.permissions:
            raise PermissionDenied(
                "AUTH_FORBIDDEN", f"this needs the permission {endpoint.permission!r}"
            )
        return principal

    def _of_session(self, scope: Scope) -> Claims:
        token = session.cookie(scope, session.ACCESS_COOKIE)
        if not token:
            _refuse()
        session.require_csrf(scope)
        return self._tokens.verified(token)

    async def _key_holder(self, key: str) -> Principal:
        digest = hashlib.sha256(key.encode()).digest()
        known = self._known.get(digest)
        if known is not None:
            return known
        answer = await self._accounts.VerifyApiKey(pb.VerifyApiKeyRequest(api_key=key))
        holder = answer.principal
        principal = Principal(
            holder.id, frozenset(holder.permissions), ROLE.get(holder.role, ""), holder.username
        )
        self._known.keep(digest, principal, CACHE_SECONDS)
        return principal


def _user(claims: Claims) -> Principal:
    return Principal(claims.user_id, frozenset(claims.permissions), claims.role, claims.username)


def bearer_token(credentials: str) -> str:
    """The token of an Authorization header. Raises AUTH_UNAUTHORIZED for another scheme."""
    scheme, _, token = credentials.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        _refuse()
    return token


def _refuse() -> NoReturn:
    raise Unauthenticated(
        "AUTH_UNAUTHORIZED",
        "this needs the header 'Authorization: Bearer <access token or API key>'",
    )
