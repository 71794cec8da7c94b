"""A planted key leaves the providers service for its endpoint, and in no other way."""

import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import psycopg
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from nekohub.providers.v1 import providers_pb2 as pb

from services.providers import doctor
from services.settings import Settings
from tests.contract.findings import amiss, gathered
from tests.contract.providers_hub import CAPTION_SCHEMA, PICTURE, ProvidersHub, profile, running
from tests.fakes import FakeOpenAI, fake_openai
from tests.planted import KEY, answering_replies, failing_replies, found_in, found_in_files

FORMER = "secret-of-the-tests-0123456789abcdef"
PRESENT = "another-of-the-tests-0123456789abcde"


@pytest.fixture
async def ai() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


class Listener:
    """Calls the service and keeps every byte that comes back."""

    def __init__(self, hub: ProvidersHub) -> None:
        self._hub = hub
        self.heard: list[bytes | str] = []
        self.failures = 0

    async def call(self, method: str, request: Any) -> Any:
        """Its answer; None for a failure."""
        call = self._hub.called(method, request)
        try:
            answer = await call
            self.heard.append(answer.SerializeToString())
        except grpc.aio.AioRpcError as error:
            self.failures += 1
            answer = None
            self.heard += [repr(error), error.details() or "", error.debug_error_string() or ""]
        for metadata in (await call.initial_metadata(), await call.trailing_metadata()):
            self.heard += [part for pair in metadata or () for part in pair]
        return answer

    async def create(self, **given: Any) -> str:
        """Saves a profile with the planted key, and gives its id; "" if it is refused."""
        request = pb.CreateProfileRequest(profile=profile(**({"api_key": KEY} | given)))
        made = await self.call("CreateProfile", request)
        return "" if made is None else str(made.profile.id)

    async def change(self, profile_id: str, **given: Any) -> None:
        """Changes a profile."""
        mask = FieldMask(paths=list(given))
        request = pb.UpdateProfileRequest(
            profile_id=profile_id, profile=pb.ProfileInput(**given), update_mask=mask
        )
        await self.call("UpdateProfile", request)

    async def test(self, profile_id: str = "", **given: Any) -> None:
        """Tries settings out."""
        request = pb.TestProfileRequest(profile_id=profile_id, profile=pb.ProfileInput(**given))
        await self.call("TestProfile", request)

    async def describe(self) -> None:
        """Asks for a caption."""
        request = pb.DescribeRequest(
            jpeg=PICTURE,
            prompt="Describe it.",
            schema_name="caption",
            schema_json=CAPTION_SCHEMA,
        )
        await self.call("Describe", request)


