"""/api/v1/users: who can sign in, and what they may."""

from __future__ import annotations

from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.accounts.v1 import accounts_pb2 as pb
from pydantic import ConfigDict, Field, JsonValue, SecretStr
from starlette.requests import Request
from starlette.responses import Response

from gateway import json, query
from gateway.auth import Principal
from gateway.context import Gateway
from gateway.convert import accounts as convert
from gateway.convert.accounts import ROLES, UserJson
from gateway.convert.shape import Page, page
from gateway.endpoint import Endpoint, Header
from gateway.idempotency import marked, request_id
from gateway.query import Parameter
from gateway.routes.paths import API

QUERY = Parameter("query", "A part of the name, in any letter case.", aliases=("keyword",))
_ROLE: dict[str, JsonValue] = {"enum": ["admin", "user"]}


class UserBody(json.SmallBody):
    """A new user; that fields are lacking is the service's to say."""

    model_config = ConfigDict(json_schema_extra={"required": ["username", "password", "role"]})

    username: str = Field(default_factory=str, json_schema_extra={"maxLength": 64})
    password: SecretStr = Field(
        default_factory=lambda: SecretStr(""),
        json_schema_extra={"minLength": 8, "maxLength": 256},
    )
    role: str = Field(default_factory=str, json_schema_extra=_ROLE)
    is_active: bool = True
    """Whether it may sign in."""
    permissions: list[str] = Field(default_factory=list)
    """What a user may do besides `assets.read`."""


class UserPatch(json.SmallBody):
    """What may be changed of a user; what is left out stays."""

    username: str = Field(default_factory=str, json_schema_extra={"maxLength": 64})
    role: str = Field(default_factory=str, json_schema_extra=_ROLE)


class PermissionsBody(json.SmallBody):
    """What a user may do."""

    permissions: list[str]
    """All of them; `assets.read` is added."""


class StatusBody(json.SmallBody):
    """Whether a user may sign in."""

    is_active: bool


class NewPasswordBody(json.SmallBody):
    """A user's next password."""

    model_config = ConfigDict(json_schema_extra={"required": ["newPassword"]})

    new_password: SecretStr = Field(
        default_factory=lambda: SecretStr(""),
        json_schema_extra={"minLength": 8, "maxLength": 256},
    )


async def list_users(gateway: Gateway, request: Request) -> json.Data[Page[UserJson]]:
    """List users, newest first."""
    wanted = query.page(request.query_params)
    found = await gateway.stubs.accounts.ListUsers(
        pb.ListUsersRequest(
            page_size=wanted.size,
            page_token=wanted.cursor,
            skip=wanted.skip,
            query=query.text(request.query_params, QUERY),
        )
    )
    return json.data(page([convert.user(each) for each in found.users], wanted, found))


async def create(gateway: Gateway, request: Request, body: UserBody) -> json.Data[UserJson]:
    """Create an admin or a user."""
    made = await gateway.stubs.accounts.CreateUser(
        pb.CreateUserRequest(
            actor=_actor(request),
            username=body.username,
            password=body.password.get_secret_value(),
            role=ROLES.get(body.role, pb.ROLE_UNSPECIFIED),
            is_active=body.is_active,
            permissions=body.permissions,
            request_id=request_id(request),
        )
    )
    location = f"{API}/users/{made.user.id}"
    return marked(json.data(convert.user(made.user), 201, location=location), made.replayed)


async def get(gateway: Gateway, request: Request) -> json.Data[UserJson]:
    """Read a user."""
    found = await gateway.stubs.accounts.GetUser(
        pb.GetUserRequest(user_id=request.path_params["id"])
    )
    return json.data(convert.user(found.user))


