"""The accounts service on a real socket."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.accounts.v1 import accounts_pb2 as pb
from nekohub.accounts.v1 import accounts_pb2_grpc as pb_grpc
from pydantic import SecretStr

from services.accounts.app import assembled
from services.accounts.passwords import Cost
from services.accounts.permissions import PERMISSIONS
from services.chassis.channel import channel
from services.chassis.errors import HubError
from services.chassis.server import serving
from services.chassis.status import from_rpc_error
from services.chassis.tokens import AccessTokens, Claims
from services.settings import Settings

TOKEN = "an internal token for the tests, long enough"
JWT_SECRET = "jwt-secret-of-the-tests-0123456789abcdef"
API_KEY = "api-key-of-the-tests-0123456789"
ADMIN_PASSWORD = "planted-admin-password"
PASSWORD = "planted-password"
CHEAP = Cost(rounds=1, memory_kib=8)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROLES = {"superAdmin": pb.ROLE_SUPER_ADMIN, "admin": pb.ROLE_ADMIN, "user": pb.ROLE_USER}
KEY_ACTOR = pb.Principal(id="api-key:0123abcd", permissions=PERMISSIONS, role=pb.ROLE_SUPER_ADMIN)


@dataclass
class Clock:
    """A time that passes when it is told to."""

    moment: datetime = START

    def __call__(self) -> datetime:
        """The time."""
        return self.moment

    def passes(self, **time: float) -> None:
        """It is later by that."""
        self.moment += timedelta(**time)


class AccountsHub:
    """A running service and calls to it; failures come as the errors that were raised inside."""

    def __init__(self, stub: pb_grpc.AccountServiceStub, clock: Clock) -> None:
        self._stub = stub
        self.clock = clock

    async def __call__(self, method: str, **fields: Any) -> Any:
        """Calls a method of the service."""
        request = getattr(pb, f"{method}Request")(**fields)
        try:
            return await getattr(self._stub, method)(request)
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None

    async def login(self, username: str, password: str = PASSWORD, address: str = "") -> pb.Session:
        """Signs in."""
        given = {"username": username, "password": password, "client_address": address}
        session: pb.Session = (await self("Login", **given)).session
        return session

    async def admin(self) -> pb.User:
        """The superAdmin, who has signed in."""
        return (await self.login("admin", ADMIN_PASSWORD)).user

    async def refresh(self, token: str) -> pb.Session:
        """Goes on."""
        session: pb.Session = (await self("Refresh", refresh_token=token)).session
        return session

    async def logout(self, token: str, *, everywhere: bool = False) -> None:
        """Signs out."""
        await self("Logout", refresh_token=token, everywhere=everywhere)

    async def create(
        self,
        username: str = "",
        *,
        by: pb.Principal = KEY_ACTOR,
        role: str = "user",
        permissions: Sequence[str] = (),
        password: str = PASSWORD,
        **more: Any,
    ) -> pb.User:
        """Creates a user, with a name that nobody has unless one is given."""
        given = {
            "username": username or f"user-{uuid.uuid4().hex[:12]}",
            "password": password,
            "role": ROLES[role],
            "permissions": permissions,
            "is_active": True,
        }
        made: pb.User = (await self("CreateUser", actor=by, **(given | more))).user
        return made

    async def get(self, user: pb.User) -> pb.User:
        """The user as it is now."""
        found: pb.User = (await self("GetUser", user_id=user.id)).user
        return found

    async def update(self, user: pb.User, by: pb.Principal = KEY_ACTOR, **fields: Any) -> pb.User:
        """Changes the given fields."""
        if "role" in fields:
            fields["role"] = ROLES[fields["role"]]
        mask = FieldMask(paths=list(fields))
        changed: pb.User = (
            await self("UpdateUser", actor=by, user_id=user.id, update_mask=mask, **fields)
        ).user
        return changed

    async def permit(
        self, user: pb.User, *permissions: str, by: pb.Principal = KEY_ACTOR
    ) -> pb.User:
        """Sets a user's permissions."""
        given = {"actor": by, "user_id": user.id, "permissions": permissions}
        changed: pb.User = (await self("SetPermissions", **given)).user
        return changed

    async def switch(self, user: pb.User, is_active: bool, by: pb.Principal = KEY_ACTOR) -> pb.User:
        """Enables or disables a user."""
        given = {"actor": by, "user_id": user.id, "is_active": is_active}
        changed: pb.User = (await self("SetUserStatus", **given)).user
        return changed

    async def reset(self, user: pb.User, password: str, by: pb.Principal = KEY_ACTOR) -> None:
        """Gives a user another password."""
        await self("ResetPassword", actor=by, user_id=user.id, new_password=password)

    async def page(self, **wanted: Any) -> pb.ListUsersResponse:
        """A page of users."""
        found: pb.ListUsersResponse = await self("ListUsers", **wanted)
        return found

    async def revocations(self) -> dict[str, pb.Revocation]:
        """What is said of users."""
        return {each.user_id: each for part in await self.parts() for each in part.revocations}

    async def ended_sessions(self) -> set[str]:
        """The sessions that are said to have ended."""
        return {each for part in await self.parts() for each in part.session_ids}

    async def parts(self) -> list[pb.ListRevocationsResponse]:
        """What access tokens may no longer say, as it comes."""
        call: Any = self._stub.ListRevocations(pb.ListRevocationsRequest())
        return [part async for part in call]

    def claims(self, session: pb.Session, *secrets: str) -> Claims:
        """What a session's access token says."""
        keys = [SecretStr(secret) for secret in secrets or (JWT_SECRET,)]
        return AccessTokens(keys, self.clock).verified(session.access_token)


def acting(user: pb.User) -> pb.Principal:
    """A user as the gateway makes it an actor."""
    return pb.Principal(
        id=user.id, permissions=user.permissions, role=user.role, username=user.username
    )


def settings_for(folder: Path, database_url: str, **given: Any) -> Settings:
    """Settings with the database there."""
    usual: dict[str, Any] = {
        "api_keys": (API_KEY,),
        "jwt_secrets": (JWT_SECRET,),
        "admin_password": ADMIN_PASSWORD,
    }
    if database_url.startswith("postgresql"):
        usual["database_url"] = database_url
    return Settings(data_dir=folder, **usual | given)


@asynccontextmanager
async def running(
    settings: Settings, clock: Clock | None = None, cost: Cost = CHEAP, **more: Any
) -> AsyncIterator[AccountsHub]:
    """Serves, beside others with the same database if there are."""
    clock = clock or Clock()
    async with AsyncExitStack() as stack:
        assembly = assembled(settings, cost=cost, clock=clock, **more)
        service = await stack.enter_async_context(assembly)
        socket = f"unix:{settings.data_dir}/{uuid.uuid4().hex[:8]}.sock"
        address = await stack.enter_async_context(serving(service, socket, token=TOKEN))
        opened = await stack.enter_async_context(channel(address, token=TOKEN))
        yield AccountsHub(pb_grpc.AccountServiceStub(opened), clock)


async def failure(call: Awaitable[Any]) -> HubError:
    """The error that a call ends with, in which no secret is."""
    with pytest.raises(HubError) as failed:
        await call
    assert "planted" not in f"{failed.value} {failed.value.metadata}"
    return failed.value


async def reason(call: Awaitable[Any]) -> tuple[str, str]:
    """The category and the reason of the error that a call ends with."""
    failed = await failure(call)
    return type(failed).__name__, failed.reason
