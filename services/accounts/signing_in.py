"""Signing in: who may try, whether the password is right, and the session that comes of it."""

import asyncio

from services.accounts.attempts import Attempts, keys_of
from services.accounts.model import folded, normal_password
from services.accounts.passwords import AT_ONCE, Passwords
from services.accounts.sessions import Opened, SessionStore
from services.chassis.errors import Unauthenticated


class SignIn:
    """Opens sessions for those who know a password."""

    def __init__(self, sessions: SessionStore, attempts: Attempts, passwords: Passwords) -> None:
        self._sessions = sessions
        self._attempts = attempts
        self._passwords = passwords
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, username: str, password: str, client_address: str) -> Opened:
        """The session. Whoever has no such name waits as long and hears the same.

        Raises Unauthenticated (AUTH_INVALID_CREDENTIALS, AUTH_USER_INACTIVE), ResourceExhausted
        (AUTH_RATE_LIMITED), and InvalidArgument (REQUEST_INVALID).
        """
        # What cannot be a name is counted all the same, as one.
        name = folded(username) or ""
        keys = keys_of(name, client_address)
        # Who has to wait is told so at once, and not after all that are being served.
        await self._attempts.check(keys)
        # Noted only when its turn has come, so that many who know their password hinder no one.
        async with self._turns:
            attempt = await self._attempts.begun(keys)
            opened = await self._opened(name, normal_password(password), attempt)
        if opened is None:
            raise Unauthenticated(
                "AUTH_INVALID_CREDENTIALS", "no user has this name and this password"
            )
        return opened

    async def _opened(self, name: str, password: str, attempt: str) -> Opened | None:
        known = await self._sessions.credentials(name)
        password_hash = None if known is None else known.password_hash
        if not await self._passwords.verified(password, password_hash) or known is None:
            return None
        new_hash = None
        if self._passwords.is_outdated(known.password_hash):
            new_hash = await self._passwords.hashed(password)
        return await self._sessions.open(known, attempt, new_hash)
