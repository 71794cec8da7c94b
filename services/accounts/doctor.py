"""What can be wrong with users: nobody may manage them, or none can be signed in."""

from services.accounts.app import NAME
from services.accounts.store import UserStore
from services.accounts.super_admin import admin_username
from services.chassis.database import opened
from services.chassis.finding import Findings, note, well
from services.settings import Settings


def require_settings(settings: Settings) -> None:
    """Raises SettingsInvalid if the service would not start with these."""
    admin_username(settings)


async def examined(settings: Settings) -> Findings:
    """Looks for the superAdmin, and for what signs access tokens; there is nothing to mend.

    The database has to be up to date. Raises what it raises.
    """
    async with opened(settings.database_url_of(NAME), NAME) as database:
        if await UserStore(database).has_super_admin():
            yield well("users", "there is a superAdmin")
        else:
            yield note(
                "users",
                "there is no superAdmin; NEKOHUB_ADMIN_PASSWORD makes one at the next start",
            )
    count = len(settings.jwt_secrets)
    if count == 0:
        yield note(
            "access tokens",
            "NEKOHUB_JWT_SECRET is not set and DATA_DIR has no jwt-secret: the next start makes "
            "one, and clients have to refresh their tokens",
        )
    elif count == 1:
        yield well("access tokens", "one secret signs and verifies them")
    else:
        yield well("access tokens", f"the first of {count} secrets signs them, all verify")
