"""Starting, stopping, being killed: nothing that was accepted is lost, nothing is done twice."""

import asyncio
import json
import signal
import stat
from pathlib import Path

import pytest

from tests.e2e.hub_process import CAT, Hub, command, ended, running_hub
from tests.fakes import CAPTIONS, FakeOpenAI, fake_openai

STEPS = ["caption", "alt-text", "structured-metadata"]


async def _enriched_once(hub: Hub, fake: FakeOpenAI, asset_ids: list[str]) -> None:
    async with hub.client() as client:
        for asset_id in asset_ids:
            asset = await client.enriched(asset_id)
            summary = asset["latestExecutionSummary"]
            assert summary["succeeded"] is True
            assert [step["succeeded"] for step in summary["steps"]] == [True] * 3
            assert sorted(each["kind"] for each in asset["structuredResults"]) == sorted(STEPS)


async def test_stop_and_start_keeps_everything(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            asset = await client.enriched((await client.upload(description="Mine"))["id"])
            await client.data("POST", f"/assets/{asset['id']}/skills/thumbnail/run", json={})
            before = await client.data("GET", f"/assets/{asset['id']}")
            content = await client.get(before["publicUrl"])
            providers = await client.data("GET", "/system/ai/providers")
        key = hub.api_key()
        first = hub.url
        assert await hub.stop() == 0
        await hub.start()
        assert hub.api_key() == key
        async with hub.client() as client:
            after = await client.data("GET", f"/assets/{asset['id']}")
            moved = json.loads(json.dumps(before).replace(first, hub.url))
            assert after == moved
            again = await client.get(after["publicUrl"])
            assert again.content == content.content
            assert await client.data("GET", "/system/ai/providers") == providers


async def test_sigterm_during_runs_loses_nothing(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            ids = [(await client.upload())["id"] for _ in range(4)]
            async with asyncio.timeout(20):
                await fake.arrived(4 + 8)
        assert await hub.stop() == 0
        fake.gate.set()
        await hub.start()
        await _enriched_once(hub, fake, ids)
        # Eight calls were cut off; each of them is made once more, and none besides.
        assert len(fake.requests) <= 4 * len(STEPS) + 8


async def test_a_step_under_way_at_sigterm_may_end(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            asset_id = (await client.upload())["id"]
            async with asyncio.timeout(20):
                await fake.arrived(len(STEPS))
        stopping = asyncio.create_task(hub.stop())
        async with asyncio.timeout(10):
            while "stopping" not in hub.log():
                await asyncio.sleep(0.02)
        fake.gate.set()
        assert await stopping == 0
        await hub.start()
        await _enriched_once(hub, fake, [asset_id])
        assert len(fake.requests) == len(STEPS)


async def test_kill_9_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
        ids: list[str] = []
        for round_ in range(4):
            async with hub.client() as client:
                for _ in range(3):
                    ids.append((await client.upload())["id"])
            async with asyncio.timeout(30):
                await fake.arrived(5 * round_)
            await hub.stop(signal.SIGKILL)
            await hub.start()
        await _enriched_once(hub, fake, ids)
        # At each kill, at most the calls of every unfinished run were in flight.
        assert len(fake.requests) >= len(ids) * len(STEPS)


async def test_a_sync_run_at_sigterm_is_told_where_to_look(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
            fake.gate = asyncio.Event()
            asset_id = (await client.upload(runEnrichment="false"))["id"]
            running = asyncio.create_task(
                client.post(f"/assets/{asset_id}/skills/ai-caption/run", json={})
            )
            async with asyncio.timeout(20):
                await fake.arrived(1)
            assert await hub.stop() == 0
            answer = await running
            assert answer.status_code == 503
            assert answer.json()["error"]["code"] == "service_unavailable"
            assert answer.headers["location"].startswith("/api/v1/executions/")
        fake.gate.set()
        await hub.start()
        async with hub.client() as client:
            asset = await client.enriched(asset_id)
            assert asset["latestExecutionSummary"]["succeeded"] is True


async def test_an_upload_that_is_stuck_at_sigterm_is_told_and_dropped(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(hub.url.split(":")[-1]))
        head = (
            "POST /api/v1/assets HTTP/1.1\r\nHost: hub\r\nContent-Length: 100000\r\n"
            "Expect: 100-continue\r\n"
            f"Authorization: Bearer {hub.api_key()}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
            '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        writer.write(head.encode() + CAT.read_bytes()[:5000])
        async with asyncio.timeout(10):
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert await hub.stop() == 0
        answer = (await reader.read()).decode()
        assert answer.startswith("HTTP/1.1 503 ")
        assert '"code":"service_unavailable"' in answer
        assert [path for path in (hub.folder / "objects").rglob("*") if path.is_file()] == []
        assert "Traceback" not in hub.log()


async def test_a_client_that_hangs_up_stops_nothing(tmp_path: Path) -> None:
    async with (
        fake_openai() as fake,
        running_hub(tmp_path / "hub") as hub,
        hub.client() as client,
    ):
        await client.use(fake)
        fake.gate = asyncio.Event()
        asset_id = (await client.upload(runEnrichment="false"))["id"]
        running = asyncio.create_task(
            client.post(f"/assets/{asset_id}/skills/ai-caption/run", json={})
        )
        async with asyncio.timeout(20):
            await fake.arrived(1)
        running.cancel()
        await asyncio.wait({running})
        fake.gate.set()
        asset = await client.enriched(asset_id)
        assert asset["latestExecutionSummary"]["succeeded"] is True
        assert len(fake.requests) == 1


async def test_deleting_during_a_run_leaves_nothing_and_no_alarm(tmp_path: Path) -> None:
    async with (
        fake_openai() as fake,
        running_hub(tmp_path / "hub") as hub,
        hub.client() as client,
    ):
        await client.use(fake)
        fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
        asset_id = (await client.upload())["id"]
        async with asyncio.timeout(20):
            await fake.arrived(len(STEPS))
        await client.data("DELETE", f"/assets/{asset_id}")
        async with asyncio.timeout(20):
            # The calls are given up within about a second.
            while fake.connected:
                await asyncio.sleep(0.05)
        fake.gate.set()
        assert [path for path in (hub.folder / "objects").rglob("*") if path.is_file()] == []
        assert await hub.stop() == 0
        lines = [json.loads(line) for line in hub.log().splitlines()]
        assert {line["level"] for line in lines} <= {"info", "warning"}


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_run_logs_the_trace_of_the_request_that_asked_for_it(
    tmp_path: Path, restarted: bool
) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client(traceparent=f"00-{trace_id}-00f067aa0ba902b7-01") as client:
            await client.use(fake)
            fake.gate, fake.let_through = asyncio.Event(), CAPTIONS
            asset_id = (await client.upload())["id"]
            async with asyncio.timeout(20):
                await fake.arrived(len(STEPS))
        if restarted:
            await hub.stop(signal.SIGKILL)
            await hub.start()
        fake.gate.set()
        async with hub.client() as client:
            await client.enriched(asset_id)
        lines = [json.loads(line) for line in hub.log().splitlines()]
        (run,) = [line for line in lines if line["message"].startswith("execution ")]
        assert run["message"].endswith(" of enrich has succeeded")
        assert run["traceId"] == trace_id


async def test_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    process = await command("serve", "--port", "0", folder=hub.folder)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            printed = [(await process.stdout.readline()).decode().strip() for _ in range(3)]
    finally:
        process.send_signal(signal.SIGTERM)
        await ended(process)
    url = printed[0].rsplit(maxsplit=1)[-1]
    assert printed[1:] == [
        f"API key in {hub.folder}/api-key",
        f"console at {url}/login, name admin, password in {hub.folder}/admin-password",
    ]
    for name in ("api-key", "secret-key", "jwt-secret", "admin-password"):
        assert stat.S_IMODE((hub.folder / name).stat().st_mode) == 0o600
        assert (hub.folder / name).read_text().strip() not in f"{printed} {hub.log()}"


async def test_a_folder_may_be_called_anything(tmp_path: Path) -> None:
    folder = tmp_path / "a%41 b?c=d#é"
    async with running_hub(folder) as hub, hub.client() as client:
        await client.enriched((await client.upload())["id"])
    assert {each.name for each in tmp_path.iterdir()} == {folder.name, f"{folder.name}.log"}
    for name in ("accounts", "assets", "providers", "skills", "engine"):
        assert (folder / f"{name}.sqlite3").stat().st_size > 0


async def test_a_second_hub_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        second = await command("serve", "--port", "0", folder=hub.folder)
        assert await ended(second) == (2, "")
        assert f"{hub.folder} is in use by another hub" in hub.log()
        async with hub.client() as client:
            await client.data("GET", "/assets/skills")


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("NEKOHUB_MAX_PIXELS", "many", "NEKOHUB_MAX_PIXELS='many' is not accepted"),
        ("NEKOHUB_WORKER_CONCURRENCY", "0", "NEKOHUB_WORKER_CONCURRENCY='0' is not accepted"),
        ("NEKOHUB_DEFAULT_SKILL", "nope", "NEKOHUB_DEFAULT_SKILL='nope' is not accepted"),
        ("NEKOHUB_API_KEYS", "short", "NEKOHUB_API_KEYS=*** is not accepted"),
        ("NEKOHUB_PROVIDER_ALLOW_HOSTS", "10.0.0.0/33", "NEKOHUB_PROVIDER_ALLOW_HOSTS="),
        ("NEKOHUB_S3_BUCKET", "x", "NEKOHUB_S3_BUCKET='x' is not accepted"),
        ("NEKOHUB_DATABASE_URL", "mysql://x:secret@y/z", "NEKOHUB_DATABASE_URL=*** is not"),
    ],
)
async def test_a_wrong_setting_is_one_line_and_exit_code_2(
    tmp_path: Path, setting: str, value: str, told: str
) -> None:
    hub = Hub(tmp_path / "hub")
    process = await command("serve", "--port", "0", folder=hub.folder, **{setting: value})
    assert await ended(process) == (2, "")
    (line,) = hub.log().splitlines()
    assert told in line
    assert "secret@" not in line


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"NEKOHUB_DATABASE_URL": "postgresql://hub:planted@127.0.0.1:1/hub"},
            "the database of the accounts service cannot be used",
        ),
        (
            {
                "NEKOHUB_STORAGE": "s3",
                "NEKOHUB_S3_ENDPOINT": "http://127.0.0.1:1",
                "NEKOHUB_S3_ACCESS_KEY": "hub",
                "NEKOHUB_S3_SECRET_KEY": "planted",
            },
            "the bucket 'nekohub' at 127.0.0.1:1 cannot be used",
        ),
    ],
)
async def test_a_server_that_is_not_there_is_one_line_and_exit_code_2(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    hub = Hub(tmp_path / "hub")
    process = await command("serve", "--port", "0", folder=hub.folder, **settings)
    assert await ended(process) == (2, "")
    assert told in hub.log().splitlines()[-1]
    assert "Traceback" not in hub.log()
    assert "planted" not in hub.log()


@pytest.mark.parametrize(
    "name",
    [
        "assets.sqlite3",
        "engine.sqlite3",
        "api-key",
        "secret-key",
        "jwt-secret",
        "admin-password",
        "lock",
        "skills.lock",
        "objects",
    ],
)
async def test_a_broken_data_folder_is_one_line_and_exit_code_2(tmp_path: Path, name: str) -> None:
    hub = Hub(tmp_path / "hub")
    hub.folder.mkdir()
    broken = hub.folder / name
    if name in ("api-key", "secret-key", "jwt-secret", "admin-password", "lock", "skills.lock"):
        broken.mkdir()
    else:
        broken.write_text("neither a database nor a folder, but long enough to be read as one")

    process = await command("serve", "--port", "0", folder=hub.folder)
    assert await ended(process) == (2, "")
    (line,) = hub.log().splitlines()
    assert "cannot be used" in line


async def test_a_taken_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    async with running_hub(tmp_path / "hub") as hub:
        port = hub.url.rpartition(":")[2]
        other = Hub(tmp_path / "other")
        process = await command("serve", "--port", port, folder=other.folder)
        assert await ended(process) == (2, "")
        (line,) = other.log().splitlines()
        assert f"127.0.0.1:{port} is in use" in line