async def patch(gateway: Gateway, request: Request, body: UserPatch) -> json.Data[UserJson]:
    """Change a user's name or role.

    Who gets another role loses what was granted.
    """
    changed = await gateway.stubs.accounts.UpdateUser(
        pb.UpdateUserRequest(
            actor=_actor(request),
            user_id=request.path_params["id"],
            username=body.username,
            role=ROLES.get(body.role, pb.ROLE_UNSPECIFIED),
            update_mask=FieldMask(paths=sorted(body.model_fields_set)),
        )
    )
    return json.data(convert.user(changed.user))


async def set_permissions(
    gateway: Gateway, request: Request, body: PermissionsBody
) -> json.Data[UserJson]:
    """Set what a user may do.

    Within 30 seconds it counts for access tokens that are in use.
    """
    changed = await gateway.stubs.accounts.SetPermissions(
        pb.SetPermissionsRequest(
            actor=_actor(request),
            user_id=request.path_params["id"],
            permissions=body.permissions,
        )
    )
    return json.data(convert.user(changed.user))


async def set_status(gateway: Gateway, request: Request, body: StatusBody) -> json.Data[UserJson]:
    """Enable or disable a user.

    Disabling ends its sessions, and within 30 seconds voids its access tokens.
    """
    changed = await gateway.stubs.accounts.SetUserStatus(
        pb.SetUserStatusRequest(
            actor=_actor(request),
            user_id=request.path_params["id"],
            is_active=body.is_active,
            request_id=request_id(request),
        )
    )
    return marked(json.data(convert.user(changed.user)), changed.replayed)


async def reset_password(gateway: Gateway, request: Request, body: NewPasswordBody) -> Response:
    """Give a user another password.

    It ends the user's sessions, and within 30 seconds voids its access tokens.
    """
    done = await gateway.stubs.accounts.ResetPassword(
        pb.ResetPasswordRequest(
            actor=_actor(request),
            user_id=request.path_params["id"],
            new_password=body.new_password.get_secret_value(),
            request_id=request_id(request),
        )
    )
    return marked(json.nothing(), done.replayed)


def _actor(request: Request) -> pb.Principal:
    principal: Principal = request.state.principal
    return principal.actor


_ALL = f"{API}/users"
_ONE = f"{_ALL}/{{id}}"
_GONE = "404 user_not_found"
_NAME = ("400 user_username_required", "400 user_role_invalid", "409 user_username_conflict")
_TOO_SHORT = "400 user_password_required"
_PERMISSIONS = "400 user_permissions_invalid"
_MANAGE = "403 user_manage_forbidden"

ROUTES = (
    Endpoint("GET", _ALL, list_users, "users.read", query=(*query.PAGED, QUERY)),
    Endpoint(
        "POST",
        _ALL,
        create,
        "users.create",
        (*_NAME, _TOO_SHORT, _PERMISSIONS, "403 user_super_admin_create_forbidden", _MANAGE),
        statuses=(201,),
        answer_headers=(Header("Location", "Of the user.", (201,)),),
    ),
    Endpoint("GET", _ONE, get, "users.read", (_GONE,)),
    Endpoint(
        "PATCH",
        _ONE,
        patch,
        "users.update",
        (
            _GONE,
            *_NAME,
            "403 user_super_admin_update_forbidden",
            "403 user_self_role_forbidden",
            _MANAGE,
        ),
    ),
    Endpoint(
        "PATCH",
        f"{_ONE}/permissions",
        set_permissions,
        "users.managePermissions",
        (
            _GONE,
            _PERMISSIONS,
            "403 user_super_admin_permissions_forbidden",
            "403 user_self_permissions_forbidden",
            _MANAGE,
        ),
    ),
    Endpoint(
        "POST",
        f"{_ONE}/status",
        set_status,
        "users.disable",
        (
            _GONE,
            "403 user_super_admin_disable_forbidden",
            "403 user_self_disable_forbidden",
            _MANAGE,
        ),
    ),
    Endpoint(
        "POST",
        f"{_ONE}/reset-password",
        reset_password,
        "users.update",
        (_GONE, _TOO_SHORT, "403 user_super_admin_reset_password_forbidden", _MANAGE),
        statuses=(204,),
    ),
)
