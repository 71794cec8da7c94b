"""Argon2id hashes of passwords, made and compared in threads of their own."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Self, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

from services.chassis.uninterrupted import uninterrupted

T = TypeVar("T")
AT_ONCE = 2
"""Most hashes that are computed at once: each takes the memory of its cost."""
_SALT_BYTES, _HASH_BYTES = 16, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess at a password takes."""

    rounds: int = 1
    memory_kib: int = 47_104
    lanes: int = 1


OWASP = Cost()
"""What OWASP's password storage cheat sheet names first for Argon2id."""


class Passwords:
    """Makes and compares hashes, off the event loop."""

    def __init__(self, cost: Cost = OWASP) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.rounds, memory_cost=cost.memory_kib, parallelism=cost.lanes,
            salt_len=_SALT_BYTES, hash_len=_HASH_BYTES, type=Type.ID,
        )  # fmt: skip
        self._nobodys = _hash_of_nothing(cost)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")

    @classmethod
    @asynccontextmanager
    async def opened(cls, cost: Cost = OWASP) -> AsyncIterator[Self]:
        """Keeps its threads while the context is open."""
        passwords = cls(cost)
        try:
            yield passwords
        finally:
            await asyncio.to_thread(passwords._threads.shutdown)

    async def hashed(self, password: str) -> str:
        """The hash, with its salt and its cost."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verified(self, password: str, password_hash: str | None) -> bool:
        """Whether a hash is that of a password; without a hash, as much work for a no."""
        if password_hash is None:
            return await self._run(lambda: self._verify(self._nobodys, password)) and False
        return await self._run(lambda: self._verify(password_hash, password))

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made at another cost."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except VerifyMismatchError:
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        async def in_thread() -> T:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)

        # A thread goes on when its caller is gone, and whoever counts on its end must wait for it.
        return await uninterrupted(in_thread())


def _hash_of_nothing(cost: Cost) -> str:
    """A hash that no password is known for. To make one takes no work, to compare it as any other.

    Its salt and digest are random, so it is not computed.
    """
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.rounds},p={cost.lanes}${salt}${digest}"
