"""The gRPC face of this service: validate, call, convert."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import grpc
from nekohub.accounts.v1 import accounts_pb2 as pb
from nekohub.accounts.v1 import accounts_pb2_grpc as pb_grpc

from services.accounts import convert, managing
from services.accounts.keys import ApiKeys
from services.accounts.model import Role, checked_password, checked_permissions, checked_username
from services.accounts.passwords import Passwords
from services.accounts.permissions import PERMISSIONS
from services.accounts.sessions import SessionStore
from services.accounts.signing_in import SignIn
from services.accounts.store import UserStore
from services.accounts.super_admin import forget_generated
from services.chassis.errors import Unauthenticated
from services.chassis.fingerprints import Fingerprints
from services.chassis.tokens import AccessTokens


@dataclass(frozen=True, slots=True)
class Parts:
    """What the methods are made of."""

    keys: ApiKeys
    users: UserStore
    sessions: SessionStore
    sign_in: SignIn
    passwords: Passwords
    tokens: AccessTokens
    fingerprints: Fingerprints
    folder: Path | None
    """Where the superAdmin's first password was generated into, if it was."""


class AccountServicer(pb_grpc.AccountServiceServicer):
    """Serves nekohub.accounts.v1.AccountService."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def VerifyApiKey(
        self,
        request: pb.VerifyApiKeyRequest,
        context: grpc.aio.ServicerContext[pb.VerifyApiKeyRequest, pb.VerifyApiKeyResponse],
    ) -> pb.VerifyApiKeyResponse:
        """See the proto."""
        holder = self._parts.keys.holder(request.api_key)
        if holder is None:
            raise Unauthenticated(
                "API_KEY_INVALID", "the bearer token is not an API key of this instance"
            )
        principal = pb.Principal(id=holder, permissions=PERMISSIONS, role=pb.ROLE_SUPER_ADMIN)
        return pb.VerifyApiKeyResponse(principal=principal)

    async def Login(
        self,
        request: pb.LoginRequest,
        context: grpc.aio.ServicerContext[pb.LoginRequest, pb.LoginResponse],
    ) -> pb.LoginResponse:
        """See the proto."""
        opened = await self._parts.sign_in(
            request.username, request.password, request.client_address
        )
        return pb.LoginResponse(session=convert.session_message(opened, self._parts.tokens))

    async def Refresh(
        self,
        request: pb.RefreshRequest,
        context: grpc.aio.ServicerContext[pb.RefreshRequest, pb.RefreshResponse],
    ) -> pb.RefreshResponse:
        """See the proto."""
        opened = await self._parts.sessions.go_on(request.refresh_token)
        return pb.RefreshResponse(session=convert.session_message(opened, self._parts.tokens))

    async def Logout(
        self,
        request: pb.LogoutRequest,
        context: grpc.aio.ServicerContext[pb.LogoutRequest, pb.LogoutResponse],
    ) -> pb.LogoutResponse:
        """See the proto."""
        if request.everywhere:
            await self._parts.sessions.end_all(request.refresh_token)
        else:
            await self._parts.sessions.end(request.refresh_token)
        return pb.LogoutResponse()

    async def GetUser(
        self,
        request: pb.GetUserRequest,
        context: grpc.aio.ServicerContext[pb.GetUserRequest, pb.GetUserResponse],
    ) -> pb.GetUserResponse:
        """See the proto."""
        user = await self._parts.users.get(request.user_id)
        return pb.GetUserResponse(user=convert.user_message(user))

    async def ListUsers(
        self,
        request: pb.ListUsersRequest,
        context: grpc.aio.ServicerContext[pb.ListUsersRequest, pb.ListUsersResponse],
    ) -> pb.ListUsersResponse:
        """See the proto."""
        return convert.page_message(await self._parts.users.page(convert.listing(request)))

    async def CreateUser(
        self,
        request: pb.CreateUserRequest,
        context: grpc.aio.ServicerContext[pb.CreateUserRequest, pb.CreateUserResponse],
    ) -> pb.CreateUserResponse:
        """See the proto."""
        claim = convert.claim(request, self._parts.fingerprints)
        actor = convert.actor(request.actor)
        username = checked_username(request.username)
        password = checked_password(request.password)
        role = convert.role(request.role)
        granted = checked_permissions(request.permissions)
        hashed = await self._parts.passwords.hashed(password)
        user, replayed = await self._parts.users.create(
            actor, username, hashed, role, request.is_active, granted, claim
        )
        return pb.CreateUserResponse(user=convert.user_message(user), replayed=replayed)

    async def UpdateUser(
        self,
        request: pb.UpdateUserRequest,
        context: grpc.aio.ServicerContext[pb.UpdateUserRequest, pb.UpdateUserResponse],
    ) -> pb.UpdateUserResponse:
        """See the proto."""
        named = convert.named_fields(request)
        username = checked_username(request.username) if "username" in named else None
        role = convert.role(request.role) if "role" in named else None
        user, _ = await self._parts.users.change(
            convert.actor(request.actor),
            request.user_id,
            lambda actor, saved: managing.changed(actor, saved, username, role),
        )
        return pb.UpdateUserResponse(user=convert.user_message(user))

    async def SetPermissions(
        self,
        request: pb.SetPermissionsRequest,
        context: grpc.aio.ServicerContext[pb.SetPermissionsRequest, pb.SetPermissionsResponse],
    ) -> pb.SetPermissionsResponse:
        """See the proto."""
        granted = checked_permissions(request.permissions)
        user, _ = await self._parts.users.change(
            convert.actor(request.actor),
            request.user_id,
            lambda actor, saved: managing.permitted(actor, saved, granted),
        )
        return pb.SetPermissionsResponse(user=convert.user_message(user))

    async def SetUserStatus(
        self,
        request: pb.SetUserStatusRequest,
        context: grpc.aio.ServicerContext[pb.SetUserStatusRequest, pb.SetUserStatusResponse],
    ) -> pb.SetUserStatusResponse:
        """See the proto."""
        user, replayed = await self._parts.users.change(
            convert.actor(request.actor),
            request.user_id,
            lambda actor, saved: managing.switched(actor, saved, request.is_active),
            convert.claim(request, self._parts.fingerprints),
        )
        return pb.SetUserStatusResponse(user=convert.user_message(user), replayed=replayed)

    async def ResetPassword(
        self,
        request: pb.ResetPasswordRequest,
        context: grpc.aio.ServicerContext[pb.ResetPasswordRequest, pb.ResetPasswordResponse],
    ) -> pb.ResetPasswordResponse:
        """See the proto."""
        claim = convert.claim(request, self._parts.fingerprints)
        actor = convert.actor(request.actor)
        password = checked_password(request.new_password)
        hashed = await self._parts.passwords.hashed(password)
        user, replayed = await self._parts.users.change(
            actor, request.user_id, managing.with_new_password, claim, hashed
        )
        if user.role is Role.SUPER_ADMIN and self._parts.folder is not None and not replayed:
            await forget_generated(self._parts.folder)
        return pb.ResetPasswordResponse(replayed=replayed)

    async def ListRevocations(
        self,
        request: pb.ListRevocationsRequest,
        context: grpc.aio.ServicerContext[pb.ListRevocationsRequest, pb.ListRevocationsResponse],
    ) -> AsyncIterator[pb.ListRevocationsResponse]:
        """See the proto."""
        async for part in self._parts.sessions.revoked():
            yield convert.revocations_message(part)
