"""How many connections to Postgres the processes of a scaled hub open, at most and under load."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
from nekohub.accounts.v1.accounts_pb2 import ListUsersRequest, LoginRequest
from nekohub.accounts.v1.accounts_pb2_grpc import AccountServiceStub

from services.accounts import app as accounts
from services.chassis.channel import channel
from services.chassis.database import READERS, WRITERS
from services.skills.engine import CONNECTIONS
from tests.conftest import S3Server
from tests.e2e.scaled import ADMIN_PASSWORD, Scaled, scaled_hub
from tests.fakes import fake_openai

EACH = WRITERS + READERS
FEW = 2 * accounts.CONNECTIONS
"""Of accounts."""
UPLOADS = 40
WORKERS = 2


@asynccontextmanager
async def counted(database_url: str) -> AsyncIterator[Counter[str]]:
    """The most connections at once by what opened them, as the server tells again and again."""
    most: Counter[str] = Counter()
    query = (
        "SELECT application_name, count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1"
    )

    async def count(connection: psycopg.AsyncConnection[tuple[str, int]]) -> None:
        while True:
            for name, number in await (await connection.execute(query)).fetchall():
                most[name] = max(most[name], number)
            await asyncio.sleep(0.02)

    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        counting = asyncio.create_task(count(connection))
        try:
            yield most
        finally:
            counting.cancel()
            await asyncio.wait({counting})


async def signed_in(hub: Scaled) -> None:
    """Has accounts asked by many at once."""
    token = hub.settings["NEKOHUB_INTERNAL_TOKEN"]
    async with channel(hub.address("accounts"), token=token) as opened:
        stub = AccountServiceStub(opened)
        login = LoginRequest(username="admin", password=ADMIN_PASSWORD)
        await asyncio.gather(
            *(stub.Login(login) for _ in range(20)),
            *(stub.ListUsers(ListUsersRequest()) for _ in range(50)),
        )


async def test_no_process_opens_more_connections_than_documented(
    tmp_path: Path, postgres_url: str, s3: S3Server
) -> None:
    async with (
        counted(postgres_url) as most,
        scaled_hub(tmp_path, postgres_url, s3, NEKOHUB_WORKER_CONCURRENCY="32") as hub,
        fake_openai() as fake,
        hub.client() as client,
    ):
        for number in range(WORKERS):
            await hub.start(f"worker-{number}")
        async with asyncio.timeout(20):
            while (await client.get("/assets")).status_code != 200:
                await asyncio.sleep(0.1)
        await client.use(fake)
        signing_in = asyncio.create_task(signed_in(hub))
        assets = await asyncio.gather(*(client.upload() for _ in range(UPLOADS)))
        async with asyncio.timeout(120):
            for asset in assets:
                await client.enriched(asset["id"])
        await signing_in
    executing = 1 + WORKERS
    assert 1 < most["nekohub accounts"] <= FEW
    assert most["nekohub assets"] <= EACH
    assert most["nekohub providers"] <= EACH
    assert most["nekohub skills"] <= executing * EACH
    assert most["dbos_transact"] <= executing * CONNECTIONS


def test_the_figures_in_the_docs_are_those_of_the_code() -> None:
    text = Path("docs/architecture.md").read_text(encoding="utf-8")
    executing = EACH + CONNECTIONS
    assert f"needs {FEW + 2 * EACH + executing} + {executing} *n*" in text
