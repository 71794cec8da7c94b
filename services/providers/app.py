"""Puts this service together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from nekohub.providers.v1 import providers_pb2_grpc as pb_grpc

from services.chassis import migrations
from services.chassis.database import opened
from services.chassis.fingerprints import Fingerprints
from services.chassis.pixels.pool import PixelPool, cores
from services.chassis.requests import forget_forever
from services.chassis.server import Service
from services.chassis.supervision import supervised
from services.providers.adapters.local import Engine
from services.providers.addresses import AddressPolicy
from services.providers.capability_store import CapabilityStore
from services.providers.connections import Connections, ConnectionSettings
from services.providers.kept_answers import KeptAnswers
from services.providers.local_engine.models import installed
from services.providers.local_engine.sight import MOST_THREADS
from services.providers.memory import Memories
from services.providers.profile_limits import profile_limits
from services.providers.retry import RetryPolicy
from services.providers.secrets import KeyBox
from services.providers.servicer import ProviderServicer
from services.providers.spending import Spending
from services.providers.store import ProfileStore
from services.providers.tables import request
from services.settings import Settings, SettingsInvalid

NAME = "providers"
FULL_NAME = "nekohub.providers.v1.ProviderService"
PATIENT = RetryPolicy()


@asynccontextmanager
async def assembled(
    settings: Settings, pixels: PixelPool, *, retries: RetryPolicy = PATIENT
) -> AsyncIterator[Service]:
    """Gives the providers service, ready to be served; its database is brought up to date.

    Tests pass a less patient retry policy.
    """
    url = settings.database_url_of(NAME)
    await migrations.upgrade(url, NAME, "services.providers")
    policy = address_policy(settings.provider_allow_hosts)
    keys = KeyBox(settings.secret_keys)
    fingerprints = Fingerprints(settings.secret_keys, b"nekohub provider fingerprints")
    async with opened(url, NAME) as database:
        store = ProfileStore(database)
        spending = Spending(database, store.get)
        kept = KeptAnswers(database)
        if settings.local_provider:
            await store.make_built_in()
        concurrency = settings.provider_concurrency
        async with (
            supervised("forgetting of old requests", partial(forget_forever, database, request)),
            supervised("writing of AI usage", spending.run),
            supervised("keeping of answers", kept.run),
            profile_limits(database, concurrency, settings.provider_rpm) as limits_of,
            PixelPool(size=max(1, cores() // MOST_THREADS)) as models,
        ):
            memories = Memories(CapabilityStore(database, store.read_anew))
            engine = Engine(pixels, models if settings.local_models and installed() else None)
            connections = Connections(
                ConnectionSettings(policy, retries), limits_of, spending, keys, engine, memories
            )
            servicer = ProviderServicer(
                store, keys, fingerprints, connections, memories, policy, spending, kept, database
            )
            try:
                yield Service(
                    name=NAME,
                    full_name=FULL_NAME,
                    register=lambda server: pb_grpc.add_ProviderServiceServicer_to_server(
                        servicer, server
                    ),
                    check=database.check,
                )
            finally:
                await connections.aclose()
                await spending.save()
                await kept.save()


def address_policy(allowed: tuple[str, ...]) -> AddressPolicy:
    """Which addresses profiles may have. Raises SettingsInvalid."""
    try:
        return AddressPolicy.parse(allowed)
    except ValueError as error:
        raise SettingsInvalid(
            f"NEKOHUB_PROVIDER_ALLOW_HOSTS={','.join(allowed)!r} is not accepted: {error}; give "
            "host names, addresses, networks or the word loopback, separated by commas"
        ) from None