async def test_no_byte_of_it_goes_to_clients_logs_or_disk(
    tmp_path: Path, database_url: str, ai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    started = time.time()
    is_postgres = database_url.startswith("postgresql")
    settings: dict[str, Any] = {"database_url": database_url} if is_postgres else {}
    async with running(tmp_path, local_provider=False, **settings) as hub:
        listener = Listener(hub)
        made = await listener.create(api_base_url=ai.base_url)
        for reply in failing_replies():
            # Whatever of it is tried again, in another form or as a stream, fails too.
            ai.script(*[reply] * 9)
            await (listener.describe() if reply.status == 429 else listener.test(made))
            ai.script_nothing()
        for reply in answering_replies():
            ai.script(reply, reply)
            await listener.describe()
            await listener.test(made)
        await listener.create()
        await listener.create(name="lines", api_key=f"{KEY}\n{KEY}")
        await listener.create(name="long", api_key=KEY * 99)
        await listener.create(name="inside", api_base_url=f"http://{KEY}@127.0.0.1/v1")
        await listener.create(name="asking", api_base_url=f"https://a.example/v1?key={KEY}")
        await listener.change(made, api_base_url="https://elsewhere.example/v1")
        await listener.change(made, api_key=f"{KEY} {KEY}")
        await listener.change(made, api_key=f"{KEY}x")
        await listener.test(made, api_base_url="http://127.0.0.1:1/v1", api_key=KEY)
        await listener.test(made, api_base_url="http://nowhere.invalid/v1", api_key=KEY)
        await listener.call("ListProfiles", pb.ListProfilesRequest())
        await listener.call("GetActiveProfile", pb.GetActiveProfileRequest())
        folders = [tmp_path, *_database_folders(database_url)]
        assert found_in_files(*folders, since=started, also=ai.base_url) == {ai.base_url}
        await listener.call("DeleteProfile", pb.DeleteProfileRequest(profile_id=made))

    assert listener.failures > 10
    assert any(KEY in asked.headers["authorization"] for asked in ai.requests)
    assert caplog.records
    assert found_in(*listener.heard) == set()
    assert found_in(caplog.text, *(repr(vars(record)) for record in caplog.records)) == set()
    assert found_in_files(*folders, since=started) == set()


def _database_folders(database_url: str) -> list[Path]:
    """Where Postgres keeps a database, and what is written before."""
    if not database_url.startswith("postgresql"):
        return []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        [data] = connection.execute("SHOW data_directory").fetchone() or ()
        query = "SELECT oid FROM pg_database WHERE datname = current_database()"
        [number] = connection.execute(query).fetchone() or ()
    return [Path(data, "base", str(number)), Path(data, "pg_wal")]


@pytest.mark.parametrize(
    "elsewhere", ["http://{host}:1/v1", "https://{host}:{port}/v1", "http://localhost:{port}/v1"]
)
async def test_another_origin_needs_the_key_again(
    tmp_path: Path, ai: FakeOpenAI, elsewhere: str
) -> None:
    """Another port, another scheme, another host; another path of the same is no other."""
    host, _, port = ai.base_url.removeprefix("http://").removesuffix("/v1").partition(":")
    async with running(tmp_path, local_provider=False) as hub:
        listener = Listener(hub)
        made = await listener.create(api_base_url=ai.base_url)
        url = elsewhere.format(host=host, port=port)
        for call in (listener.test, listener.change):
            await call(made, api_base_url=url)
            assert "AI_PROVIDER_PROFILE_API_KEY_REQUIRED" in repr(listener.heard)
            listener.heard.clear()
        assert ai.requests == []
        await hub.test(made, api_base_url=ai.base_url.removesuffix("/v1"))
        assert {asked.headers["authorization"] for asked in ai.requests} == {f"Bearer {KEY}"}


async def test_a_key_outlives_its_secret(tmp_path: Path, ai: FakeOpenAI) -> None:
    """With the former secret still there, with its key sealed anew, and with the present alone."""

    async def asked(*secrets: str) -> None:
        async with running(tmp_path, local_provider=False, secret_keys=secrets) as hub:
            answer = await hub.describe()
        assert "caption" in json.loads(answer.output_json)

    async with running(tmp_path, local_provider=False, secret_keys=(FORMER,)) as hub:
        await hub.create(api_base_url=ai.base_url, api_key=KEY)
    await asked(PRESENT, FORMER)
    settings = Settings(
        data_dir=tmp_path,
        secret_keys=(PRESENT, FORMER),
        provider_allow_hosts=("loopback",),
    )
    mended = await gathered(doctor.examined(settings, fix=True))
    assert amiss(mended) == {}
    assert mended["keys"].mended
    await asked(PRESENT)

    assert [asked.headers["authorization"] for asked in ai.requests] == [f"Bearer {KEY}"] * 2


async def test_a_new_key_is_sealed_with_the_present_secret(tmp_path: Path, ai: FakeOpenAI) -> None:
    async with running(tmp_path, local_provider=False, secret_keys=(FORMER,)) as hub:
        made = await hub.create(api_base_url=ai.base_url, api_key="former-key-0123456789")
    async with running(tmp_path, local_provider=False, secret_keys=(PRESENT, FORMER)) as hub:
        await hub.update(made.id, api_key=KEY)
    async with running(tmp_path, local_provider=False, secret_keys=(PRESENT,)) as hub:
        await hub.describe()

    assert ai.requests[0].headers["authorization"] == f"Bearer {KEY}"
