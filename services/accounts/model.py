"""Users: their names, passwords, roles and permissions, and the rules about those."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.accounts.permissions import EVERYBODY, PERMISSIONS
from services.chassis.errors import InvalidArgument
from services.chassis.names import fold, hidden

USERNAME_CHARACTERS = 64
PASSWORD_CHARACTERS = (8, 256)
"""Fewest and most."""
_RAW_CHARACTERS = 256
"""A longer text is no name, whatever it becomes."""


class Role(StrEnum):
    """What a user is, as HTTP and access tokens have it."""

    SUPER_ADMIN = "superAdmin"
    ADMIN = "admin"
    USER = "user"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    id: str
    username: str
    role: Role
    is_active: bool
    granted: frozenset[str]
    """What a `USER` may do; other roles are granted nothing, they have all."""
    version: int
    """Rises with whatever makes an access token say too much or too little."""
    minimum_version: int
    """Access tokens of an older version are void."""
    create_time: datetime
    update_time: datetime
    last_login_time: datetime | None = None

    @property
    def permissions(self) -> tuple[str, ...]:
        """All that it may do, in the order of PERMISSIONS."""
        return permissions_of(self.role, self.granted)


def permissions_of(role: Role, granted: frozenset[str]) -> tuple[str, ...]:
    """All that somebody of a role may do who was granted this."""
    if role is not Role.USER:
        return PERMISSIONS
    return tuple(each for each in PERMISSIONS if each in granted | EVERYBODY)


def checked_username(text: str) -> str:
    """The name as it is kept. Raises InvalidArgument (USER_USERNAME_REQUIRED)."""
    name = _normal(text)
    if name is None:
        raise InvalidArgument(
            "USER_USERNAME_REQUIRED",
            f"username {text[:80]!r} is not accepted: give 1 to {USERNAME_CHARACTERS} characters, "
            "none of them a control character or invisible",
        )
    return name


def folded(text: str) -> str | None:
    """By what a name is found, whatever its letter case; None for a text that is none."""
    name = _normal(text)
    return None if name is None else fold(name)


def checked_password(text: str) -> str:
    """The password in the form that is hashed. Raises InvalidArgument (USER_PASSWORD_REQUIRED)."""
    password = normal_password(text)
    fewest, most = PASSWORD_CHARACTERS
    if not fewest <= len(password) <= most:
        raise InvalidArgument(
            "USER_PASSWORD_REQUIRED",
            f"the password has {len(password)} characters; {fewest} to {most} are accepted",
        )
    return password


def normal_password(text: str) -> str:
    """A password in one form, however the keyboard composes its accents."""
    # One that is too long is nobody's; normalising it could take long.
    most = PASSWORD_CHARACTERS[1]
    return unicodedata.normalize("NFC", text) if len(text) <= 2 * most else text


def checked_permissions(names: Iterable[str]) -> frozenset[str]:
    """What is to be granted. Raises InvalidArgument (USER_PERMISSIONS_INVALID)."""
    given = frozenset(names)
    unknown = sorted(given.difference(PERMISSIONS))
    if unknown:
        raise InvalidArgument(
            "USER_PERMISSIONS_INVALID",
            f"there is no permission {unknown[0][:80]!r}; there are {', '.join(PERMISSIONS)}",
        )
    return given


def _normal(text: str) -> str | None:
    if len(text) > _RAW_CHARACTERS:
        return None
    name = unicodedata.normalize("NFKC", text).strip()
    if not 0 < len(name) <= USERNAME_CHARACTERS:
        return None
    return None if hidden(name) or not fold(name) else name
