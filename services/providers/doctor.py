"""What can be wrong with profiles: their saved keys and their addresses."""

from collections.abc import Sequence

from pydantic import SecretStr
from sqlalchemy import Connection, update

from services.chassis.database import Database, opened
from services.chassis.finding import Finding, Findings, Verdict, mended, note, well, wrong
from services.providers.addresses import AddressPolicy
from services.providers.app import NAME, address_policy
from services.providers.model import Profile
from services.providers.secrets import KeyBox, KeyUnreadable
from services.providers.store import ProfileStore
from services.providers.tables import profile
from services.settings import Settings


def require_settings(settings: Settings) -> None:
    """Raises SettingsInvalid if the service would not start with these."""
    address_policy(settings.provider_allow_hosts)


async def examined(settings: Settings, *, fix: bool) -> Findings:
    """Checks every profile; no endpoint and no name server is asked.

    The database has to be up to date. Raises what it raises, and SettingsInvalid.
    """
    policy = address_policy(settings.provider_allow_hosts)
    async with opened(settings.database_url_of(NAME), NAME) as database:
        profiles = await ProfileStore(database).all()
        refused = _addresses(profiles, policy)
        for finding in refused or [well("profiles", f"{len(profiles)}, with allowed addresses")]:
            yield finding
        sealed = [each for each in profiles if each.sealed_api_key]
        async for finding in _keys(database, sealed, settings.secret_keys, fix):
            yield finding


def _addresses(profiles: Sequence[Profile], policy: AddressPolicy) -> list[Finding]:
    found = []
    for each in profiles:
        url = each.fields.api_base_url
        refusal = None if url.is_local else policy.literal_refusal(url.origin.host)
        if refusal is not None:
            verdict = Verdict.WRONG if each.is_active else Verdict.NOTE
            told = f"{each.fields.name!r} cannot be asked: {refusal}"
            found.append(Finding(verdict, "profiles", told))
    return found


async def _keys(
    database: Database, sealed: Sequence[Profile], secrets: Sequence[SecretStr], fix: bool
) -> Findings:
    if not secrets:
        told = "NEKOHUB_SECRET_KEY is not set and DATA_DIR has no secret-key"
        if sealed:
            yield wrong("keys", f"{told}: {len(sealed)} saved API keys cannot be decrypted")
        else:
            yield note("keys", f"{told}; no API key is saved either")
        return
    every, first = KeyBox(secrets), KeyBox(secrets[:1])
    old, unreadable = [], 0
    for each in sealed:
        try:
            every.open(each.sealed_api_key, each.fields.name)
        except KeyUnreadable as error:
            unreadable += 1
            yield wrong("keys", str(error))
            continue
        try:
            first.open(each.sealed_api_key, each.fields.name)
        except KeyUnreadable:
            old.append(each)
    if old and fix:
        for each in old:
            await _seal_anew(database, each, every)
        yield mended("keys", f"{len(old)} saved API keys were encrypted anew with the first secret")
    elif old:
        yield note(
            "keys",
            f"{len(old)} saved API keys are encrypted with a former secret, which must stay in "
            "NEKOHUB_SECRET_KEY; --fix encrypts them anew with the first",
        )
    elif not unreadable:
        yield well("keys", f"{len(sealed)} saved API keys can be decrypted")


async def _seal_anew(database: Database, former: Profile, keys: KeyBox) -> None:
    sealed = keys.seal(keys.open(former.sealed_api_key, former.fields.name))

    def work(connection: Connection) -> None:
        # Unless somebody has given another key meanwhile.
        connection.execute(
            update(profile)
            .where(profile.c.id == former.id, profile.c.sealed_api_key == former.sealed_api_key)
            .values(sealed_api_key=sealed)
        )

    await database.write(work)
