"""Access tokens: accounts signs them, the gateway verifies them without asking anybody.

They are JWTs, signed with HS256 by a key that is derived from one of the hub's secrets.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt.types import Options
from pydantic import SecretStr

from services.chassis.clock import now
from services.chassis.errors import Unauthenticated

CLOCK_SKEW = timedelta(seconds=5)
"""How far the clocks of who signs and who verifies may be apart."""
TOKEN_CHARACTERS = 4096
"""A longer one is not looked at; with every permission a token has about 1000."""
_ALGORITHM = "HS256"
_HUB = "nekohub"
_PURPOSE = b"nekohub access tokens"
_OPTIONS: Options = {
    "require": ["sub", "name", "role", "perms", "ver", "sid", "iat", "exp", "iss", "aud"],
    "strict_aud": True,
    # Times are compared here, with our clock.
    "verify_exp": False,
    "verify_iat": False,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says of its bearer."""

    user_id: str
    username: str
    role: str
    """"superAdmin", "admin" or "user"."""
    permissions: tuple[str, ...]
    version: int
    """How often the user had changed; see ListRevocations in the accounts proto."""
    session_id: str
    issue_time: datetime
    """Whole seconds count, here and below."""
    expire_time: datetime


class AccessTokens:
    """Signs and verifies tokens."""

    def __init__(self, secrets: Sequence[SecretStr], clock: Callable[[], datetime] = now) -> None:
        """Takes one secret or, for rotation, several: the first signs, all verify."""
        if not secrets:
            raise ValueError("at least one secret is needed")
        keys = [_derived(secret) for secret in secrets]
        self._keys = {_name(key): key for key in keys}
        self._first = _name(keys[0])
        self._clock = clock

    def signed(self, claims: Claims) -> str:
        """The token that says this."""
        payload = {
            "sub": claims.user_id,
            "name": claims.username,
            "role": claims.role,
            "perms": list(claims.permissions),
            "ver": claims.version,
            "sid": claims.session_id,
            "iat": int(claims.issue_time.timestamp()),
            "exp": int(claims.expire_time.timestamp()),
            "iss": _HUB,
            "aud": _HUB,
        }
        return jwt.encode(
            payload, self._keys[self._first], algorithm=_ALGORITHM, headers={"kid": self._first}
        )

    def verified(self, token: str) -> Claims:
        """What a token says. Raises Unauthenticated (AUTH_TOKEN_INVALID, AUTH_TOKEN_EXPIRED)."""
        if len(token) > TOKEN_CHARACTERS or not token.isascii():
            _refuse()
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                _refuse()
            payload = jwt.decode(
                token, key, algorithms=[_ALGORITHM], audience=_HUB, issuer=_HUB, options=_OPTIONS
            )
        except jwt.PyJWTError:
            _refuse()
        claims = _claims(payload)
        if claims.issue_time - CLOCK_SKEW > self._clock():
            _refuse()
        self.require_current(claims)
        return claims

    def require_current(self, claims: Claims) -> None:
        """Raises Unauthenticated (AUTH_TOKEN_EXPIRED) once a token that said this has run out."""
        if claims.expire_time + CLOCK_SKEW <= self._clock():
            raise Unauthenticated(
                "AUTH_TOKEN_EXPIRED", "the access token has expired; get a new one by refreshing"
            )


def _claims(payload: dict[str, Any]) -> Claims:
    texts = [payload[name] for name in ("sub", "name", "role", "sid")]
    numbers = [payload[name] for name in ("ver", "iat", "exp")]
    permissions = payload["perms"]
    # Only who has the key gets here; an older or newer version may mean something else, though.
    if (
        not all(isinstance(each, str) for each in texts)
        or not all(type(each) is int for each in numbers)
        or not isinstance(permissions, list)
        or not all(isinstance(each, str) for each in permissions)
    ):
        _refuse()
    try:
        times = [datetime.fromtimestamp(each, UTC) for each in numbers[1:]]
    except (ValueError, OverflowError, OSError):
        _refuse()
    user_id, username, role, session_id = texts
    return Claims(
        user_id, username, role, tuple(permissions), numbers[0], session_id, times[0], times[1]
    )


def _refuse() -> NoReturn:
    raise Unauthenticated("AUTH_TOKEN_INVALID", "the access token is none of this instance")


def _derived(secret: SecretStr) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return derivation.derive(secret.get_secret_value().encode())


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]
