"""What a call to a model costs the providers service in CPU, asked over gRPC as a step asks it."""

import asyncio
import hashlib
import os
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from google.protobuf.duration_pb2 import Duration
from nekohub.providers.v1 import providers_pb2 as pb
from nekohub.providers.v1 import providers_pb2_grpc

from bench import ai, postgres
from bench.hub import free_port, served
from bench.parts import TOKEN
from bench.processes import cpu_seconds
from bench.scale import Scale
from bench.table import Goal, Row
from services.chassis.channel import channel

if TYPE_CHECKING:
    from nekohub.providers.v1.providers_pb2_grpc import ProviderServiceAsyncStub

IN_FLIGHT = 32
CALL_SECONDS = 0.2
PREVIEW_BYTES = 40_000
WARM_UP = 64
READY_SECONDS = 30.0
CPU = Goal(2.5, 1.5, "ms", more_is_better=False)
PROMPT = "Write a caption for this picture: one plain sentence of at most 30 words."
SCHEMA = {
    "type": "object",
    "properties": {"caption": {"type": "string", "minLength": 1}},
    "required": ["caption"],
    "additionalProperties": False,
}


async def measure(scale: Scale, folder: Path) -> list[Row]:
    """A row for each database, with an endpoint that takes 200 ms for each call."""
    async with ai.running(CALL_SECONDS) as endpoint:
        rows = [await _row("SQLite", endpoint, scale.model_calls, folder / "sqlite", {})]
        with postgres.server(folder / "postgres") as server:
            url = postgres.new_database(server, "calls")
            settings = {"NEKOHUB_DATABASE_URL": url}
            rows.append(
                await _row("Postgres", endpoint, scale.model_calls, folder / "scaled", settings)
            )
    return rows


async def _row(
    database: str, endpoint: str, calls: int, folder: Path, settings: dict[str, str]
) -> Row:
    async with _providers(folder, settings) as (pid, providers):
        await providers.CreateProfile(
            pb.CreateProfileRequest(
                profile=pb.ProfileInput(
                    name="bench",
                    api_base_url=endpoint,
                    api_key="sk-bench",
                    model_name="bench",
                    input_price_per_million=0.15,
                    output_price_per_million=0.6,
                )
            )
        )
        await _asked(providers, WARM_UP)
        before, start = cpu_seconds(pid), asyncio.get_running_loop().time()
        await _asked(providers, calls)
        took = asyncio.get_running_loop().time() - start
        each = (cpu_seconds(pid) - before) / calls * 1000
    return Row(
        f"CPU of providers for a call, {database}",
        each,
        "ms",
        judged=each,
        goal=CPU,
        note=f"{calls} calls of 200 ms, {IN_FLIGHT} in flight, {PREVIEW_BYTES // 1000} KB each, "
        f"in {took:.2f} s",
    )


@asynccontextmanager
async def _providers(
    folder: Path, settings: dict[str, str]
) -> AsyncIterator[tuple[int, "ProviderServiceAsyncStub"]]:
    address = f"127.0.0.1:{free_port()}"
    own = {
        "NEKOHUB_DATA_DIR": str(folder),
        "NEKOHUB_LISTEN": address,
        "NEKOHUB_INTERNAL_TOKEN": TOKEN,
        "NEKOHUB_SECRET_KEY": TOKEN,
        "NEKOHUB_PROVIDER_ALLOW_HOSTS": "loopback",
        "NEKOHUB_PROVIDER_CONCURRENCY": str(IN_FLIGHT),
        **settings,
    }
    async with (
        served("providers", folder / "providers.log", own) as process,
        channel(address, token=TOKEN) as to_providers,
    ):
        async with asyncio.timeout(READY_SECONDS):
            await to_providers.channel_ready()
        yield process.pid, providers_pb2_grpc.ProviderServiceStub(to_providers)


async def _asked(providers: "ProviderServiceAsyncStub", calls: int) -> None:
    """Asks about so many pictures, so many at once as the endpoint may be asked."""
    left = iter(range(calls))

    async def ask(numbers: Iterator[int]) -> None:
        for _ in numbers:
            await providers.Describe(_question(), timeout=60)

    await asyncio.gather(*(ask(left) for _ in range(IN_FLIGHT)))


def _question() -> pb.DescribeRequest:
    jpeg = b"\xff\xd8" + os.urandom(PREVIEW_BYTES - 2)
    return pb.DescribeRequest(
        jpeg=jpeg,
        prompt=PROMPT,
        schema_name="caption",
        schema_json=orjson.dumps(SCHEMA).decode(),
        idempotency_key=str(uuid.uuid4()),
        timeout=Duration(seconds=300),
        skill_name="enrich",
        picture_sha256=hashlib.sha256(jpeg).hexdigest(),
    )
