"""Users and their sessions."""

from __future__ import annotations

from typing import Literal

from nekohub.accounts.v1 import accounts_pb2 as pb
from typing_extensions import TypedDict

from gateway.convert.shape import Id, Utc, documented, utc

RoleName = Literal["superAdmin", "admin", "user"]

ROLE: dict[pb.Role, RoleName] = {
    pb.ROLE_SUPER_ADMIN: "superAdmin",
    pb.ROLE_ADMIN: "admin",
    pb.ROLE_USER: "user",
}
ROLES: dict[str, pb.Role] = {name: role for role, name in ROLE.items()}


@documented
class UserJson(TypedDict):
    """Somebody who can sign in."""

    id: Id
    username: str
    role: RoleName
    isActive: bool
    """Whether it may sign in."""
    permissions: list[str]
    """All that it may do, by its role or granted."""
    createdAtUtc: Utc
    updatedAtUtc: Utc
    lastLoginAtUtc: Utc | None
    """Null before the first time."""


@documented
class SessionJson(TypedDict):
    """Who has signed in, and with what it goes on."""

    accessToken: str | None
    """For the header `Authorization: Bearer`; null for a page that has it as a cookie."""
    refreshToken: str | None
    """Works once, for new tokens; null for a page that has it as a cookie."""
    accessTokenExpiresAtUtc: Utc
    refreshTokenExpiresAtUtc: Utc
    user: UserJson


def user(message: pb.User) -> UserJson:
    """A user."""
    return {
        "id": message.id,
        "username": message.username,
        "role": ROLE[message.role],
        "isActive": message.is_active,
        "permissions": list(message.permissions),
        "createdAtUtc": utc(message.create_time),
        "updatedAtUtc": utc(message.update_time),
        "lastLoginAtUtc": (
            utc(message.last_login_time) if message.HasField("last_login_time") else None
        ),
    }


def session(message: pb.Session) -> SessionJson:
    """A session, with its tokens."""
    return {
        "accessToken": message.access_token,
        "refreshToken": message.refresh_token,
        "accessTokenExpiresAtUtc": utc(message.access_expire_time),
        "refreshTokenExpiresAtUtc": utc(message.refresh_expire_time),
        "user": user(message.user),
    }
