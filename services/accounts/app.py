"""Puts the accounts service together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nekohub.accounts.v1 import accounts_pb2_grpc

from services.accounts.keys import ApiKeys
from services.accounts.servicer import AccountServicer
from services.chassis.server import Service
from services.settings import Settings

NAME = "accounts"
FULL_NAME = "nekohub.accounts.v1.AccountService"


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Service]:
    """Gives the accounts service; its keys come from the settings, so it keeps no database yet."""
    servicer = AccountServicer(ApiKeys(settings.api_keys))
    yield Service(
        name=NAME,
        full_name=FULL_NAME,
        register=lambda server: accounts_pb2_grpc.add_AccountServiceServicer_to_server(
            servicer, server
        ),
        check=_ready,
    )


async def _ready() -> None:
    """What it needs is in memory."""
