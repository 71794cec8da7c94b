"""The superAdmin that a database gets, once ever."""

import asyncio
import logging
from pathlib import Path

from services import keys
from services.accounts.model import checked_password, checked_username
from services.accounts.passwords import Passwords
from services.accounts.store import UserStore
from services.chassis.errors import AlreadyExists, InvalidArgument
from services.settings import Settings, SettingsInvalid

_log = logging.getLogger(__name__)


async def make_super_admin(
    store: UserStore, passwords: Passwords, settings: Settings, folder: Path | None
) -> None:
    """Makes it if there is none; its password is given, or generated into a file of `folder`.

    With neither there is none, and only API keys can do what it could. Raises SettingsInvalid for a
    name or a password that it cannot have.
    """
    username = admin_username(settings)
    if await store.has_super_admin():
        return
    if settings.admin_password:
        password = _given(settings)
    elif folder is not None:
        password = await asyncio.to_thread(_generated, folder)
    else:
        _log.warning("there is no superAdmin; NEKOHUB_ADMIN_PASSWORD makes one")
        return
    hashed = await passwords.hashed(password)
    try:
        made = await store.make_super_admin(username, hashed)
    except AlreadyExists:
        raise _refused(settings, "another user has this name") from None
    if made and settings.admin_password and folder is not None:
        # The password in it, if there is one, was that of a database which is gone.
        await forget_generated(folder)


async def forget_generated(folder: Path) -> None:
    """Removes the file with the generated password, which is the superAdmin's no longer."""
    path = folder / keys.ADMIN_PASSWORD
    await asyncio.to_thread(path.unlink, missing_ok=True)


def _given(settings: Settings) -> str:
    try:
        return checked_password(settings.admin_password.get_secret_value())
    except InvalidArgument as error:  # once it is in one form with what people type
        raise SettingsInvalid(
            f"NEKOHUB_ADMIN_PASSWORD=*** is not accepted: {error.message}"
        ) from None


def _generated(folder: Path) -> str:
    path = folder / keys.ADMIN_PASSWORD
    try:
        return checked_password(keys.kept(folder, path.name))
    except (OSError, UnicodeDecodeError, InvalidArgument):
        raise SettingsInvalid(
            f"NEKOHUB_DATA_DIR={str(folder)!r} is not accepted: {path} cannot be used; remove it"
        ) from None


def admin_username(settings: Settings) -> str:
    """The superAdmin's name. Raises SettingsInvalid for one that cannot be."""
    try:
        return checked_username(settings.admin_username)
    except InvalidArgument:
        raise _refused(settings, "1 to 64 characters, none of them invisible") from None


def _refused(settings: Settings, why: str) -> SettingsInvalid:
    return SettingsInvalid(
        f"NEKOHUB_ADMIN_USERNAME={settings.admin_username[:100]!r} is not accepted: {why}"
    )
