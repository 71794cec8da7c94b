"""A counterpart for tests of the gateway: accounts, small and in memory; tokens that it signed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jwt
from nekohub.accounts.v1 import accounts_pb2 as pb
from nekohub.accounts.v1 import accounts_pb2_grpc
from pydantic import SecretStr

from services.chassis.clock import now, timestamp
from services.chassis.errors import HubError, NotFound, Unauthenticated
from services.chassis.tokens import AccessTokens, Claims
from tests.contract.gateway_counterparts import API_KEY, READER_KEY, WHEN

PERMISSIONS = tuple(
    f"{noun}.{verb}"
    for noun, verbs in {
        "assets": ("read", "create", "update", "delete"),
        "aiProviders": ("read", "create", "update", "delete"),
        "settings": ("read", "update"),
        "users": ("read", "create", "update", "disable", "managePermissions"),
    }.items()
    for verb in verbs
)
SECRET = SecretStr("secret-of-the-tests-0123456789abcdef")
TOKENS = AccessTokens([SECRET])
((KEY_NAME, KEY),) = TOKENS._keys.items()
CLAIMS = Claims(
    user_id="user-1",
    username="mia",
    role="user",
    permissions=PERMISSIONS,
    version=3,
    session_id="session-1",
    issue_time=now(),
    expire_time=now() + timedelta(hours=1),
)
DISABLED = "user-disabled"
"""A user whose tokens are void."""
ENDED = "session-ended"
"""A session whose tokens are void."""


def token(**changes: Any) -> str:
    """An access token; `changes` are of its claims."""
    return TOKENS.signed(replace(CLAIMS, **changes))


def forged(key: bytes | None = KEY, **changes: Any) -> str:
    """A token that names the hub's key and says something else; without a key it is not signed."""
    payload = jwt.decode(token(), options={"verify_signature": False}) | changes
    algorithm = "none" if key is None else "HS256"
    return jwt.encode(payload, key or "", algorithm, headers={"kid": KEY_NAME})


class Accounts(accounts_pb2_grpc.AccountServiceServicer):
    """Knows a key that may do all, one that may only read assets, one user and one session.

    It notes what it is asked.
    """

    def __init__(self) -> None:
        self.called = asyncio.Event()
        self.requests: list[Any] = []
        self.failure: HubError | None = None
        self.is_without_list: Exception | None = None
        self.is_broken_off = False
        self.replayed = False
        self.keys = {API_KEY: PERMISSIONS, READER_KEY: ("assets.read",)}
        self.user = pb.User(
            id="user-1",
            username="mia",
            role=pb.ROLE_USER,
            is_active=True,
            permissions=["assets.read"],
            create_time=WHEN,
            update_time=WHEN,
        )
        self.session = pb.Session(
            access_token=token(),
            refresh_token="refresh-1",
            access_expire_time=WHEN,
            refresh_expire_time=timestamp(now() + timedelta(days=30)),
            user=self.user,
        )
        self.revocations = pb.ListRevocationsResponse(
            revocations=[pb.Revocation(user_id=DISABLED, version=9, minimum_version=9)],
            session_ids=[ENDED],
        )

    def _note(self, request: Any) -> None:
        self.requests.append(request)
        if self.failure is not None:
            raise self.failure

    async def VerifyApiKey(
        self, request: pb.VerifyApiKeyRequest, context: Any
    ) -> pb.VerifyApiKeyResponse:
        self.called.set()
        permissions = self.keys.get(request.api_key)
        if permissions is None:
            raise Unauthenticated("API_KEY_INVALID", "no API key equals the one given")
        return pb.VerifyApiKeyResponse(
            principal=pb.Principal(
                id="api-key:test", permissions=permissions, role=pb.ROLE_SUPER_ADMIN
            )
        )

    async def ListRevocations(
        self, request: Any, context: Any
    ) -> AsyncIterator[pb.ListRevocationsResponse]:
        if self.is_without_list is not None:
            raise self.is_without_list
        for user in self.revocations.revocations:
            yield pb.ListRevocationsResponse(revocations=[user])
        for session in self.revocations.session_ids:
            yield pb.ListRevocationsResponse(session_ids=[session])
        if self.is_broken_off:
            raise RuntimeError("a fault after some parts")

    async def Login(self, request: pb.LoginRequest, context: Any) -> pb.LoginResponse:
        self._note(request)
        return pb.LoginResponse(session=self.session)

    async def Refresh(self, request: pb.RefreshRequest, context: Any) -> pb.RefreshResponse:
        self._note(request)
        return pb.RefreshResponse(session=self.session)

    async def Logout(self, request: pb.LogoutRequest, context: Any) -> pb.LogoutResponse:
        self._note(request)
        return pb.LogoutResponse()

    async def GetUser(self, request: pb.GetUserRequest, context: Any) -> pb.GetUserResponse:
        self._note(request)
        if request.user_id != self.user.id:
            raise NotFound("USER_NOT_FOUND", "no user has this id")
        return pb.GetUserResponse(user=self.user)

    async def ListUsers(self, request: pb.ListUsersRequest, context: Any) -> pb.ListUsersResponse:
        self._note(request)
        return pb.ListUsersResponse(users=[self.user], next_page_token="next", total=1)

    async def CreateUser(
        self, request: pb.CreateUserRequest, context: Any
    ) -> pb.CreateUserResponse:
        self._note(request)
        return pb.CreateUserResponse(user=self.user, replayed=self.replayed)

    async def UpdateUser(
        self, request: pb.UpdateUserRequest, context: Any
    ) -> pb.UpdateUserResponse:
        self._note(request)
        return pb.UpdateUserResponse(user=self.user)

    async def SetPermissions(
        self, request: pb.SetPermissionsRequest, context: Any
    ) -> pb.SetPermissionsResponse:
        self._note(request)
        return pb.SetPermissionsResponse(user=self.user)

    async def SetUserStatus(
        self, request: pb.SetUserStatusRequest, context: Any
    ) -> pb.SetUserStatusResponse:
        self._note(request)
        return pb.SetUserStatusResponse(user=self.user, replayed=self.replayed)

    async def ResetPassword(
        self, request: pb.ResetPasswordRequest, context: Any
    ) -> pb.ResetPasswordResponse:
        self._note(request)
        return pb.ResetPasswordResponse(replayed=self.replayed)
