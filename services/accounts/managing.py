"""Who may do what to whom, and what a user becomes by it.

Nobody comes to more than they have: not by what they grant, and not through somebody whom they
rename or whose password they know. Each rule raises PermissionDenied (USER_…_FORBIDDEN).
"""

from dataclasses import dataclass, replace
from typing import NoReturn

from services.accounts.model import Role, User, permissions_of
from services.accounts.permissions import PERMISSIONS
from services.chassis.errors import InvalidArgument, PermissionDenied


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it."""

    id: str
    role: Role
    permissions: frozenset[str]


def api_key(holder: str) -> Actor:
    """The holder of an API key, who manages as a superAdmin does."""
    return Actor(holder, Role.SUPER_ADMIN, frozenset(PERMISSIONS))


def as_actor(user: User) -> Actor:
    """What a user may do to others. Raises PermissionDenied for one that is disabled."""
    if not user.is_active:
        raise PermissionDenied("USER_MANAGE_FORBIDDEN", "the caller has been disabled meanwhile")
    return Actor(user.id, user.role, frozenset(user.permissions))


def check_created(actor: Actor, role: Role, granted: frozenset[str]) -> None:
    """Whether `actor` may create such a user. Raises InvalidArgument too: an admin has all."""
    if role is Role.SUPER_ADMIN:
        raise PermissionDenied(
            "USER_SUPER_ADMIN_CREATE_FORBIDDEN",
            "nobody creates a superAdmin; role may be 'admin' or 'user'",
        )
    _check_reach(actor, role, granted)
    if role is Role.ADMIN and granted:
        raise InvalidArgument(
            "USER_PERMISSIONS_INVALID",
            "an admin has every permission; leave permissions out, or make it a 'user'",
        )


def changed(actor: Actor, target: User, username: str | None, role: Role | None) -> User:
    """The user with another name or role; None for what stays."""
    is_other_role = role is not None and role is not target.role
    if actor.id == target.id:
        if is_other_role:
            raise PermissionDenied("USER_SELF_ROLE_FORBIDDEN", "nobody changes their own role")
    else:
        _check_not_super_admin(target, "UPDATE", "changes")
        if role is Role.SUPER_ADMIN:
            raise PermissionDenied(
                "USER_SUPER_ADMIN_UPDATE_FORBIDDEN",
                "nobody becomes a superAdmin; role may be 'admin' or 'user'",
            )
        _check_reach(actor, target.role, target.granted)
        if role is not None and is_other_role:
            _check_reach(actor, role, frozenset())
    named = target if username is None else replace(target, username=username)
    if role is None or not is_other_role:
        return named
    # What was granted to another role is not meant for this one.
    return replace(named, role=role, granted=frozenset(), version=target.version + 1)


def permitted(actor: Actor, target: User, granted: frozenset[str]) -> User:
    """The user with other permissions. Raises InvalidArgument for an admin, who has all."""
    if actor.id == target.id:
        raise PermissionDenied(
            "USER_SELF_PERMISSIONS_FORBIDDEN", "nobody changes their own permissions"
        )
    _check_not_super_admin(target, "PERMISSIONS", "changes the permissions of")
    _check_reach(actor, target.role, target.granted)
    if target.role is Role.ADMIN:
        raise InvalidArgument(
            "USER_PERMISSIONS_INVALID",
            f"{target.username!r} is an admin, who has every permission; make it a 'user' first",
        )
    _check_reach(actor, target.role, granted)
    if permissions_of(target.role, granted) == target.permissions:
        return target
    return replace(target, granted=granted, version=target.version + 1)


def switched(actor: Actor, target: User, is_active: bool) -> User:
    """The user enabled or disabled."""
    if actor.id == target.id:
        if not is_active:
            raise PermissionDenied("USER_SELF_DISABLE_FORBIDDEN", "nobody disables themselves")
    else:
        _check_not_super_admin(target, "DISABLE", "disables")
        _check_reach(actor, target.role, target.granted)
    if is_active or not target.is_active:
        return replace(target, is_active=is_active)
    return _signed_out(replace(target, is_active=False))


def with_new_password(actor: Actor, target: User) -> User:
    """The user once its password is another."""
    if actor.id != target.id:
        _check_not_super_admin(target, "RESET_PASSWORD", "resets the password of")
        _check_reach(actor, target.role, target.granted)
    return _signed_out(target)


def _signed_out(user: User) -> User:
    version = user.version + 1
    return replace(user, version=version, minimum_version=version)


def _check_not_super_admin(target: User, action: str, does: str) -> None:
    if target.role is Role.SUPER_ADMIN:
        raise PermissionDenied(
            f"USER_SUPER_ADMIN_{action}_FORBIDDEN", f"nobody else {does} a superAdmin"
        )


def _check_reach(actor: Actor, role: Role, granted: frozenset[str]) -> None:
    """Whether `actor` may manage another of this role who was granted this."""
    if actor.role is Role.SUPER_ADMIN:
        return
    if role is not Role.USER:
        _forbid(f"only a superAdmin or an API key manages a user with the role {role.value!r}")
    lacking = sorted(set(permissions_of(role, granted)) - actor.permissions)
    if lacking:
        _forbid(f"the caller lacks the permission {lacking[0]!r}, which this user has or would get")


def _forbid(message: str) -> NoReturn:
    raise PermissionDenied("USER_MANAGE_FORBIDDEN", message)
