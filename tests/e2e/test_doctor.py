"""`nekohub doctor`: beside a hub that runs, on what a killed one left, on nothing at all."""

import asyncio
import hashlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import S3Server
from tests.e2e.hub_process import CAT, PROGRAM, Hub, command, ended, running_hub
from tests.e2e.scaled import SERVICES, scaled_hub
from tests.fakes import fake_openai

PLANTED = "sk-planted-0123456789"


async def _doctor(folder: Path, *options: str, **settings: str) -> tuple[int, list[str]]:
    """The exit code and the lines."""
    code, output = await ended(await command("doctor", *options, folder=folder, **settings))
    return code, output.splitlines()


def _amiss(lines: list[str]) -> list[str]:
    """What is wrong or noted, but for the summary."""
    return [line.split(":")[0] for line in lines[:-1] if not line.startswith("✓")]


def _age(path: Path) -> None:
    long_ago = time.time() - 2 * 3600
    os.utime(path, (long_ago, long_ago))


async def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    for options in ((), ("--fix",)):
        code, lines = await _doctor(tmp_path / "elsewhere", *options, NEKOHUB_DATA_DIR=str(folder))
        assert code == 0
        assert lines[-1].startswith("all is well")
        assert not folder.exists()
        folder.mkdir(mode=0o700)
        code, _ = await _doctor(folder, *options)
        assert code == 0
        assert list(folder.iterdir()) == []
        folder.rmdir()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("NEKOHUB_MAX_PIXELS", "many"),
        ("NEKOHUB_DEFAULT_SKILL", "nope"),
        ("NEKOHUB_SECRET_KEY", "planted"),
        ("NEKOHUB_PROVIDER_ALLOW_HOSTS", "10.0.0.0/33"),
    ],
)
async def test_a_wrong_setting_is_one_line_and_exit_code_2(
    tmp_path: Path, setting: str, value: str
) -> None:
    folder = tmp_path / "hub"
    assert await _doctor(folder, **{setting: value}) == (2, [])
    (line,) = (tmp_path / "hub.log").read_text().splitlines()
    assert f"{setting}=" in line
    assert "planted" not in line


async def test_it_ends_quietly_when_nobody_reads_on(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", PROGRAM, "doctor"),
            env=os.environ | {"NEKOHUB_DATA_DIR": str(tmp_path / "hub")},
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
        )
    finally:
        os.close(writing)
    _, told = await process.communicate()
    assert (process.returncode, told) == (141, b"")


async def test_what_a_killed_hub_has_left_is_told_and_mended(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        hub.folder.chmod(0o700)
        async with hub.client() as client:
            await client.use(fake)
            done = await client.enriched((await client.upload())["id"])
            # The folder was there before, and is open to all.
            made = [*hub.folder.rglob("*")]
            assert {path.suffix for path in made} >= {".jpg", ".sqlite3"}
            assert any(path.is_dir() for path in made)
            assert [path for path in made if path.stat().st_mode & 0o077] == []
            path = f"/assets/{done['id']}/skills/thumbnail/run"
            await client.data("POST", path, json={})
            code, lines = await _doctor(hub.folder)
            assert (code, _amiss(lines), lines[-1]) == (0, [], "all is well")

            # Killed in the midst of uploads and runs.
            fake.gate = asyncio.Event()
            uploads = [asyncio.create_task(client.upload()) for _ in range(20)]
            async with asyncio.timeout(20):
                await fake.arrived(6)
            await hub.stop(signal.SIGKILL)
            await asyncio.gather(*uploads, return_exceptions=True)

        objects = hub.folder / "objects"
        orphans = (objects / "2026" / "04" / "08" / "orphan.jpg", objects / "incoming" / "0123ab")
        for orphan in orphans:
            orphan.parent.mkdir(parents=True, exist_ok=True)
            orphan.write_bytes(CAT.read_bytes())
            _age(orphan)
        (thumbnail,) = objects.rglob("thumbnail_256-*")
        thumbnail.unlink()

        before = sorted(hub.folder.rglob("*.sqlite3"))
        code, lines = await _doctor(hub.folder)
        assert code == 1
        assert _amiss(lines) == ["✗ orphans", "✗ renditions"]
        assert all(orphan.exists() for orphan in orphans)
        code, lines = await _doctor(hub.folder, "--fix")
        assert (code, _amiss(lines)) == (0, [])
        assert lines[-1] == "all is well, 2 mended"
        assert not any(orphan.exists() for orphan in orphans)
        code, lines = await _doctor(hub.folder)
        assert (code, _amiss(lines), lines[-1]) == (0, [], "all is well")
        assert sorted(hub.folder.rglob("*.sqlite3")) == before

        fake.gate.set()
        await hub.start()
        async with hub.client() as client:
            for asset in (await client.data("GET", "/assets?pageSize=100"))["items"]:
                enriched = await client.enriched(asset["id"])
                assert enriched["latestExecutionSummary"]["succeeded"] is True
                path = f"/assets/{asset['id']}/content"
                content = await client.get(path, follow_redirects=True)
                digest = hashlib.sha256(content.content).hexdigest()
                assert digest == enriched["checksumSha256"]
        # It may be asked beside the hub, which is not disturbed.
        code, lines = await _doctor(hub.folder, "--fix")
        assert (code, _amiss(lines), lines[-1]) == (0, [], "all is well")


async def test_no_secret_is_printed(tmp_path: Path) -> None:
    async with fake_openai() as fake, running_hub(tmp_path / "hub") as hub:
        async with hub.client() as client:
            await client.use(fake)
        secrets = [PLANTED, hub.api_key(), (hub.folder / "secret-key").read_text().strip()]
        for name in ("api-key", "secret-key"):
            (hub.folder / name).chmod(0o644)
        other = "another-secret-0123456789abcdefghij"
        for settings in ({}, {"NEKOHUB_SECRET_KEY": other}):
            code, lines = await _doctor(hub.folder, **settings)
            assert code == 1
            told = "\n".join(lines) + hub.log()
            assert not any(secret in told for secret in (*secrets, other))
        # The second time its key could not be decrypted either.
        assert _amiss(lines)[-1] == "✗ keys"


async def test_a_broken_key_file_is_exit_code_2(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub")
    (hub.folder / "secret-key").mkdir(parents=True)
    assert await _doctor(hub.folder) == (2, [])
    assert "secret-key cannot be used" in hub.log()


async def test_services_on_their_own_are_asked(
    tmp_path: Path, postgres_url: str, s3: S3Server
) -> None:
    async with scaled_hub(tmp_path, postgres_url, s3) as hub:
        folder = tmp_path / "doctor"
        serving = 0
        async with asyncio.timeout(30):
            while serving < len(SERVICES):
                code, lines = await _doctor(folder, "--fix", **hub.settings)
                serving = sum(line.endswith(" serves") for line in lines)
        assert (code, _amiss(lines), lines[-1]) == (0, [], "all is well")

        await hub.stop("providers")
        code, lines = await _doctor(folder, **hub.settings)
        assert (code, _amiss(lines)) == (1, ["✗ address of providers"])
        wrong = hub.settings | {"NEKOHUB_INTERNAL_TOKEN": "planted-token-0123456789"}
        code, lines = await _doctor(folder, **wrong)
        assert code == 1
        assert sum("has another NEKOHUB_INTERNAL_TOKEN" in line for line in lines) == 3
        assert "planted" not in "\n".join(lines)

        lacking = {k: v for k, v in hub.settings.items() if k != "NEKOHUB_SECRET_KEY"}
        assert await _doctor(folder, **lacking) == (2, [])
