"""The memory of right keys."""

from __future__ import annotations

from typing import Any, cast

import pytest
from nekohub.accounts.v1.accounts_pb2 import (
    Principal,
    VerifyApiKeyRequest,
    VerifyApiKeyResponse,
)
from pydantic import SecretStr

from gateway.auth import CACHE_SECONDS, CACHE_SIZE, Authenticator
from gateway.endpoint import Endpoint
from gateway.revocations import Revocations
from gateway.routes.system import ping
from services.chassis.errors import Unauthenticated
from services.chassis.tokens import AccessTokens

ENDPOINT = Endpoint("GET", "/", ping, "p")


class Accounts:
    """Every key but "wrong" is right."""

    def __init__(self) -> None:
        self.calls = 0

    async def VerifyApiKey(self, request: VerifyApiKeyRequest) -> VerifyApiKeyResponse:
        self.calls += 1
        if request.api_key == "wrong":
            raise Unauthenticated("API_KEY_INVALID", "no such key")
        return VerifyApiKeyResponse(principal=Principal(id="api-key:1", permissions=["p"]))


class Guard:
    """An authenticator with its own clock and accounts."""

    def __init__(self) -> None:
        self.now = 0.0
        self.accounts = Accounts()
        accounts = cast(Any, self.accounts)
        tokens = AccessTokens([SecretStr("secret-of-the-tests-0123456789abcdef")])
        self.authenticator = Authenticator(
            accounts, tokens, Revocations(accounts), lambda: self.now
        )

    async def call(self, key: str) -> str:
        scope = {"headers": [(b"authorization", f"Bearer {key}".encode())]}
        credential = self.authenticator.credential(scope)
        return (await self.authenticator.admitted(credential, ENDPOINT)).id


async def test_a_right_key_is_asked_for_once_in_a_while() -> None:
    guard = Guard()
    assert await guard.call("right") == await guard.call("right") == "api-key:1"
    assert guard.accounts.calls == 1
    guard.now = CACHE_SECONDS
    await guard.call("right")
    assert guard.accounts.calls == 2


async def test_a_wrong_key_is_asked_for_every_time() -> None:
    guard = Guard()
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await guard.call("wrong")
    assert guard.accounts.calls == 2


async def test_the_oldest_key_is_forgotten_when_there_are_many() -> None:
    guard = Guard()
    for number in range(CACHE_SIZE + 1):
        await guard.call(f"key-{number}")
    await guard.call(f"key-{CACHE_SIZE}")
    assert guard.accounts.calls == CACHE_SIZE + 1
    await guard.call("key-0")
    assert guard.accounts.calls == CACHE_SIZE + 2
