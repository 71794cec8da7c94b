"""Between messages and the model."""

from collections.abc import Collection
from typing import Any

from nekohub.accounts.v1 import accounts_pb2 as pb

from services.accounts import managing
from services.accounts.listing import Listing, Page
from services.accounts.managing import Actor
from services.accounts.model import Role, User
from services.accounts.sessions import Opened, Revoked
from services.chassis.clock import timestamp
from services.chassis.errors import InvalidArgument
from services.chassis.fingerprints import Fingerprints
from services.chassis.ids import is_id
from services.chassis.requests import Claim
from services.chassis.tokens import AccessTokens, Claims

API_KEY = "api-key:"
"""How the ids of API keys' holders begin."""
_ROLES = {
    Role.SUPER_ADMIN: pb.ROLE_SUPER_ADMIN,
    Role.ADMIN: pb.ROLE_ADMIN,
    Role.USER: pb.ROLE_USER,
}
_MEANT: dict[int, Role] = {number: role for role, number in _ROLES.items()}
_UPDATED = ("username", "role")


def user_message(user: User) -> pb.User:
    """A user as others may see it."""
    seen = user.last_login_time
    return pb.User(
        id=user.id,
        username=user.username,
        role=_ROLES[user.role],
        is_active=user.is_active,
        permissions=user.permissions,
        create_time=timestamp(user.create_time),
        update_time=timestamp(user.update_time),
        last_login_time=None if seen is None else timestamp(seen),
    )


def session_message(opened: Opened, tokens: AccessTokens) -> pb.Session:
    """A session with its tokens, which nobody but the client is to see."""
    user = opened.user
    claims = Claims(
        user_id=user.id,
        username=user.username,
        role=user.role.value,
        permissions=user.permissions,
        version=user.version,
        session_id=opened.id,
        issue_time=opened.issue_time,
        expire_time=opened.access_expire_time,
    )
    return pb.Session(
        access_token=tokens.signed(claims),
        refresh_token=opened.refresh_token,
        access_expire_time=timestamp(opened.access_expire_time),
        refresh_expire_time=timestamp(opened.refresh_expire_time),
        user=user_message(user),
    )


def page_message(page: Page) -> pb.ListUsersResponse:
    """A page of users."""
    return pb.ListUsersResponse(
        users=map(user_message, page.users),
        next_page_token=page.next_page_token,
        total=page.total,
        total_is_capped=page.total_is_capped,
    )


def revocations_message(revoked: Revoked) -> pb.ListRevocationsResponse:
    """A part of what access tokens may no longer say."""
    return pb.ListRevocationsResponse(
        revocations=(
            pb.Revocation(
                user_id=user.id,
                version=user.version,
                minimum_version=user.minimum_version,
                permissions=user.permissions,
                role=_ROLES[user.role],
            )
            for user in revoked.users
        ),
        session_ids=revoked.session_ids,
    )


def listing(request: pb.ListUsersRequest) -> Listing:
    """Which users are wanted."""
    return Listing(
        page_size=request.page_size,
        page_token=request.page_token,
        skip=request.skip,
        query=request.query,
    )


def actor(message: pb.Principal) -> Actor:
    """Who does it; of a user only the id counts, the rest is in the database.

    Raises InvalidArgument for an id that is none.
    """
    if message.id.startswith(API_KEY):
        return managing.api_key(message.id)
    if not is_id(message.id):
        raise InvalidArgument(
            "REQUEST_INVALID", f"actor.id {message.id[:100]!r} is of neither a user nor an API key"
        )
    return Actor(message.id, Role.USER, frozenset())


def role(number: int) -> Role:
    """A user's role. Raises InvalidArgument."""
    if number not in _MEANT:
        raise InvalidArgument("USER_ROLE_INVALID", "role must be 'admin' or 'user'")
    return _MEANT[number]


def named_fields(request: pb.UpdateUserRequest) -> Collection[str]:
    """The fields to change. Raises InvalidArgument for one that cannot be."""
    named = frozenset(request.update_mask.paths)
    unknown = named.difference(_UPDATED)
    if unknown:
        raise InvalidArgument(
            "REQUEST_INVALID",
            f"update_mask names {', '.join(sorted(unknown))[:200]}; accepted are "
            f"{', '.join(_UPDATED)}",
        )
    return named


def claim(request: Any, fingerprints: Fingerprints) -> Claim | None:
    """By what a request is known again; None if it need not be.

    Who does it is not part of the content: an id is of one caller. Raises REQUEST_INVALID.
    """
    content = type(request)()
    content.CopyFrom(request)
    content.ClearField("actor")
    content.ClearField("request_id")
    kind = request.DESCRIPTOR.name.encode()
    given = content.SerializeToString(deterministic=True)
    return fingerprints.claim(request.request_id, kind + b" " + given)
