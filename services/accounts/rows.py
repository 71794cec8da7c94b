"""Between rows and the model."""

from typing import Any

from services.accounts.model import Role, User
from services.chassis.names import fold
from services.chassis.queries import Row


def user_of(row: Row) -> User:
    """The user of a row of `account`."""
    return User(
        id=row["id"],
        username=row["username"],
        role=Role(row["role"]),
        is_active=row["is_active"],
        granted=frozenset(row["granted"].split()),
        version=row["version"],
        minimum_version=row["minimum_version"],
        create_time=row["create_time"],
        update_time=row["update_time"],
        last_login_time=row["last_login_time"],
    )


def values_of(user: User) -> dict[str, Any]:
    """What a row of `account` has of a user; signing in keeps `last_login_time` itself."""
    return {
        "id": user.id,
        "username": user.username,
        "username_folded": fold(user.username),
        "role": user.role.value,
        "is_active": user.is_active,
        "granted": " ".join(sorted(user.granted)),
        "version": user.version,
        "minimum_version": user.minimum_version,
        "create_time": user.create_time,
        "update_time": user.update_time,
    }
