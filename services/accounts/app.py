"""Puts this service together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from nekohub.accounts.v1 import accounts_pb2_grpc as pb_grpc

from services.accounts.attempts import Attempts
from services.accounts.keys import ApiKeys
from services.accounts.passwords import OWASP, Cost, Passwords
from services.accounts.retention import forget_old
from services.accounts.servicer import AccountServicer, Parts
from services.accounts.sessions import Lifetimes, SessionStore
from services.accounts.signing_in import SignIn
from services.accounts.store import UserStore
from services.accounts.super_admin import make_super_admin
from services.accounts.tables import request
from services.chassis import migrations
from services.chassis.clock import now
from services.chassis.database import Database, opened
from services.chassis.fingerprints import Fingerprints
from services.chassis.requests import forget_forever
from services.chassis.server import Service
from services.chassis.supervision import supervised
from services.chassis.tokens import AccessTokens
from services.settings import Settings

NAME = "accounts"
FULL_NAME = "nekohub.accounts.v1.AccountService"
CONNECTIONS = 2
"""Most connections to Postgres that write, and most that read: it is asked rarely."""


@asynccontextmanager
async def assembled(
    settings: Settings,
    *,
    folder: Path | None = None,
    cost: Cost = OWASP,
    clock: Callable[[], datetime] = now,
) -> AsyncIterator[Service]:
    """Gives the accounts service, ready to be served; its database is brought up to date.

    In `folder` a password is made for the superAdmin if none is given. Tests pass a lower cost of
    passwords and a clock of theirs. Raises SettingsInvalid.
    """
    url = settings.database_url_of(NAME)
    await migrations.upgrade(url, NAME, "services.accounts")
    async with (
        opened(url, NAME, writers=CONNECTIONS, readers=CONNECTIONS) as database,
        Passwords.opened(cost) as passwords,
    ):
        parts = _parts(settings, database, passwords, folder, clock)
        await make_super_admin(parts.users, passwords, settings, folder)
        attempts = Attempts(database, clock)
        servicer = AccountServicer(parts)
        async with (
            supervised("forgetting of old requests", partial(forget_forever, database, request)),
            supervised("forgetting of old sessions", partial(forget_old, parts.sessions, attempts)),
        ):
            yield Service(
                name=NAME,
                full_name=FULL_NAME,
                register=lambda server: pb_grpc.add_AccountServiceServicer_to_server(
                    servicer, server
                ),
                check=database.check,
            )


def _parts(
    settings: Settings,
    database: Database,
    passwords: Passwords,
    folder: Path | None,
    clock: Callable[[], datetime],
) -> Parts:
    lifetimes = Lifetimes(
        access=timedelta(minutes=settings.access_token_minutes),
        refresh=timedelta(days=settings.refresh_token_days),
    )
    sessions = SessionStore(database, lifetimes, clock)
    return Parts(
        keys=ApiKeys(settings.api_keys),
        users=UserStore(database, clock),
        sessions=sessions,
        sign_in=SignIn(sessions, Attempts(database, clock), passwords),
        passwords=passwords,
        tokens=AccessTokens(settings.jwt_secrets),
        fingerprints=Fingerprints(settings.jwt_secrets, b"nekohub account fingerprints"),
        folder=folder,
    )
